// Keys of a list, only while the focus is inside it (WCAG 2.1.4): j and k move, Enter opens, / goes to the filters.
// A list is a table with [data-keys]; a row is opened by the link that carries [data-open].

function rows(table) {
  return [...table.tBodies[0].rows];
}

function go(table, row) {
  if (!row) return;
  for (const other of rows(table)) other.tabIndex = -1;
  row.tabIndex = 0;
  row.focus();
}

document.addEventListener("keydown", (event) => {
  const table = event.target.closest?.("table[data-keys]");
  if (!table || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input, select, textarea")) return;
  const here = event.target.closest("tbody tr");
  const all = rows(table);
  const at = all.indexOf(here);
  if (event.key === "j" || event.key === "ArrowDown") go(table, all[at + 1] ?? here);
  else if (event.key === "k" || event.key === "ArrowUp") go(table, all[at - 1] ?? here);
  else if (event.key === "Enter" && here && event.target === here) here.querySelector("[data-open]")?.click();
  else if (event.key === "/") document.querySelector(".filters :is(input, select)")?.focus();
  else return;
  event.preventDefault();
});

function prepare(root) {
  for (const table of root.querySelectorAll("table[data-keys]")) {
    const first = rows(table)[0];
    if (first) first.tabIndex = 0;
  }
}

prepare(document);
document.addEventListener("htmx:after:swap", () => prepare(document));
