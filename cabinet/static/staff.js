// The keys of the staff's pages: «/», j, k, Enter, e, n, x, «?». Nothing here is needed: all is in the page, too.

(() => {
  "use strict";

  /** @type {(css: string, from?: ParentNode) => HTMLElement | null} */
  const find = (css, from = document) => from.querySelector(css);

  /** Whether a key pressed there is a part of what somebody types. @param {EventTarget | null} place */
  const isTyping = place =>
    place instanceof Element &&
    place.matches("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])");

  /** The letter that is printed on the key, whichever of the two alphabets is on. @param {KeyboardEvent} event */
  const letterOf = ({ key, code, shiftKey }) => {
    if (code === "Slash" && /^[.,]$/.test(key)) return shiftKey ? "?" : "/";
    return /[а-яё]/i.test(key) && code.startsWith("Key") ? code.slice(3).toLowerCase() : key;
  };

  const rowOf = () => document.activeElement?.closest("tbody tr") ?? null;

  /** To the next row or the one before; from elsewhere to the first, or the last. @param {1 | -1} step */
  const go = step => {
    const rows = Array.from(document.querySelectorAll(".staff__table tbody tr")).filter(row =>
      find("a", row),
    );
    const row = rowOf();
    const first = step > 0 ? 0 : rows.length - 1;
    const next = rows[row ? rows.indexOf(row) + step : first];
    if (next) find("a", next)?.focus();
  };

  /** @type {Record<string, () => void>} */
  const acts = {
    "/": () => /** @type {HTMLInputElement | null} */ (find("#find"))?.select(),
    "?": () => /** @type {HTMLDialogElement | null} */ (find("#keys"))?.showModal(),
    j: () => go(1),
    k: () => go(-1),
    e: () => find("[data-main]")?.focus(),
    n: () => find("a[rel=next]")?.click(),
    x: () => {
      const row = rowOf();
      if (row) find("[type=checkbox]", row)?.click();
    },
  };

  document.addEventListener("keydown", event => {
    const { target } = event;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (isTyping(target) || find("dialog[open]")) return;
    const row = rowOf();
    if (event.key === "Enter" && row && target instanceof HTMLInputElement) {
      // on a tick it would send the form
      event.preventDefault();
      find("a", row)?.click();
      return;
    }
    const act = acts[letterOf(event)];
    if (!act) return;
    event.preventDefault();
    act();
  });

  document.addEventListener("click", event => {
    const button = /** @type {Element} */ (event.target).closest("[data-keys]");
    const keys = /** @type {HTMLDialogElement | null} */ (find("#keys"));
    if (button) keys?.[keys.open ? "close" : "showModal"]();
  });
})();
