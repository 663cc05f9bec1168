// The code from the SMS: sends itself when complete, once per value, and is read from the SMS where browsers can.
import { find } from "./dom.js";

/** The code that went last: it does not go by itself again. */
let submittedCode = "";

/** @param {HTMLInputElement} input */
const submitWhenComplete = input => {
  const length = Number(input.dataset.code);
  const digits = input.value
    .normalize("NFKC")
    .replace(/[^0-9]/g, "")
    .slice(0, length);
  if (digits.length !== length) return;
  if (digits !== input.value) input.value = digits;
  if (digits === submittedCode) return;
  submittedCode = digits;
  input.form?.requestSubmit(find("button", input.form));
};

/** By WebOTP, until the form goes. @param {HTMLInputElement} input */
const readFromSms = input => {
  if (!("OTPCredential" in window)) return;
  const abort = new AbortController();
  input.form?.addEventListener("submit", () => abort.abort(), { once: true });
  navigator.credentials
    .get({ otp: { transport: ["sms"] }, signal: abort.signal })
    .then(credential => {
      const otp = /** @type {OTPCredential | null} */ (credential);
      if (!otp || !input.isConnected || input.value) return;
      input.value = otp.code;
      submitWhenComplete(input);
    })
    .catch(() => {});
};

/**
 * A step is shown: if it asks for a code, get ready.
 * @param {ParentNode} step
 * @param {boolean} rejected what it shows was sent before and refused
 */
export const prepareCode = (step, rejected) => {
  const input = /** @type {HTMLInputElement | null} */ (find("[data-code]", step));
  submittedCode = input && rejected ? input.defaultValue : "";
  if (input) readFromSms(input);
};

document.addEventListener("input", event => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  if (input.dataset.code) submitWhenComplete(input);
});
