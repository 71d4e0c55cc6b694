// The box on top, from anywhere by Ctrl-K: what is found stands below it while one types; arrows choose, Enter opens,
// Escape closes. Without this script the box is a form, and its answer a page.

const box = document.getElementById("find");
const found = document.getElementById("found");

if (box && found) {
  const options = () => [...found.querySelectorAll("a[role=option]")];
  const chosen = () => found.querySelector('[aria-selected="true"]');
  let isLeft = false; // by Escape: what comes late for what was typed before opens nothing
  let before; // what was chosen when an answer came

  function show(open) {
    found.hidden = !open;
    box.setAttribute("aria-expanded", String(open));
    if (!open) choose(null);
  }

  function choose(option) {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) box.setAttribute("aria-activedescendant", option.id);
    else box.removeAttribute("aria-activedescendant");
  }

  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", "found");
  show(false);

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    box.focus();
    box.select();
  });

  box.addEventListener("keydown", (event) => {
    const all = options();
    const at = all.indexOf(chosen());
    if (event.key === "ArrowDown" && all.length) {
      show(true);
      choose(all[(at + 1) % all.length]);
    } else if (event.key === "ArrowUp" && all.length) choose(all[at <= 0 ? all.length - 1 : at - 1]);
    else if (event.key === "Enter" && chosen() && !found.hidden) chosen().click();
    else if (event.key === "Escape" && !found.hidden) {
      show(false);
      isLeft = true;
    } else return;
    event.preventDefault();
  });

  box.addEventListener("input", () => {
    isLeft = false;
  });
  document.addEventListener("htmx:before:swap", (event) => {
    if (event.detail?.ctx?.target === found) before = chosen()?.href;
  });
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail?.ctx?.target !== found) return;
    show(document.activeElement === box && box.value.trim() !== "" && !isLeft);
    if (!found.hidden) choose(options().find((option) => option.href === before));
  });
  document.addEventListener("click", (event) => {
    if (!found.contains(event.target) && event.target !== box) show(false);
  });
  box.form.addEventListener("focusout", (event) => {
    if (!box.form.contains(event.relatedTarget)) show(false);
  });
  // Nothing of a name is left in the box when the browser comes back to this page.
  addEventListener("pagehide", () => {
    found.replaceChildren();
    show(false);
  });
}
