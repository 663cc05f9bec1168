// The rules of a new password tick off while it is typed: by pattern here, by the server for the rest.
import { announce, find, findAll, get } from "./dom.js";
import { headers } from "./session.js";

/** Milliseconds after the last key until the server is asked, and until what is left is said. */
const ASK_AFTER = 250;
const ANNOUNCE_AFTER = 1500;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let askTimer;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let announceTimer;
/** Number of the last question: an answer to an earlier one counts no more. */
let lastQuestion = 0;

/** @param {HTMLElement} rule @param {boolean} met */
const mark = (rule, met) => {
  if (rule.classList.contains("is-met") === met) return;
  rule.classList.toggle("is-met", met);
  const word = get("[data-met]", rule);
  word.textContent = `: ${met ? word.dataset.met : word.dataset.unmet}`;
};

/** Let the server judge what no pattern can. @param {HTMLInputElement} input @param {HTMLElement} list */
const ask = async (input, list) => {
  lastQuestion += 1;
  const question = lastQuestion;
  const form = /** @type {HTMLFormElement} */ (input.form);
  // @ts-expect-error: of text fields alone
  const body = new URLSearchParams(new FormData(form));
  body.set("password", input.value);
  body.delete("current_password");
  try {
    const response = await fetch(/** @type {string} */ (input.dataset.checkUrl), {
      method: "POST",
      body,
      headers: headers({ "HX-Request": "true" }),
    });
    if (!response.ok || question !== lastQuestion) return;
    const judged = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const rule of findAll("[data-rule]:not([data-pattern])", list)) {
      const same = find(`[data-rule="${rule.dataset.rule}"]`, judged);
      if (same) mark(rule, same.classList.contains("is-met"));
    }
  } catch {
    // the server judges again on submit
  }
};

/** @param {HTMLInputElement} input @param {HTMLElement} list */
const announceWhatIsLeft = (input, list) => {
  if (!input.value || !list.isConnected) return; // another step is shown by now
  const left = findAll(".rule:not(.is-met) > span:nth-child(2)", list).map(text => text.textContent);
  announce(left.join(". ") || get(".fits").textContent);
};

/** @param {HTMLInputElement} input */
const judge = input => {
  const list = find("#rules", /** @type {HTMLElement} */ (input.closest(".field")));
  if (!list) return;
  const value = input.value.normalize("NFKC");
  for (const rule of findAll("[data-pattern]", list)) {
    mark(rule, new RegExp(/** @type {string} */ (rule.dataset.pattern), "u").test(value));
  }
  if (!value) for (const rule of findAll(".rule", list)) mark(rule, false);
  clearTimeout(askTimer);
  clearTimeout(announceTimer);
  if (value) askTimer = setTimeout(ask, ASK_AFTER, input, list);
  announceTimer = setTimeout(announceWhatIsLeft, ANNOUNCE_AFTER, input, list);
};

document.addEventListener("input", event => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  if (input.dataset.checkUrl) judge(input);
});
