// The cabinet in a page of yours: <div data-cabinet></div><script async src="https://…/embed.js"></script>,
// or <client-cabinet></client-cabinet>. Messages: version 1. docs/embedding.md tells the rest. No dependencies.
(() => {
  "use strict";
  const NAME = "client-cabinet", VERSION = 1, PATIENCE = 6000, LEAST = 120, MOST = 10000;
  const doc = document;
  const script = doc.currentScript ?? doc.querySelector('script[src$="/embed.js"]');
  if (!script || customElements.get(NAME)) return; // pasted twice
  const origin = new URL(script.src).origin; // the only one that is ever listened to
  const WORDS = {
    ru: ["Личный кабинет", "Открыть личный кабинет в новой вкладке"],
    en: ["Client account", "Open your account in a new tab"],
  };
  const places = new Map(); // host element -> its frame and what is known of it

  const address = (data, language) => {
    const url = new URL("/", origin);
    if (/^(light|dark|auto)$/.test(data.theme)) url.searchParams.set("theme", data.theme);
    if (WORDS[language]) url.searchParams.set("lang", language);
    if (/^#?[0-9a-f]{6}$/i.test(data.accent)) url.searchParams.set("accent", data.accent.replace("#", "").toLowerCase());
    return url.href;
  };

  const link = (host, place) => {
    const a = doc.createElement("a");
    a.href = place.url;
    a.target = "_blank";
    a.rel = "noopener";
    a.textContent = place.words[1];
    place.frame.style.height = "1px"; // still loading, perhaps; its first message brings it back
    host.append(place.link = a);
  };

  const mount = host => {
    if (places.has(host)) return;
    const language = (host.dataset.lang || doc.documentElement.lang).slice(0, 2).toLowerCase();
    const words = WORDS[language] ?? WORDS.ru, url = address(host.dataset, language);
    const frame = doc.createElement("iframe"), place = { frame, url, words };
    frame.title = words[0];
    frame.allow = "otp-credentials; clipboard-write";
    frame.referrerPolicy = "strict-origin"; // for browsers that tell the frame by nothing else whose page it is in
    // room for the first screen, so that what is below does not move when it comes
    const room = Math.round(Math.max(604, 1114 - 1.2 * host.clientWidth));
    frame.style.cssText = `display:block;width:100%;min-width:0;border:0;background:none;height:${room}px`;
    place.room = place.told = room;
    places.set(host, place);
    const load = () => {
      frame.src = url;
      place.timer = setTimeout(link, PATIENCE, host, place);
    };
    const far = host.getBoundingClientRect().top > innerHeight * 1.5;
    if (!far) load();
    host.replaceChildren(frame);
    if (!far) return;
    const near = new IntersectionObserver(entries => {
      if (!entries.some(entry => entry.isIntersecting)) return;
      near.disconnect();
      load();
    }, { rootMargin: "50%" });
    near.observe(frame);
  };

  const fit = place => { place.frame.style.height = `${Math.max(place.room, place.told)}px`; };

  const tell = (host, name, detail) =>
    host.dispatchEvent(new CustomEvent(`cabinet:${name}`, { bubbles: true, detail }));

  addEventListener("message", event => {
    if (event.origin !== origin) return;
    const data = event.data;
    for (const [host, place] of places) {
      if (event.source !== place.frame.contentWindow || data?.cabinet !== VERSION) continue;
      clearTimeout(place.timer);
      place.link?.remove();
      if (data.type === "height" && Number.isFinite(data.height)) {
        place.told = Math.min(Math.max(Math.ceil(data.height), LEAST), MOST);
        fit(place);
      } else if (data.type === "step" && /^[a-z_/-]{1,60}$/.test(data.step)) {
        if (data.first !== true) {
          place.room = 0; // from now on it shrinks too
          fit(place);
          const { top } = host.getBoundingClientRect();
          if (top < 0 || top > innerHeight * 0.75) host.scrollIntoView({ block: "start" });
        }
        if (data.again !== true) tell(host, "step", { step: data.step });
      } else if (data.type === "registered" || data.type === "login") tell(host, data.type);
    }
  });

  customElements.define(NAME, class extends HTMLElement {
    connectedCallback() {
      if (!this.style.display) this.style.display = "block";
      mount(this);
    }

    disconnectedCallback() { places.delete(this); }
  });
  const all = () => doc.querySelectorAll("[data-cabinet]").forEach(mount);
  all();
  if (doc.readyState === "loading") doc.addEventListener("DOMContentLoaded", all);
})();
