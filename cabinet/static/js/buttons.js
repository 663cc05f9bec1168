// Buttons that only a script can serve: a page is printed, a number copied.
import { announce, closest } from "./dom.js";

/** @param {HTMLElement} button */
const copyFrom = button => {
  // the newer way is closed to a frame on another site; a field that is selected may be copied everywhere
  const field = document.createElement("textarea");
  field.value = /** @type {string} */ (button.dataset.copy);
  button.after(field);
  field.select();
  document.execCommand("copy");
  field.remove();
  button.focus();
  button.textContent = /** @type {string} */ (button.dataset.copied);
  announce(button.textContent);
};

document.addEventListener("click", event => {
  const button = closest(event, "[data-copy]");
  if (button) copyFrom(button);
  else if (closest(event, "[data-print]")) print();
});
