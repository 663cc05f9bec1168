// In somebody else's page: it is told the height, the step and what was achieved, and nothing else.
import { find, root } from "./dom.js";
import { cameFromUs, framed } from "./frame.js";
import { store, stored } from "./storage.js";

const EMBEDDER = "cabinet-embedder";

/**
 * Whether the settings let a site embed us; their entries are as in a policy's frame-ancestors.
 * @param {string} origin
 */
const mayEmbed = origin => {
  const meta = /** @type {HTMLMetaElement | null} */ (find("meta[name=embedders]"));
  const entries = (meta?.content ?? "").split(" ");
  return (
    origin === location.origin ||
    entries.some(entry => {
      const pattern = entry
        .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
        .replace("\\*\\.", "([a-z0-9-]+\\.)+")
        .replace(/:\\\*$/, "(:\\d+)?");
      return entry && new RegExp(`^${pattern}$`).test(origin);
    })
  );
};

/** @returns {string | null | undefined} */
const parentOrigin = () => {
  const ancestor = location.ancestorOrigins?.[0];
  if (ancestor) return ancestor;
  if (document.referrer && !cameFromUs()) return new URL(document.referrer).origin;
  try {
    return parent.location.origin;
  } catch {
    return stored(EMBEDDER);
  }
};

/** The origin of the page that embeds us, or null if there is none that may be told anything. */
export const embedder = (() => {
  const origin = framed && parentOrigin();
  if (!origin || !mayEmbed(origin)) return null;
  store(EMBEDDER, origin);
  return origin;
})();

/** @param {Record<string, unknown>} message */
const post = message => {
  if (embedder) parent.postMessage({ cabinet: 1, ...message }, embedder);
};

let postedHeight = 0;
/** @type {string | undefined} */
let postedStep = "";

const postHeight = () => {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  if (!height || height === postedHeight) return;
  postedHeight = height;
  post({ type: "height", height });
};

/** @type {(step: string, previous: string | undefined, first: boolean, sent: string) => string | false | undefined} */
const achieved = (step, previous, first, sent) => {
  if (sent === "/logout") return step === "entry/phone" && "logout";
  if (step === "requests/request") return previous === "requests/new" && "request";
  if (step !== "home/home" && step !== "requests/new") return false;
  if (step === "home/home" && previous === "register/password") return "registered";
  // from the first screen by a passkey; but it also shows for a moment before a session is resumed
  const byPasskey = step === "home/home" && previous === "entry/phone" && !first;
  return (previous === "login/password" || byPasskey) && "login";
};

/**
 * Tell which step is shown, and what a resident has just achieved by it.
 * @param {boolean} first the embedding page showed it, no act of the resident's
 * @param {string} sent the path of the form that led to it, if it was one
 */
export const postStep = (first, sent = "") => {
  const step = find("#step")?.dataset.step;
  const previous = postedStep;
  if (!step) return;
  // before the step, so that the frame goes from one height to the other at once
  postHeight();
  postedStep = step;
  post({ type: "step", step, first, again: step === previous });
  const type = achieved(step, previous, first, sent);
  if (type) post({ type });
};

if (embedder) {
  // the frame is as high as the page: it needs no scrollbar
  root.classList.add("fitted");
  new ResizeObserver(postHeight).observe(document.body);
  postHeight();
  postStep(!(cameFromUs() && embedder !== location.origin));
  addEventListener("pageshow", event => {
    if (!event.persisted) return;
    postedHeight = 0;
    postStep(false);
  });
}
