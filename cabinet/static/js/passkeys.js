// What passkeys need is a script of its own, loaded where a step has a use for it and the browser knows them.
import { find } from "./dom.js";
import { whenReady } from "./forms.js";
import { framed } from "./frame.js";
import { headers } from "./session.js";
import { LASTING, store, stored } from "./storage.js";

const PASSKEY = "cabinet-passkey";
const address = find("[data-passkeys]")?.dataset.passkeys ?? "";

/** @type {Promise<any> | null} */
let loaded = null;

export const servePasskeys = async () => {
  if (!window.PublicKeyCredential || !(loaded || find("[data-passkey], [autocomplete~=webauthn]"))) return;
  try {
    loaded ??= import(address);
    (await loaded).serve({
      headers,
      whenReady,
      framed,
      /** What was kept of passkeys in this browser, or null. */
      kept: () => stored(PASSKEY, LASTING),
      /** @param {string} value */
      keep: value => store(PASSKEY, value, LASTING),
    });
  } catch {
    // as before there were any
    loaded = null;
  }
};
