// Automatic log-off: a page warns a minute before its session ends, hides itself when it has, and shows itself again,
// with all that was typed, when the same person has signed in again in another window. Enter answers the countdown.

const box = document.getElementById("presence");
const { seconds, person, session } = box.dataset;
const leaving = box.querySelector("[data-leaving]");
const ended = box.querySelector("[data-ended]");
const clock = leaving.querySelector("output");
const others = new BroadcastChannel("himdept-presence");
const WARNING = 60_000;
let deadline = 0;
let touched = 0; // the last key or click since the server last heard of this person

function heard() {
  deadline = Date.now() + Number(seconds) * 1000;
  touched = 0;
  if (leaving.open) leaving.close();
}

function contact() {
  heard();
  others.postMessage("contact");
}

// Asks who is signed in, which keeps the session; true if it is still the person whose page this is.
async function stillThere() {
  const response = await fetch(session, { headers: { Accept: "application/json" }, cache: "no-store" });
  const now = await response.json();
  if (String(now.person) !== person) return false;
  for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = now.token;
  contact();
  return true;
}

function lock() {
  if (leaving.open) leaving.close();
  document.documentElement.dataset.locked = "";
  if (!ended.open) ended.showModal();
}

function unlock() {
  delete document.documentElement.dataset.locked;
  ended.close();
}

async function tryToUnlock() {
  const response = await fetch(session, { cache: "no-store" });
  const now = await response.json();
  if (now.person === null) return;
  // Somebody else's page is not for this person to see.
  if (String(now.person) !== person) location.assign("/");
  else if (await stillThere()) unlock();
}

function look() {
  if (ended.open) return;
  const left = deadline - Date.now();
  if (left <= 0) lock();
  else if (left > WARNING) return;
  else if (touched) stillThere().then((there) => there || lock(), () => {});
  else {
    if (!leaving.open) leaving.showModal();
    const rest = Math.ceil(left / 1000);
    clock.textContent = `${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, "0")}`;
  }
}

function isTyped(form) {
  const fields = form.querySelectorAll("textarea, input:not([type=hidden], [type=checkbox], [type=radio])");
  return [...fields].some((field) => field.value !== field.defaultValue && field.value.trim());
}

// Before something typed is sent, it is made sure that there is somebody to send it: a sign-in page would swallow it.
document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target;
    const { submitter } = event;
    if (form.method !== "post" || form.matches("[data-sure]") || !isTyped(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    try {
      if (!(await stillThere())) return lock();
    } catch {
      return document.dispatchEvent(new CustomEvent("himdept:unreachable"));
    }
    form.dataset.sure = "";
    form.requestSubmit(submitter);
    delete form.dataset.sure;
  },
  true,
);

leaving.addEventListener("submit", (event) => {
  event.preventDefault();
  stillThere().then((there) => there || lock(), () => {});
});
leaving.addEventListener("cancel", (event) => event.preventDefault());
ended.addEventListener("cancel", (event) => event.preventDefault());
for (const kind of ["keydown", "pointerdown"]) {
  document.addEventListener(kind, () => leaving.open || (touched = Date.now()), { capture: true, passive: true });
}
others.addEventListener("message", () => (ended.open ? tryToUnlock().catch(() => {}) : heard())); // it stays locked
document.addEventListener("htmx:after:request", (event) => event.detail.ctx?.response?.status < 400 && contact());
document.addEventListener("visibilitychange", look);
contact();
setInterval(look, 1000);
