// What every signed-in page does with a script: it says when a request failed, and leads to the first error of a form.
// Without it everything still works by links and forms.

function say(words, tone) {
  const line = document.createElement("p");
  line.className = "notice";
  line.dataset.tone = tone;
  line.textContent = words;
  const toasts = document.getElementById("toasts");
  toasts.replaceChildren(line);
  line.addEventListener("click", () => line.remove());
}

// A refusal page carries its sentence in [data-problem]; else the status has words of its own in base.html.
function sentence(status, page) {
  const told = page && new DOMParser().parseFromString(page, "text/html").querySelector("[data-problem]");
  if (told?.textContent.trim()) return told.textContent.trim();
  const words = document.getElementById("toast-words").content;
  const known = words.querySelector(`[data-status="${status}"]`) ?? words.querySelector('[data-status="500"]');
  return known.textContent;
}

document.addEventListener("htmx:response:error", (event) => {
  const { response, text } = event.detail.ctx;
  if ([400, 409, 422].includes(response.status) && text?.includes("data-refused")) return; // said beside the field
  say(sentence(response.status, text), "bad");
});

document.addEventListener("htmx:error", (event) => {
  if (!event.detail.ctx?.response) say(sentence(0), "bad");
});

document.addEventListener("himdept:unreachable", () => say(sentence(0), "bad"));

// A button that opens a dialog says so itself (command, commandfor); this is for browsers that do not know that yet.
if (!("commandForElement" in HTMLButtonElement.prototype)) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest('button[command="show-modal"]');
    if (button) document.getElementById(button.getAttribute("commandfor"))?.showModal();
  });
}

function leadToErrors(root) {
  root.querySelector("[data-focus]")?.focus();
}

leadToErrors(document);
document.addEventListener("htmx:after:swap", (event) => leadToErrors(event.target));
