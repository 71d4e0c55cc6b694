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
  head.hidden = false;
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

let changes = 0; // ticks that the server has not been told of yet: its answer must not take them back

document.addEventListener("change", (event) => {
  if (event.target.matches("input[data-all]")) for (const tick of ticks()) tick.checked = event.target.checked;
  else if (!event.target.matches("input[form='chosen'][name='row']")) return;
  changes += 1;
  mark();
  bar()?.querySelector("[data-keep]").click();
});

let told = 0;
document.addEventListener("htmx:before:request", (event) => {
  if (bar()?.contains(event.target)) told = changes;
});

function prepare() {
  const form = bar();
  if (!form) return;
  form.dataset.script = "";
  mark();
}

document.addEventListener("htmx:after:swap", (event) => {
  const form = bar();
  if (form && event.target.id === "chosen" && told === changes) {
    const on = new Set(form.querySelector("[data-on]").dataset.on.split(","));
    for (const tick of ticks()) tick.checked = on.has(tick.value);
  }
  prepare();
});
// A selection that was acted on or cleared elsewhere, or more rows than it can hold: the page shows what stands.
document.addEventListener("htmx:response:error", (event) => {
  if (!bar()?.contains(event.target)) return;
  const on = new Set(bar().querySelector("[data-on]").dataset.on.split(","));
  for (const tick of ticks()) tick.checked = on.has(tick.value);
  mark();
});
addEventListener("pageshow", (event) => {
  if (event.persisted && bar()) location.reload(); // back from an act: what was chosen may be gone
});
prepare();
