// What staff type into a form is kept by the server a moment later, so it is there whatever page comes between.

(() => {
  "use strict";

  /** Milliseconds without a key, after which it is kept. */
  const PAUSE = 1000;
  /** @type {{ form: HTMLFormElement, timer: ReturnType<typeof setTimeout> } | null} The form with what is not kept yet. */
  let typed = null;

  const forget = () => {
    clearTimeout(typed?.timer);
    typed = null;
  };

  const keep = () => {
    if (!typed) return;
    const { form } = typed;
    forget();
    const body = new URLSearchParams({ quietly: form.dataset.shown ?? "y" });
    for (const [name, value] of new FormData(form)) {
      const isSecret = form.querySelector(`:is([type=password], [autocomplete$=password])[name="${name}"]`);
      if (typeof value === "string" && !isSecret) body.append(name, value);
    }
    navigator.sendBeacon(form.dataset.keep || form.action, body);
  };

  document.addEventListener("input", event => {
    const form = /** @type {HTMLElement} */ (event.target).closest("form");
    if (form?.dataset.keep === undefined) return;
    forget();
    typed = { form, timer: setTimeout(keep, PAUSE) };
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
