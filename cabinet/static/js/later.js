// The later script's beginning, as main.js is of the first: the build joins what it imports into later.js, without
// what app.js has and lends.
import { prepareCode } from "./code.js";
import { startCountdown } from "./countdown.js";
import { wear } from "./look.js";
import { showEyes } from "./password.js";
import { servePasskeys } from "./passkeys.js";
import { attachPhoto } from "./photo.js";
import { proveWork } from "./proof.js";
import "./password-rules.js";
import "./errors.js";
import "./buttons.js";
import "./file-size.js";
import "./dates.js";

/** @type {(step: ParentNode, rejected: boolean) => void} */
const prepare = (step, rejected) => {
  showEyes(step);
  startCountdown(step);
  prepareCode(step, rejected);
  attachPhoto(step);
  servePasskeys();
  proveWork(step);
};

Object.assign(/** @type {object} */ (document.currentScript), { gives: { prepare, startCountdown, wear } });
