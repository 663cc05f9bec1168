// What a step needs when it appears, with its page or by htmx.
import { prepareCode } from "./code.js";
import { startCountdown } from "./countdown.js";
import { showEyes } from "./password.js";
import { servePasskeys } from "./passkeys.js";
import { attachPhoto } from "./photo.js";
import { proveWork } from "./proof.js";

/**
 * @param {ParentNode} step the step, or the page that holds it
 * @param {boolean} rejected it shows again what was sent, with what is wrong
 */
export const prepareStep = (step, rejected) => {
  showEyes(step);
  startCountdown(step);
  prepareCode(step, rejected);
  attachPhoto(step);
  servePasskeys();
  proveWork(step);
};
