// A button that asks the browser to print this page; without a script the browser's own menu does it.
for (const button of document.querySelectorAll("[data-prints]")) {
  button.inert = false;
  button.addEventListener("click", () => window.print());
}
