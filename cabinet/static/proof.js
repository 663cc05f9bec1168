// Solves a proof of work as ALTCHA defines it: which number, after the salt, has this SHA-256?
// Loaded only where a form asks for one; docs/architecture.md says when.

const AT_ONCE = 500;
const text = new TextEncoder();

/** @type {(hex: string) => number} The first four bytes, by which nearly all others are told apart. */
const first = hex => Number.parseInt(hex.slice(0, 8), 16);

/** @type {(digest: ArrayBuffer) => string} */
const hexOf = digest =>
  Array.from(new Uint8Array(digest), byte => byte.toString(16).padStart(2, "0")).join("");

/**
 * @typedef {{algorithm: string, challenge: string, salt: string, signature: string, maxnumber: number}} Challenge
 * @param {Challenge} asked
 * @returns {Promise<string | null>} the answer as the form sends it; null where there is none
 */
export const solve = async ({ algorithm, challenge, salt, signature, maxnumber }) => {
  const wanted = first(challenge);
  for (let begin = 0; begin <= maxnumber; begin += AT_ONCE) {
    const tries = Array.from({ length: AT_ONCE }, (_, n) =>
      crypto.subtle.digest(algorithm, text.encode(salt + (begin + n))),
    );
    const digests = await Promise.all(tries);
    const found = digests.findIndex(
      digest => new DataView(digest).getUint32(0) === wanted && hexOf(digest) === challenge,
    );
    if (found >= 0)
      return btoa(JSON.stringify({ algorithm, challenge, number: begin + found, salt, signature }));
  }
  return null;
};
