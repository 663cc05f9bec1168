// The session's token, for browsers that give the frame no cookie: in sessionStorage, else in memory.
import { root } from "./dom.js";
import { LASTING, store, stored } from "./storage.js";

const TOKEN = "cabinet-session";
const DEVICE = "cabinet-device";

/** @type {string | null} The session's token; null: a cookie carries the session. */
export let token = null;
/** Whether the step is being fetched that a stored token left off at. */
export let resuming = false;

/** @type {string | null} By what the server knows this browser. */
let device = null;
/** Whether the server answered without recognising the token sent. */
let tokenUnknown = false;

export const tokenIsStored = () => !!stored(TOKEN);

/** @param {string} value */
export const keepToken = value => {
  token = value;
  store(TOKEN, value);
};

/**
 * The headers of a request, `others` among them. With the page's language: a session that begins by token has
 * not seen the `?lang=` of the frame's address.
 * @param {Record<string, string>} others
 * @returns {Record<string, string>}
 */
export const headers = (others = {}) => {
  if (!token) return others;
  device ??= stored(DEVICE, LASTING);
  return {
    ...others,
    "X-Cabinet-Session": token,
    "Accept-Language": root.lang,
    ...(device && { "X-Cabinet-Device": device }),
  };
};

/**
 * Keep what the server answered of session and device. Only a token that replaces the one sent: what was asked
 * before a replacement may be answered after it.
 * @param {Response} response
 * @param {string | null} sentToken
 */
export const keepWhatCame = (response, sentToken) => {
  const newToken = response.headers.get("X-Cabinet-Session");
  if (newToken && newToken !== sentToken) keepToken(newToken);
  if (sentToken && response.ok && !newToken) tokenUnknown = true;
  const newDevice = response.headers.get("X-Cabinet-Device");
  if (newDevice && newDevice !== device) {
    device = newDevice;
    store(DEVICE, newDevice, LASTING);
  }
};

/** Show the step that the session is at. */
export const showCurrentStep = () => htmx.ajax("GET", "/resume", { target: "#step", swap: "outerHTML" });

/** On a page that came without a session: nothing if there is a cookie, else the stored session or a new one. */
export const openSession = async () => {
  const response = await fetch("/session");
  if (response.status !== 200) {
    store(TOKEN, null);
    return;
  }
  const newToken = (await response.json()).token;
  token = stored(TOKEN);
  if (!token) {
    keepToken(newToken);
    return;
  }
  resuming = true;
  tokenUnknown = false;
  await showCurrentStep();
  resuming = false;
  if (tokenUnknown) keepToken(newToken);
};
