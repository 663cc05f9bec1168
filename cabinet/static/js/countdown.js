// Every wait — for a code, the login, a look-up — has a clock; what it holds back wakes at the end, which is announced.
import { announce, find, findAll, get } from "./dom.js";

let interval = 0;

/** @param {number} seconds */
const clockOf = seconds => {
  const parts = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map(Math.floor);
  return parts
    .slice(seconds < 3600 ? 1 : 0)
    .map((part, place) => (place ? String(part).padStart(2, "0") : part))
    .join(":");
};

/** Show what is left of a wait; returns it, seconds. @param {HTMLElement} line */
const count = line => {
  line.dataset.end ??= String(Date.now() + Number(line.dataset.countdown) * 1000);
  const left = Math.max(0, Math.ceil((Number(line.dataset.end) - Date.now()) / 1000));
  get("[data-clock]", line).textContent = clockOf(left);
  line.hidden = !left;
  return left;
};

/** Hold back, or wake, what waits for the clocks of its form. @param {HTMLElement} part */
const hold = part => {
  const form = /** @type {HTMLElement} */ (part.closest("form"));
  const waits = !!find("[data-countdown]:not([hidden])", form);
  const button = /** @type {HTMLButtonElement} */ (part.matches("button") ? part : get("button", part));
  if (!waits && button.disabled) announce(button.textContent.trim());
  button.disabled = waits;
  if (part !== button) part.hidden = waits;
};

/** A step is shown, or a part of it: run the clocks that it has. @param {ParentNode} step */
export const startCountdown = step => {
  clearInterval(interval);
  const lines = findAll("[data-countdown]", step);
  const tick = () => {
    const left = lines.map(count);
    findAll("[data-after-countdown]", step).forEach(hold);
    if (!left.some(Boolean)) clearInterval(interval);
  };
  interval = setInterval(tick, 1000);
  tick();
};
