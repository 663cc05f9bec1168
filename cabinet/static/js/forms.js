// Busy buttons, and no second submit of the same form.
import { announce, find, findAll, get } from "./dom.js";

/** Milliseconds until the button says that it is busy, and until the page says that the network is slow. */
const BUSY_AFTER = 300;
const SLOW_AFTER = 8000;

/**
 * @typedef {object} Submit a form under way
 * @property {HTMLElement | null} submitter the button pressed, if one was
 * @property {HTMLElement | null} button the button that says so
 * @property {Element} [slowHint]
 * @property {ReturnType<typeof setTimeout>[]} timers
 */
/** @type {WeakMap<HTMLElement, Submit>} */
const underWay = new WeakMap();

/** @type {Promise<void> | null} What submits wait for. */
let waitingFor = null;

/** Hold submits back until the promise is kept. @param {Promise<unknown>} promise */
export const holdSubmits = promise => {
  waitingFor = promise.then(() => {
    waitingFor = null;
  });
};

/** When nothing holds submits back any more. */
export const whenReady = async () => waitingFor;

/** The button by which a form under way was submitted. @param {HTMLElement} form */
export const submitterOf = form => underWay.get(form)?.submitter;

/** The form's answer came, or will not come: it may be submitted again. @param {HTMLElement} form */
export const release = form => {
  const submit = underWay.get(form);
  if (!submit) return;
  submit.timers.forEach(clearTimeout);
  submit.slowHint?.remove();
  submit.button?.removeAttribute("aria-busy");
  underWay.delete(form);
};

/** @param {HTMLFormElement} form @param {Submit} submit */
const showSlowHint = (form, submit) => {
  // the answer is here, another step is in its place
  if (!form.isConnected) return;
  const template = /** @type {HTMLTemplateElement} */ (get("#slow"));
  const hint = /** @type {Element} */ (template.content.firstElementChild?.cloneNode(true));
  submit.slowHint = hint;
  form.append(hint);
  announce(hint.textContent);
};

/** @param {Event} event */
const stop = event => {
  event.preventDefault();
  event.stopImmediatePropagation();
};

addEventListener(
  "submit",
  event => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const { submitter } = event;
    if (waitingFor) {
      stop(event);
      waitingFor.then(() => form.isConnected && form.requestSubmit(submitter));
      return;
    }
    if (underWay.has(form)) {
      stop(event);
      return;
    }
    // Enter presses the first button of a form, which may be one that nobody sees
    const unseen = submitter?.tabIndex === -1;
    const button = (unseen ? find(".button:not([formaction])", form) : submitter) || find("button", form);
    /** @type {Submit} */
    const submit = { submitter, button, timers: [] };
    submit.timers = [
      setTimeout(() => button?.setAttribute("aria-busy", "true"), BUSY_AFTER),
      setTimeout(showSlowHint, SLOW_AFTER, form, submit),
    ];
    underWay.set(form, submit);
  },
  true,
);
addEventListener("pageshow", () => findAll("form").forEach(release));
