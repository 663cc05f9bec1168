// What only later steps need is a script of its own, later.js: it comes when the first page has nothing else to do,
// when somebody begins to type, or with the first step that needs it. Until it comes, and where it does not, a step is as without scripts.
import { find, root } from "./dom.js";

/** Milliseconds until what does not come counts as lacking; from one try to the next at first, and at last. */
const LACKING_AFTER = 8000;
const PAUSE = 2000;
const LONGEST_PAUSE = 60000;
const NEEDED = '#step:not([data-step="entry/phone"]), [data-countdown], [data-proof], [aria-invalid]';

/**
 * @typedef {object} Later what later.js gives
 * @property {(step: ParentNode, rejected: boolean) => void} prepare
 * @property {(step: ParentNode) => void} startCountdown
 * @property {(search: string) => Promise<void>} wear
 */
const source = document.currentScript?.dataset.later ?? "";
/** @type {object} What later.js has no copy of. */
let lent;
/** @type {Later | undefined} */
let given;
/** @type {Promise<Later | undefined> | null} */
let coming = null;
let pause = PAUSE;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let retry;
/** @type {[step: ParentNode, rejected: boolean]} The step shown last. */
let shown = [document, false];
/** @type {Map<EventTarget | null, Set<string>>} The fields that were typed in and chosen from, and by which events. */
const heard = new Map();
const HEARD = ["input", "change"];

/** @param {Event} event */
const hear = event => {
  heard.set(event.target, (heard.get(event.target) ?? new Set()).add(event.type));
  later();
};

/** Lend functions to the later script. @param {object} functions */
export const lend = functions => {
  lent = functions;
};

/** @type {() => Promise<Later>} */
const load = () =>
  new Promise((resolve, reject) => {
    const script = /** @type {HTMLScriptElement & {gives: Later}} */ (document.createElement("script"));
    const onload = () => resolve(script.gives);
    document.head.append(
      Object.assign(script, { src: source, fetchPriority: "low", lent, onload, onerror: reject }),
    );
  });

/** It is here: prepare what is shown, and tell it of what was typed and chosen meanwhile. @param {Later} later */
const begin = later => {
  given = later;
  root.classList.remove("lacking");
  later.prepare(...shown);
  for (const type of HEARD) document.removeEventListener(type, hear);
  for (const [field, types] of heard) {
    for (const type of types) {
      if (/** @type {Node} */ (field).isConnected) field?.dispatchEvent(new Event(type, { bubbles: true }));
    }
  }
  return later;
};

const lack = () => {
  if (!given) root.classList.add("lacking");
};

/** It did not come: once more, later. */
const tryAgain = () => {
  coming = null;
  lack();
  clearTimeout(retry);
  retry = setTimeout(later, pause);
  pause = Math.min(pause * 2, LONGEST_PAUSE);
  return undefined;
};

/** The later script's functions, asked for if they are not here; nothing where they do not come. */
export const later = () => {
  if (!coming) {
    coming = load().then(begin, tryAgain);
    setTimeout(lack, LACKING_AFTER);
  }
  return coming;
};

/** A step is shown, or a part of it: run the clocks that it has. @param {ParentNode} step */
export const runClocks = step => given?.startCountdown(step);

/**
 * A step is shown, with its page or by htmx: let the later script prepare it.
 * @param {ParentNode} step the step, or the page that holds it
 * @param {boolean} rejected it shows again what was sent, with what is wrong
 */
export const prepareStep = (step, rejected) => {
  shown = [step, rejected];
  if (given) given.prepare(step, rejected);
  else if (find(NEEDED)) later();
};

for (const type of HEARD) document.addEventListener(type, hear);
addEventListener("online", () => root.classList.contains("lacking") && later());
// not before the page is all here, nor just in case where every byte is paid for
if (!navigator.connection?.saveData)
  addEventListener("load", () => (window.requestIdleCallback ?? setTimeout)(later));
