// One element by itself. Going on and back, by key or by the buttons, keeps first what is changed.
//
// Keys, only while the focus is inside the form and not in a text (WCAG 2.1.4): a letter sets the result, j and k go on and
// back, ? shows all keys. They can be switched off in the person's menu, as those of a list.

const RESULTS = { m: "met", p: "partly", n: "not_met", x: "not_applicable" };
const form = document.querySelector("form[data-element-keys]");
const lettersWork = document.documentElement.dataset.listKeys !== "off";

function choose(value) {
  const choice = form.querySelector(`input[name="result"][value="${value}"]`);
  if (!choice) return;
  choice.checked = true;
  choice.focus();
}

// Whether anything stands otherwise than when the page came; what was refused (data-unkept) is not kept either.
function isChanged() {
  if ("unkept" in form.dataset) return true;
  return [...form.elements].some((field) => {
    if (field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
    return field.type === "textarea" && field.value !== field.defaultValue;
  });
}

// On or back; at an end of the part there is nowhere to go, and what is changed is kept all the same.
function go(rel, then) {
  if (isChanged()) form.requestSubmit(form.querySelector(`button[name="then"][value="${then}"]`));
  else document.querySelector(`a[rel="${rel}"]`)?.click();
}

// A click that would leave this page; one that opens another beside it drops nothing.
function keepFirst(event, then) {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || !isChanged()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  form.requestSubmit(form.querySelector(`button[name="then"][value="${then}"]`));
}

function press(key) {
  if (key in RESULTS) return choose(RESULTS[key]), true;
  if (key === "u") return choose("not_assessed"), choose("as_measured"), true;
  if (key === "j") return go("next", "next"), true;
  if (key === "k") return go("prev", "back"), true;
  if (key === "?") return document.getElementById("keys")?.showModal(), true;
  return false;
}

form?.addEventListener("keydown", (event) => {
  if (!lettersWork || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("textarea, select, input:not([type=radio])")) return;
  if (press(event.key)) event.preventDefault();
});

for (const [rel, then] of form ? [["next", "next"], ["prev", "back"]] : []) {
  document.querySelector(`a[rel="${rel}"]`)?.addEventListener("click", (event) => keepFirst(event, then), { capture: true });
}

// Whoever goes through a part goes on with the keys where they left off; a page with an error leads to that first.
if (form && !document.querySelector("[data-focus]")) form.querySelector('input[name="result"]:checked')?.focus();
