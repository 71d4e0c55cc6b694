// The panel beside a list: a link with [data-panel] opens there what else would be a page of its own; on a narrow screen
// and without a script it is that page. While it is open it follows the row that has the focus. Opened once more, a
// row's link leads on to the record; Escape closes the panel, also one whose answer has not come yet.

const wide = matchMedia("(width >= 72rem)");
const place = () => document.getElementById("panel");
const isOpen = () => Boolean(place()?.firstElementChild);
let shown = ""; // the address of what the panel shows
let waiting = 0;

function markRow() {
  for (const row of document.querySelectorAll("tr[data-here]")) row.removeAttribute("data-here");
  if (!isOpen()) return;
  for (const link of document.querySelectorAll("tr a[data-open][data-panel]")) {
    if (link.href === shown) link.closest("tr").setAttribute("data-here", "");
  }
}

function show(address) {
  clearTimeout(waiting);
  if (address === shown && isOpen()) return;
  shown = address;
  // From the panel itself, which has hx-sync: of several answers that are waited for only the last one counts.
  window.htmx.ajax("GET", address, { source: "#panel", target: "#panel", swap: "innerHTML" });
}

function close() {
  clearTimeout(waiting);
  const row = document.querySelector("tr[data-here]");
  const inside = place().contains(document.activeElement) || document.activeElement === document.body;
  place().replaceChildren();
  shown = "";
  markRow();
  if (inside) row?.focus();
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("#panel [data-close]")) return close();
  const link = event.target.closest?.("a[data-panel]");
  if (!link || !place() || !wide.matches || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const record = place().querySelector("a[data-record]");
  if (link.href === shown && record) location.assign(record.href);
  else show(link.href);
});

document.addEventListener("focusin", (event) => {
  if (!isOpen() || !wide.matches || !event.target.matches?.("tbody tr")) return;
  const link = event.target.querySelector("a[data-open][data-panel]");
  clearTimeout(waiting);
  if (link) waiting = setTimeout(show, 250, link.href); // not each of the rows that are only passed by
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !(isOpen() || shown) || event.defaultPrevented) return;
  if (!event.target.closest("#panel, table[data-keys]") && event.target !== document.body) return;
  close();
  event.preventDefault();
});

document.addEventListener("htmx:before:swap", (event) => {
  if (event.detail?.ctx?.target === place() && !shown) event.preventDefault(); // closed meanwhile
});

document.addEventListener("htmx:after:swap", () => {
  for (const button of document.querySelectorAll("#panel [data-close]")) button.hidden = false;
  markRow();
});
