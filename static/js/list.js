// Keys of a list, while the focus is inside it: j and k move, x selects, Enter opens, e acts, / goes to the filters, ? shows
// all keys. From a page where nothing has the focus j and k bring it there: by Tab a row is fifty steps away. So that a
// letter does nothing by mistake they can be switched off in the person's menu (WCAG 2.1.4); arrows and Enter stay.
// A list is a table with [data-keys]; a row is opened by the link that carries [data-open], selected by its checkbox.
// The focus and the place survive a filter, an order, a page and the browser's back button.

const PLACE = "himdept:place:";
const lettersWork = document.documentElement.dataset.listKeys !== "off";

function rows(table) {
  return [...(table?.tBodies[0]?.rows ?? [])];
}

function go(table, row) {
  if (!row) return;
  for (const other of rows(table)) other.tabIndex = -1;
  row.tabIndex = 0;
  row.focus();
}

function toFilters() {
  const words = document.querySelector(".filters details input");
  if (words) words.closest("details").open = true;
  (words ?? document.querySelector(".filters :is(summary, input, select)"))?.focus();
}

function act(row) {
  const bar = document.querySelector(".bulk");
  const chosen = Number(bar?.dataset.number) > 0;
  (chosen ? bar : row)?.querySelector("[data-act]")?.click();
}

function press(key, table, here, onRow) {
  const all = rows(table);
  const at = all.indexOf(here);
  if (key === "ArrowDown") return go(table, all[at + 1] ?? here), true;
  if (key === "ArrowUp") return go(table, all[at - 1] ?? here), true;
  if (key === "Enter" && onRow) return here.querySelector("[data-open]")?.click(), true;
  if (!lettersWork) return false;
  if (key === "j") return go(table, all[at + 1] ?? here), true;
  if (key === "k") return go(table, all[at - 1] ?? here), true;
  if (key === "x") return here?.querySelector("input[type=checkbox]")?.click(), true;
  if (key === "e") return act(here), true;
  if (key === "/") return toFilters(), true;
  if (key === "?") return document.getElementById("keys")?.showModal(), true;
  return false;
}

// Into the first list of the page, to the row that had the focus last, else to the first.
function enter(key) {
  if (!lettersWork || !["j", "k"].includes(key) || document.querySelector("dialog[open]")) return false;
  const table = document.querySelector("table[data-keys]");
  const all = rows(table);
  go(table, all.find((row) => row.tabIndex === 0) ?? all[0]);
  return all.length > 0;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target === document.body && enter(event.key)) event.preventDefault();
  const table = event.target.closest?.("table[data-keys]");
  if (!table) return;
  if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
  const here = event.target.closest("tbody tr");
  if (press(event.key, table, here, event.target === here)) event.preventDefault();
});

// A box of chips or columns closes with Escape and by a click beside it, and gives the focus back to what opened it.
document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.("details:is(.chip details, .menu-box)[open]");
  if (!box) return;
  const choices = [...box.querySelectorAll(".option")];
  const at = choices.indexOf(event.target);
  if (event.key === "Escape") {
    box.open = false;
    box.querySelector("summary").focus();
  } else if (event.key === "ArrowDown" && choices.length) (choices[at + 1] ?? choices.at(-1)).focus();
  else if (event.key === "ArrowUp" && at >= 0) (choices[at - 1] ?? box.querySelector("summary")).focus();
  else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  for (const box of document.querySelectorAll(":is(.chip details, .menu-box)[open]")) {
    if (!box.contains(event.target)) box.open = false;
  }
});

// Where the focus was, in words that hold after the rows are others.
function place() {
  const focus = document.activeElement;
  const row = focus?.closest?.("table[data-keys] tbody tr");
  if (row) return { row: row.querySelector("[data-open]")?.getAttribute("href"), at: rows(row.closest("table")).indexOf(row) };
  if (focus?.closest?.(".pager")) return { at: 0 };
  const chip = focus?.closest?.(".chip");
  if (chip) return { chip: chip.id };
  return focus?.closest?.("#list") ? { at: -1 } : null;
}

function restore(found) {
  if (!found) return;
  if (found.chip) {
    document.querySelector(`#${CSS.escape(found.chip)} summary`)?.focus();
    return;
  }
  const table = document.querySelector("table[data-keys]");
  const all = rows(table);
  const same = found.row && all.find((row) => row.querySelector("[data-open]")?.getAttribute("href") === found.row);
  if (same || found.at >= 0) go(table, same || all[Math.min(found.at, all.length - 1)]);
}

function prepare() {
  for (const table of document.querySelectorAll("table[data-keys]")) {
    const all = rows(table);
    if (all.length && !all.some((row) => row.tabIndex === 0)) all[0].tabIndex = 0;
  }
}

let before = null;
document.addEventListener("htmx:before:swap", () => {
  before = place();
});
document.addEventListener("htmx:after:swap", () => {
  prepare();
  // What has a name of its own (a row, an order) htmx finds again itself.
  if (before && (document.activeElement === document.body || !document.activeElement)) restore(before);
  before = null;
});

// Back from a record the same row has the focus. Kept in this window alone, under the address without its host.
addEventListener("pagehide", () => {
  const here = place();
  const key = PLACE + location.pathname + location.search;
  if (here?.row) sessionStorage.setItem(key, here.row);
  else sessionStorage.removeItem(key);
});

prepare();
const [arrival] = performance.getEntriesByType("navigation");
if (["back_forward", "reload"].includes(arrival?.type)) {
  const row = sessionStorage.getItem(PLACE + location.pathname + location.search);
  if (row) restore({ row, at: -1 });
}
