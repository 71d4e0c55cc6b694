// A field that takes a number typed by hand (of a seat, of a person) offers what its words may mean, as a list below it.
// Words go in the body of a request, never in an address. Without this script the number is typed whole.

for (const box of document.querySelectorAll("input[data-suggest]")) {
  const list = document.createElement("datalist");
  list.id = `${box.id}-offered`;
  box.after(list);
  box.setAttribute("list", list.id);
  let asked = "", waiting;

  async function offer() {
    const words = box.value.trim();
    if (words.length < 2 || words === asked || [...list.options].some((option) => option.value === words)) return;
    asked = words;
    const body = new URLSearchParams({ field: box.name, words });
    body.set("csrfmiddlewaretoken", box.form.elements.csrfmiddlewaretoken.value);
    const answer = await fetch(box.dataset.suggest, { method: "POST", body }).catch(() => null);
    if (asked !== words) return;
    if (!answer?.ok) {
      asked = ""; // no list now; the next word asks again
      return;
    }
    const { found } = await answer.json();
    list.replaceChildren(...found.map(([value, label]) => Object.assign(document.createElement("option"), { value, label })));
  }

  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(offer, 200);
  });
}
