// Whether we stand in somebody else's page, and how we look then.
import { root } from "./dom.js";

export const framed = window.parent !== window;

/** Whether a link or a form of ours led here, from this very site. */
export const cameFromUs = () => document.referrer && new URL(document.referrer).origin === location.origin;

if (framed) {
  root.classList.add("framed");
  // the server says so too, where the browser tells it
  root.dataset.framed = "";
  // as the pages that embed mostly are
  if (root.dataset.theme === "default") root.dataset.theme = "light";
}
