// The box of a file says which file it holds, and how large it is.
import { find, root } from "./dom.js";
import "./file-size.js";

const KILOBYTE = 1024;

/** @param {number} bytes */
const sizeOf = bytes => {
  const [size, unit] =
    bytes < KILOBYTE ** 2 ? [bytes / KILOBYTE, "kilobyte"] : [bytes / KILOBYTE ** 2, "megabyte"];
  return new Intl.NumberFormat(root.lang, {
    style: "unit",
    unit,
    maximumFractionDigits: size < 10 ? 1 : 0,
  }).format(size);
};

/** @param {ParentNode | null} box of a file, or what holds one */
export const showFile = box => {
  const title = box && find("[data-file]", box);
  const input = /** @type {HTMLInputElement | null} */ (box && find("[data-receipt]", box));
  if (!title || !input) return;
  const file = input.files?.[0];
  title.textContent = file
    ? `${file.name} · ${sizeOf(file.size)}`
    : /** @type {string} */ (title.dataset.none);
  find(".drop", box)?.classList.toggle("drop--full", !!file);
  const fold = /** @type {HTMLDetailsElement | null} */ (input.closest("details"));
  if (file && fold) fold.open = true;
};

document.addEventListener("change", event => {
  const input = /** @type {HTMLElement} */ (event.target);
  if ("receipt" in input.dataset) showFile(input.closest(".field"));
});
