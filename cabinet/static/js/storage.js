// Values kept by the browser, where it lets us: in a frame it may refuse any storage.

/** @typedef {() => Storage} Place a function, because merely naming a storage may throw */

/** @type {Place[]} */
const THIS_TAB = [() => sessionStorage];
/** @type {Place[]} */
export const LASTING = [() => localStorage, () => sessionStorage];

/**
 * Keep a value, or forget it if null, in the first place that lets us; false if none does.
 * @param {string} name
 * @param {string | null} value
 */
export const store = (name, value, places = THIS_TAB) =>
  places.some(place => {
    try {
      if (value === null) place().removeItem(name);
      else place().setItem(name, value);
      return true;
    } catch {
      return false;
    }
  });

/**
 * The value kept, or null.
 * @param {string} name
 */
export const stored = (name, places = THIS_TAB) => {
  for (const place of places) {
    try {
      const value = place().getItem(name);
      if (value) return value;
    } catch {
      // the next place
    }
  }
  return null;
};
