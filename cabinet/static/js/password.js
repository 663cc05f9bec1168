// Password fields: the eye that shows what is typed, and the hint that Caps Lock is on.
import { announce, closest, findAll } from "./dom.js";

/** @param {HTMLElement} eye @param {boolean} visible @param {boolean} quiet */
const setVisible = (eye, visible, quiet = false) => {
  const id = /** @type {string} */ (eye.getAttribute("aria-controls"));
  const input = /** @type {HTMLInputElement | null} */ (document.getElementById(id));
  if (!input) return;
  input.type = visible ? "text" : "password";
  eye.setAttribute("aria-pressed", String(visible));
  if (!quiet) announce(/** @type {string} */ (visible ? eye.dataset.shown : eye.dataset.hidden));
};

/** Before a form goes or the page is left, so that nobody finds a password readable. */
const hidePasswords = () => {
  for (const eye of findAll(".eye[aria-pressed=true]")) setVisible(eye, false, true);
};

/** The eyes are hidden where no script runs. @param {ParentNode} step */
export const showEyes = step => {
  for (const eye of findAll(".eye", step)) eye.hidden = false;
};

/** @param {KeyboardEvent} event */
const hintAtCapsLock = event => {
  const hint = /** @type {HTMLElement | null | undefined} */ (
    closest(event, ".field")?.querySelector("[data-caps]")
  );
  if (!hint || !event.getModifierState) return;
  const on = event.getModifierState("CapsLock");
  if (on && hint.hidden) announce(hint.textContent);
  hint.hidden = !on;
};

// after forms.js, which stops what is not to go
addEventListener("submit", hidePasswords, true);
for (const type of ["pagehide", "pageshow"]) addEventListener(type, hidePasswords);
document.addEventListener("click", event => {
  const eye = closest(event, ".eye");
  if (eye) setVisible(eye, eye.getAttribute("aria-pressed") !== "true");
});
document.addEventListener("keydown", hintAtCapsLock);
document.addEventListener("keyup", hintAtCapsLock);
