/*! The cabinet in a page of yours: <div data-cabinet></div><script async src="https://…/embed.js"></script>,
or <client-cabinet></client-cabinet>. Messages: version 1. docs/embedding.md tells the rest. No dependencies. */
(() => {
  "use strict";
  const NAME = "client-cabinet";
  const VERSION = 1;
  /** Milliseconds until a frame that has said nothing gets a plain link beside it. */
  const PATIENCE = 6000;
  /** The heights that a frame may ask for, CSS pixels. */
  const LEAST = 120;
  const MOST = 10000;
  /** @type {Record<string, [title: string, link: string]>} */
  const WORDS = {
    ru: ["Личный кабинет", "Открыть личный кабинет в новой вкладке"],
    en: ["Client account", "Open your account in a new tab"],
  };

  const script = /** @type {HTMLScriptElement | null} */ (
    document.currentScript ?? document.querySelector('script[src$="/embed.js"]')
  );
  // the second: pasted twice
  if (!script || customElements.get(NAME)) return;
  /** The cabinet's, the only one that is ever listened to. */
  const origin = new URL(script.src).origin;

  /**
   * @typedef {object} Place a cabinet in the page
   * @property {HTMLIFrameElement} frame
   * @property {string} url
   * @property {string} linkText
   * @property {number} room height kept free for the first screen, so that what is below does not move when it comes
   * @property {number} height what the frame asked for
   * @property {ReturnType<typeof setTimeout>} [timer]
   * @property {HTMLAnchorElement} [link] the plain link beside it
   */
  /** @type {Map<HTMLElement, Place>} by the element that the frame is in */
  const places = new Map();

  /** @param {DOMStringMap} data @param {string} language */
  const address = (data, language) => {
    const url = new URL("/", origin);
    const { theme = "", accent = "" } = data;
    if (/^(light|dark|auto)$/.test(theme)) url.searchParams.set("theme", theme);
    if (WORDS[language]) url.searchParams.set("lang", language);
    if (/^#?[0-9a-f]{6}$/i.test(accent)) {
      url.searchParams.set("accent", accent.replace("#", "").toLowerCase());
    }
    return url.href;
  };

  /** @param {HTMLElement} host @param {Place} place */
  const addLink = (host, place) => {
    const link = document.createElement("a");
    link.href = place.url;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = place.linkText;
    // still loading, perhaps; its first message brings it back
    place.frame.style.height = "1px";
    place.link = link;
    host.append(link);
  };

  /** @param {HTMLElement} host */
  const mount = host => {
    if (places.has(host)) return;
    const language = (host.dataset.lang || document.documentElement.lang).slice(0, 2).toLowerCase();
    const [title, linkText] = WORDS[language] ?? WORDS.ru;
    const url = address(host.dataset, language);
    const room = Math.round(Math.max(604, 1114 - 1.2 * host.clientWidth));
    const frame = document.createElement("iframe");
    frame.title = title;
    frame.allow = "otp-credentials; clipboard-write; publickey-credentials-get; publickey-credentials-create";
    // for browsers that tell the frame by nothing else whose page it is in
    frame.referrerPolicy = "strict-origin";
    frame.style.cssText = `display:block;width:100%;min-width:0;border:0;background:none;height:${room}px`;
    /** @type {Place} */
    const place = { frame, url, linkText, room, height: room };
    places.set(host, place);
    const load = () => {
      frame.src = url;
      place.timer = setTimeout(addLink, PATIENCE, host, place);
    };
    const far = host.getBoundingClientRect().top > innerHeight * 1.5;
    if (!far) load();
    host.replaceChildren(frame);
    if (!far) return;
    const near = new IntersectionObserver(
      entries => {
        if (!entries.some(entry => entry.isIntersecting)) return;
        near.disconnect();
        load();
      },
      { rootMargin: "50%" },
    );
    near.observe(frame);
  };

  /** @param {Place} place */
  const fit = place => {
    place.frame.style.height = `${Math.max(place.room, place.height)}px`;
  };

  /** Let the page around know. @param {HTMLElement} host @param {string} name @param {object} [detail] */
  const dispatch = (host, name, detail) =>
    host.dispatchEvent(new CustomEvent(`cabinet:${name}`, { bubbles: true, detail }));

  addEventListener("message", event => {
    if (event.origin !== origin) return;
    const data = event.data;
    for (const [host, place] of places) {
      if (event.source !== place.frame.contentWindow || data?.cabinet !== VERSION) continue;
      clearTimeout(place.timer);
      place.link?.remove();
      if (data.type === "height" && Number.isFinite(data.height)) {
        place.height = Math.min(Math.max(Math.ceil(data.height), LEAST), MOST);
        fit(place);
      } else if (data.type === "step" && /^[a-z_/-]{1,60}$/.test(data.step)) {
        if (data.first !== true) {
          // from now on it shrinks too
          place.room = 0;
          fit(place);
          const { top } = host.getBoundingClientRect();
          if (top < 0 || top > innerHeight * 0.75) host.scrollIntoView({ block: "start" });
        }
        if (data.again !== true) dispatch(host, "step", { step: data.step });
      } else if (data.type === "registered" || data.type === "login") dispatch(host, data.type);
    }
  });

  customElements.define(
    NAME,
    class extends HTMLElement {
      connectedCallback() {
        if (!this.style.display) this.style.display = "block";
        mount(this);
      }

      disconnectedCallback() {
        places.delete(this);
      }
    },
  );
  const mountAll = () => {
    for (const host of document.querySelectorAll("[data-cabinet]")) mount(/** @type {HTMLElement} */ (host));
  };
  mountAll();
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", mountAll);
})();
