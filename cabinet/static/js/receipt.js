// The box of a file says which file it holds, and how large it is.
import { find, root } from "./dom.js";
import "./file-size.js";

const MEGABYTE = 1024 ** 2;

/** @param {ParentNode | null} box of a file, or what holds one */
export const showFile = box => {
  const title = box && find("[data-file]", box);
  const input = /** @type {HTMLInputElement | null} */ (box && find(".drop__input", box));
  if (!title || !input) return;
  const file = input.files?.[0];
  title.textContent = file
    ? `${file.name} · ${(file.size / MEGABYTE).toLocaleString(root.lang, { maximumSignificantDigits: 2 })} ${title.dataset.unit}`
    : /** @type {string} */ (title.dataset.none);
  find(".drop", box)?.classList.toggle("drop--full", !!file);
  const fold = /** @type {HTMLDetailsElement | null} */ (input.closest("details"));
  if (file && fold) fold.open = true;
};

document.addEventListener("change", event => {
  const input = /** @type {HTMLElement} */ (event.target);
  if (input.matches(".drop__input")) showFile(input.closest(".field"));
});
