// Cabinet's own script: conveniences only, every step works without it. No dependencies.
// Each file has one job and says what it shares by import and export; the build joins them into one app.js, but for what
// only later steps need (ahead.js).
import "./frame.js";
import "./embedding.js";
import { prepareStep } from "./ahead.js";
import { find, root } from "./dom.js";
import { restoreDraft } from "./drafts.js";
import { tellOpener } from "./opener.js";
import { holdSubmits } from "./forms.js";
import { cameFromUs, framed } from "./frame.js";
import { offerNewTab, takeSessionOver } from "./hand-over.js";
import { openSession } from "./session.js";
import "./phones.js";
import "./links.js";
import "./look-asked.js";
import "./htmx.js";
import "./lent.js";

if (root.dataset.session === "new") {
  const openedByUs = !framed && opener && cameFromUs();
  const ready = async () => {
    await openSession();
    offerNewTab();
    if (openedByUs) await takeSessionOver(opener);
  };
  holdSubmits(
    new Promise(resolve => {
      document.addEventListener("DOMContentLoaded", () =>
        ready()
          .catch(() => {})
          .then(resolve)
          .then(tellOpener),
      );
    }),
  );
} else tellOpener();
const rejected = !!find("[aria-invalid=true]");
prepareStep(document, rejected);
if (!rejected) restoreDraft();
