// The page's elements, and saying something to who hears the page.

export const root = document.documentElement;

/** @type {(css: string, from?: ParentNode) => HTMLElement | null} The first match. */
export const find = (css, from = document) => from.querySelector(css);

/** @type {(css: string, from?: ParentNode) => HTMLElement} The first match, of what the templates always have. */
export const get = (css, from = document) => /** @type {HTMLElement} */ (find(css, from));

/** @type {(css: string, from?: ParentNode) => HTMLElement[]} */
export const findAll = (css, from = document) => Array.from(from.querySelectorAll(css));

/**
 * What the event happened to, or the nearest of its ancestors that matches.
 * @type {(event: Event, css: string) => HTMLElement | null | undefined}
 */
export const closest = (event, css) => /** @type {any} */ (event.target).closest?.(css);

/** Let screen readers say it. The pause makes them notice the same sentence said twice. @param {string} text */
export const announce = text => {
  const status = get("#status");
  status.textContent = "";
  setTimeout(() => {
    status.textContent = text;
  }, 50);
};
