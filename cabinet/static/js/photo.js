// The photo of a receipt goes as soon as it is chosen; the page keeps it for a connection request, the server does not.
import { announce, closest, find, get } from "./dom.js";
import { showFile } from "./receipt.js";

const TAKEN_BY_REQUESTS = /^(image\/(jpeg|png|webp|hei[cf])|application\/pdf)$/;

/** @type {File | undefined} The photo sent last. */
let lastPhoto;

document.addEventListener("change", event => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  const file = input.files?.[0];
  if (!file || !("photo" in input.dataset)) return;
  lastPhoto = file;
  input.form?.requestSubmit(find("[formaction]", input.form));
  announce(get(".photo__reading").textContent);
});

document.addEventListener("input", event => {
  closest(event, ".field")?.querySelector(".taken")?.remove();
});

/**
 * A step is shown: the request gets the photo as its receipt; steps that have no use for it forget it.
 * @param {ParentNode} step
 */
export const attachPhoto = step => {
  const receipt = /** @type {HTMLInputElement | null} */ (find("[data-receipt]", step));
  if (!receipt) {
    if (!find("[data-photo]", step)) lastPhoto = undefined;
    return;
  }
  if (!lastPhoto || lastPhoto.size > Number(receipt.dataset.most) || !TAKEN_BY_REQUESTS.test(lastPhoto.type))
    return;
  const files = new DataTransfer();
  files.items.add(lastPhoto);
  receipt.files = files.files;
  showFile(step);
  get("[data-attached]", step).hidden = false;
  find("[data-file-again]", step)?.remove();
};

document.addEventListener("click", event => {
  const button = closest(event, "[data-attached] button");
  if (!button) return;
  const receipt = /** @type {HTMLInputElement | null} */ (find("[data-receipt]"));
  lastPhoto = undefined;
  if (receipt) receipt.value = "";
  showFile(document);
  /** @type {HTMLElement} */ (button.parentElement).hidden = true;
});
