// A long list to choose from is folded; the line that stands for it says what is ticked, as the server said it at first.

const words = (box) => box.closest(".choice").querySelector("label").textContent;

document.addEventListener("change", (event) => {
  const list = event.target.closest("details[data-choices]");
  if (!list) return;
  const line = list.querySelector("[data-chosen]");
  line.textContent = [...list.querySelectorAll("input:checked")].map(words).join(", ") || line.dataset.none;
});
