// A session that can be stored nowhere ends with its page: a new tab of ours takes it over, by a code that works once.
import { closest, find, get } from "./dom.js";
import { framed } from "./frame.js";
import { headers, keepToken, showCurrentStep, token, tokenIsStored } from "./session.js";

/** Milliseconds for the page that opened this tab to answer. */
const PATIENCE = 5000;

export const offerNewTab = () => {
  get("#new-tab").hidden = !framed || !token || tokenIsStored();
};

/** @type {(event: MessageEvent, sender: Window) => boolean} */
const isFrom = (event, sender) => event.source === sender && event.origin === location.origin;

document.addEventListener("click", event => {
  const link = /** @type {HTMLAnchorElement | null | undefined} */ (
    closest(event, "#new-tab a, [data-hand-over]")
  );
  if (!link || !token) return;
  event.preventDefault();
  const tab = open(link.href);
  addEventListener("message", async event => {
    if (!tab || !isFrom(event, tab)) return;
    if (event.data === "taken") {
      location.replace("/");
      return;
    }
    const response = await fetch("/session/hand-over", { method: "POST", headers: headers() });
    const code = response.status === 200 ? (await response.json()).code : null;
    tab.postMessage({ code }, location.origin);
  });
});

/**
 * In the new tab: ask the page that opened it for the code, take the session over, show where it is.
 * @param {Window} opener
 * @returns {Promise<void>} over as well when the page does not answer
 */
export const takeSessionOver = opener =>
  new Promise(resolve => {
    addEventListener("message", async event => {
      if (!isFrom(event, opener) || !event.data.code) return;
      const field = /** @type {HTMLInputElement | null} */ (find("[name=csrf_token]"));
      const response = await fetch("/session/take-over", {
        method: "POST",
        body: new URLSearchParams(event.data),
        headers: headers({ "X-CSRFToken": field?.value ?? "" }),
      });
      const newToken = response.headers.get("X-Cabinet-Session");
      if (newToken) keepToken(newToken);
      opener.postMessage("taken", location.origin);
      await showCurrentStep();
      resolve();
    });
    opener.postMessage("ready", location.origin);
    setTimeout(resolve, PATIENCE);
  });
