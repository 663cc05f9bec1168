// No answer came: the step stays with all that was typed, and offers to try again.
import { closest, find, get } from "./dom.js";

/** @type {(() => void) | undefined} */
let repeat;

/**
 * @param {HTMLElement | undefined} source the form or the link that got no answer
 * @param {(() => void) | undefined} again does the same once more
 */
export const offerRetry = (source, again) => {
  if (!source?.matches("form, a") || find("[data-retry]")) return;
  repeat = again;
  const template = /** @type {HTMLTemplateElement} */ (get("#offline"));
  get("#step").prepend(template.content.cloneNode(true));
  get("[data-retry]").focus();
};

document.addEventListener("click", event => {
  const button = closest(event, "[data-retry]");
  if (!button) return;
  button.closest(".notice")?.remove();
  repeat?.();
});
