// The countdown to the next SMS or look-up: shown, announced only when it ends.
import { announce, find, get } from "./dom.js";

let interval = 0;

/** A step is shown: if it has a countdown, run it. @param {ParentNode} step */
export const startCountdown = step => {
  clearInterval(interval);
  const line = find("[data-countdown]", step);
  if (!line) return;
  const button = get("[data-after-countdown]", step);
  const clock = get("[data-clock]", line);
  const seconds = Number(line.dataset.countdown);
  const end = Date.now() + seconds * 1000;
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    const shown = Math.max(left, 0);
    const parts = [shown / 3600, (shown / 60) % 60, shown % 60].map(Math.floor).slice(shown < 3600 ? 1 : 0);
    clock.textContent = parts.map((part, place) => (place ? String(part).padStart(2, "0") : part)).join(":");
    line.hidden = left <= 0;
    button.hidden = left > 0;
    if (left > 0 || !interval) return;
    clearInterval(interval);
    interval = 0;
    if (seconds) announce(button.textContent.trim());
  };
  interval = setInterval(tick, 1000);
  tick();
};
