// A form that needs a proof of work gets it here, and is sent again.
import { find, findAll } from "./dom.js";

/** @param {HTMLElement} form @param {boolean} working */
const show = (form, working) => {
  const status = find("[role=status]", form);
  for (const refusal of findAll(".summary, .error")) refusal.hidden = working;
  if (status) status.hidden = !working;
  if (working) status?.focus();
};

/** @param {ParentNode} step */
export const proveWork = async step => {
  const asked = /** @type {HTMLInputElement | null} */ (find("[data-proof]", step));
  const form = asked?.form;
  if (!asked || !form || !window.crypto?.subtle) return;
  show(form, true);
  try {
    const { solve } = await import(asked.dataset.solver ?? "");
    asked.value = (await solve(JSON.parse(asked.dataset.proof ?? ""))) ?? "";
  } catch {
    // as without scripts
  }
  if (asked.value && form.isConnected) form.requestSubmit();
  else show(form, false);
};
