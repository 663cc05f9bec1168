// What staff type into a form is kept by the server a moment later, so it is there whatever page comes between.

(() => {
  "use strict";

  /** Milliseconds without a key, after which it is kept; and until what failed is tried again. */
  const PAUSE = 1000;
  const AGAIN = 5000;
  /** @type {{ form: HTMLFormElement, timer: ReturnType<typeof setTimeout> } | null} The form with what is not kept yet. */
  let typed = null;

  const forget = () => {
    clearTimeout(typed?.timer);
    typed = null;
  };

  /** @param {HTMLFormElement} form */
  const wordsOf = form => {
    const body = new URLSearchParams({ quietly: form.dataset.shown ?? "y" });
    for (const [name, value] of new FormData(form)) {
      const isSecret = form.querySelector(`:is([type=password], [autocomplete$=password])[name="${name}"]`);
      if (typeof value === "string" && !isSecret) body.append(name, value);
    }
    return body;
  };

  /** @param {HTMLFormElement} form */
  const addressOf = form => form.dataset.keep || form.action;

  /** Keep it as the page is left, when nobody is there any more to hear the answer. */
  const keep = () => {
    if (!typed) return;
    const { form } = typed;
    forget();
    navigator.sendBeacon(addressOf(form), wordsOf(form));
  };

  /** @param {HTMLFormElement} form @param {number} wait */
  const keepAfter = (form, wait) => {
    forget();
    typed = { form, timer: setTimeout(keepHere, wait) };
  };

  /** Keep it while the page stays, and try again if that fails. */
  const keepHere = async () => {
    if (!typed) return;
    const mine = typed;
    const how = { method: "POST", body: wordsOf(mine.form), redirect: /** @type {const} */ ("manual") };
    const answer = await fetch(addressOf(mine.form), how).catch(() => null);
    if (typed !== mine) return; // more was typed meanwhile, or it was sent
    if (answer && answer.status < 500) forget();
    else keepAfter(mine.form, AGAIN);
  };

  document.addEventListener("input", event => {
    const form = /** @type {HTMLElement} */ (event.target).closest("form");
    if (form?.dataset.keep !== undefined) keepAfter(form, PAUSE);
  });
  // what is sent is kept by that; what leads elsewhere comes later than this
  document.addEventListener(
    "submit",
    event => {
      const form = /** @type {HTMLFormElement} */ (event.target);
      if (form === typed?.form || "drop" in form.dataset) forget();
      else keep();
    },
    true,
  );
  document.addEventListener(
    "click",
    event => /** @type {Element} */ (event.target).closest("a[href]") && keep(),
    true,
  );
  document.addEventListener("visibilitychange", keep);
  addEventListener("pagehide", keep);
})();
