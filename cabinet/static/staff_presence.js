// Which colleague has a request open: asked while somebody looks at the page, and said of this browser.

(() => {
  "use strict";

  /** Milliseconds from one question to the next. */
  const EVERY = 20000;
  /** @type {{ number: string, token: string, address: string } | null} The request that this browser is at. */
  let here = null;

  /** Whether the server knows of a reply that is begun here. */
  let writes = false;

  /** @type {(css: string) => HTMLElement | null} */
  const find = css => document.querySelector(css);

  const isWriting = () =>
    !!(/** @type {HTMLTextAreaElement | null} */ (find("textarea[name=reply]"))?.value.trim());

  const token = () => /** @type {HTMLInputElement | null} */ (find("[name=csrf_token]"))?.value ?? "";

  /** Show who else is where. @param {Record<string, string>} told */
  const show = told => {
    for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-others]"))) {
      const who = told[place.dataset.others ?? ""] ?? "";
      const words = place.querySelector("span");
      if (words && words.textContent !== who) words.textContent = who;
      place.hidden = !who;
    }
  };

  const leave = () => {
    if (!here) return;
    const { number, token, address } = here;
    here = null;
    navigator.sendBeacon(address, new URLSearchParams({ number, csrf_token: token, left: "y" }));
  };

  const ask = async () => {
    const address = find("[data-others-address]")?.dataset.othersAddress;
    if (document.hidden || !address) return;
    const body = new URLSearchParams({ csrf_token: token() });
    if (here) body.set("number", here.number);
    writes = isWriting();
    if (here && writes) body.set("writing", "y");
    try {
      const answer = await fetch(address, { method: "POST", body, redirect: "manual" });
      if (answer.ok) show(await answer.json());
    } catch {
      // without a connection nothing is known; the next question may have an answer
    }
  };

  /** The page is another one, perhaps without having been loaded. */
  const arrive = () => {
    const place = find("[data-here]");
    const number = place?.dataset.others ?? "";
    if (here && here.number !== number) leave();
    const address = find("[data-others-address]")?.dataset.othersAddress ?? "";
    if (!number) return;
    here = { number, token: token(), address };
    writes = isWriting();
  };

  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
  document.addEventListener("htmx:after:swap", arrive);
  document.addEventListener("input", () => {
    if (here && isWriting() !== writes) ask();
  });
  addEventListener("pagehide", leave);
  addEventListener("pageshow", event => {
    arrive();
    if (event.persisted) ask();
  });
  arrive();
})();
