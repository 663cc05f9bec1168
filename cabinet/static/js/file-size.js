// A file that is too large is not even sent.
import { announce, find } from "./dom.js";

document.addEventListener("change", event => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  const mostBytes = Number(input.dataset?.most);
  if (!mostBytes) return;
  find(".error--file", /** @type {HTMLElement} */ (input.parentNode))?.remove();
  const file = input.files?.[0];
  if (!file || file.size <= mostBytes) return;
  input.value = "";
  const line = document.createElement("p");
  line.className = "error error--file";
  line.textContent = /** @type {string} */ (input.dataset.tooLarge);
  input.after(line);
  announce(line.textContent);
});
