// In somebody else's page: it is told the height and the step, and nothing else; nothing that it says is heard.
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
const embedder = (() => {
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

/**
 * Tell which step is shown, and when a resident has just registered or logged in.
 * @param {boolean} first the embedding page showed it, no act of the resident's
 */
export const postStep = first => {
  const step = find("#step")?.dataset.step;
  const previous = postedStep;
  if (!step) return;
  // before the step, so that the frame goes from one height to the other at once
  postHeight();
  postedStep = step;
  post({ type: "step", step, first, again: step === previous });
  if (step === "home/home" && previous === "register/password") post({ type: "registered" });
  // from the first screen by a passkey; but it also shows for a moment before a session is resumed
  const byPasskey = previous === "entry/phone" && !first;
  if (step === "home/home" && (previous === "login/password" || byPasskey)) post({ type: "login" });
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
