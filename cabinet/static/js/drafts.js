// What is typed and not sent yet survives a reload, in this tab alone. Passwords, codes and files are not kept.
import { find, findAll } from "./dom.js";
import { store, stored } from "./storage.js";

const DRAFT = "cabinet-draft";
const LIFE = 30 * 60 * 1000; // ms: whoever finds the tab later is perhaps somebody else
const TYPED =
  "#step form[method=post] :is([type=text], [type=tel], [type=email], [type=radio], textarea):not([readonly], [autocomplete$=password], [autocomplete=one-time-code])";

/** What the fields are about. On the staff's pages the address says it: the next one is about somebody else. */
const currentStep = () => {
  const step = find("#step");
  return step?.matches(".staff") ? location.pathname : (step?.dataset.step ?? "");
};

document.addEventListener("input", event => {
  if (!(/** @type {HTMLElement} */ (event.target).matches(TYPED))) return;
  const fields = /** @type {HTMLInputElement[]} */ (findAll(TYPED));
  const values = fields
    .filter(field => field.type !== "radio" || field.checked)
    .map(field => [field.id, field.value]);
  store(DRAFT, JSON.stringify([currentStep(), Date.now(), values]));
});

/** The page was loaded anew: put back what was typed in the step that it shows. */
export const restoreDraft = () => {
  const [step, since, values] = JSON.parse(stored(DRAFT) ?? "[]");
  if (!values || step !== currentStep() || Date.now() - since > LIFE) return;
  for (const [id, value] of values) {
    const field = /** @type {HTMLInputElement | null} */ (document.getElementById(id));
    if (!field?.matches(TYPED)) continue;
    if (field.type === "radio")
      field.checked ||= field.value === value; // the list may be another by now
    else field.value = value;
    const fold = field.closest("details");
    if (fold && value !== field.defaultValue) fold.open = true;
  }
};

/** Another step is shown, or this one as the server has it: what was typed before counts no more. */
export const dropDraft = () => store(DRAFT, null);
