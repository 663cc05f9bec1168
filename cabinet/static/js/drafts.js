// What is typed and not sent yet survives a reload, in this tab alone. Passwords, codes and files are not kept.
import { find, findAll } from "./dom.js";
import { store, stored } from "./storage.js";

const DRAFT = "cabinet-draft";
const TYPED =
  "#step form[method=post] :is([type=text], [type=tel], [type=email], [type=radio], textarea):not([data-code], [readonly])";

const currentStep = () => find("#step")?.dataset.step ?? "";

document.addEventListener("input", event => {
  const typed = /** @type {HTMLElement} */ (event.target).matches(TYPED);
  if (!typed || currentStep().startsWith("staff")) return;
  const fields = /** @type {HTMLInputElement[]} */ (findAll(TYPED));
  const values = fields
    .filter(field => field.type !== "radio" || field.checked)
    .map(field => [field.id, field.value]);
  store(DRAFT, JSON.stringify([currentStep(), values]));
});

/** The page was loaded anew: put back what was typed in the step that it shows. */
export const restoreDraft = () => {
  const [step, values] = JSON.parse(stored(DRAFT) ?? "[]");
  if (!step || step !== currentStep()) return;
  for (const [id, value] of values) {
    const field = /** @type {HTMLInputElement | null} */ (document.getElementById(id));
    if (!field?.matches(TYPED)) continue;
    if (field.type === "radio") field.checked = true;
    else field.value = value;
    const fold = field.closest("details");
    if (fold && value !== field.defaultValue) fold.open = true;
  }
};

/** Another step is shown, or this one as the server has it: what was typed before counts no more. */
export const dropDraft = () => store(DRAFT, null);
