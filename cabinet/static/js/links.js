// Plain links that would leave the token behind: a file, and the other language where no token is stored.
import { prepareStep } from "./ahead.js";
import { closest, get, root } from "./dom.js";
import { postStep } from "./embedding.js";
import { offerNewTab } from "./hand-over.js";
import { offerRetry } from "./offline.js";
import { headers, token, tokenIsStored } from "./session.js";

/** Milliseconds until a saved file's address is given up. */
const SAVED_AFTER = 60000;

/** @param {Blob} file @param {Headers} answered */
const saveFile = (file, answered) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = answered.get("Content-Disposition")?.match(/filename="?([^";]+)/)?.[1] ?? "";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), SAVED_AFTER);
};

/**
 * Put another page in the place of this one.
 * @param {Document} page
 * @param {boolean} first no act of the resident's
 */
export const showPage = (page, first = false) => {
  root.lang = page.documentElement.lang;
  document.title = page.title;
  for (const css of [".shell", "#slow", "#offline"]) get(css).replaceWith(get(css, page));
  htmx.process(get(".shell"));
  offerNewTab();
  prepareStep(get("#step"), false);
  postStep(first);
};

document.addEventListener("click", async event => {
  const link = /** @type {HTMLAnchorElement | null | undefined} */ (
    closest(event, "a[data-download], a[hreflang]")
  );
  if (!link || !token) return;
  const isFile = link.hasAttribute("data-download");
  if (!isFile && tokenIsStored()) return;
  event.preventDefault();
  try {
    const response = await fetch(link.href, { headers: headers() });
    if (isFile && response.ok && !response.redirected) saveFile(await response.blob(), response.headers);
    else showPage(new DOMParser().parseFromString(await response.text(), "text/html"));
  } catch {
    offerRetry(link, () => link.click());
  }
});
