// Choosing rows of a list: every tick is kept on the server at once, and the bar says how many. Without a script the
// bar's own buttons keep what is ticked. list.js has the keys: x ticks the row, e goes on to the first act.

const bar = () => document.getElementById("chosen");
const ticks = () => [...document.querySelectorAll("input[form='chosen'][name='row']")];

function mark() {
  const all = ticks();
  const on = all.filter((tick) => tick.checked).length;
  for (const tick of all) tick.closest("tr").toggleAttribute("data-chosen", tick.checked);
  const head = document.querySelector("input[data-all]");
  if (!head) return;
  head.inert = false;
  head.checked = on > 0 && on === all.length;
  head.indeterminate = on > 0 && on < all.length;
}

let last = null; // the row that was ticked last: with Shift, all between it and this one follow

function between(tick) {
  const all = ticks();
  const [from, to] = [all.indexOf(last), all.indexOf(tick)].sort((a, b) => a - b);
  return from < 0 ? [] : all.slice(from, to + 1);
}

document.addEventListener("click", (event) => {
  if (!event.target.matches?.("input[form='chosen'][name='row']")) return;
  if (event.shiftKey) for (const tick of between(event.target)) tick.checked = event.target.checked;
  last = event.target;
});

let changes = 0; // ticks that were made, and those that the server has been told of: its answer takes none back
let told = 0;
let isTelling = false;

function tell() {
  if (isTelling || told === changes || !bar()) return;
  isTelling = true; // one after the other: the server must not hear of an older page after a newer one
  told = changes;
  bar().querySelector("[data-keep]").click();
}

document.addEventListener("change", (event) => {
  if (event.target.matches("input[data-all]")) for (const tick of ticks()) tick.checked = event.target.checked;
  else if (!event.target.matches("input[form='chosen'][name='row']")) return;
  changes += 1;
  mark();
  tell();
});

function prepare() {
  const form = bar();
  if (!form) return;
  form.dataset.script = "";
  mark();
}

// What the server says stands, also when it refused: a selection acted on elsewhere, more rows than it can hold.
function asKept() {
  const on = new Set(bar().querySelector("[data-on]").dataset.on.split(","));
  for (const tick of ticks()) tick.checked = on.has(tick.value);
}

let known = bar();

document.addEventListener("htmx:after:swap", () => {
  if (bar() === known) return; // something else on the page
  known = bar();
  isTelling = false;
  if (!known) return;
  if (told === changes) asKept();
  prepare();
  tell();
});

function failed(event) {
  if (!bar()?.contains(event.target)) return;
  isTelling = false;
  told = changes;
  asKept();
  mark();
}

document.addEventListener("htmx:response:error", failed);
document.addEventListener("htmx:error", failed);
addEventListener("pageshow", (event) => {
  if (event.persisted && bar()) location.reload(); // back from an act: what was chosen may be gone
});
prepare();
