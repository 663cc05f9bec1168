/*! The cabinet in a page of yours: <div data-cabinet></div><script async src="https://…/embed.js"></script>,
or <client-cabinet></client-cabinet>. Messages: version 1. docs/embedding.md tells the rest. No dependencies. */
(() => {
  "use strict";
  const NAME = "client-cabinet";
  // rendered on a server; or pasted twice, run again by a router
  if (typeof document === "undefined" || customElements.get(NAME)) return;
  const HOSTS = `[data-cabinet],${NAME}`;
  const LOOK = ["data-cabinet", "data-theme", "data-accent", "data-lang"];
  const VERSION = 1;
  /** Milliseconds until a frame that has said nothing gets a plain link beside it. */
  const PATIENCE = 6000;
  /** The heights that a frame may ask for, CSS pixels. */
  const LEAST = 120;
  const MOST = 10000;
  /** How often in a row, each within a second, the frame is put back where others take it away. */
  const STUBBORN = 5;
  /** @type {Record<string, [title: string, link: string]>} */
  const WORDS = {
    ru: ["Личный кабинет", "Открыть личный кабинет в новой вкладке"],
    en: ["Client account", "Open your account in a new tab"],
  };

  /** @param {string | undefined} address */
  const originOf = address => {
    try {
      return new URL(address ?? "").origin.replace(/^null$/, "");
    } catch {
      return "";
    }
  };
  const script = /** @type {HTMLScriptElement | null} */ (
    document.currentScript ?? document.querySelector('script[src*="/embed.js"]')
  );
  const scriptOrigin = originOf(script?.src);

  /**
   * @typedef {object} Place a cabinet in the page
   * @property {HTMLIFrameElement} frame
   * @property {Node[]} fallback what the element held, put back when the cabinet goes
   * @property {string} origin the cabinet's, the only one that is listened to
   * @property {string} url the address with the look that the element's attributes ask for
   * @property {boolean} first no step but the first was shown: what is below the frame is not to move yet
   * @property {boolean} spoke
   * @property {number} height what the frame asked for
   * @property {number} since when it was put here, ms
   * @property {ReturnType<typeof setTimeout>} [timer]
   * @property {HTMLAnchorElement} [link] the plain link beside it
   */
  /** @type {Map<HTMLElement, Place>} by the element that the frame is in */
  const places = new Map();
  /** @type {WeakSet<Element>} to stay empty until they are mounted by name */
  const off = new WeakSet();
  /** @type {WeakSet<Element>} whose cabinet has no address, as their page was told */
  const lost = new WeakSet();
  /** @type {WeakMap<HTMLElement, number>} how often in a row others took the frame away at once */
  const taken = new WeakMap();

  /** Let the page around know. @param {HTMLElement} host @param {string} name @param {object} [detail] */
  const dispatch = (host, name, detail) =>
    host.dispatchEvent(new CustomEvent(`cabinet:${name}`, { bubbles: true, detail }));

  /** @param {HTMLElement} host */
  const languageOf = host => (host.dataset.lang || document.documentElement.lang).slice(0, 2).toLowerCase();

  /** Where the element's attributes lead; empty if nothing tells the cabinet's origin. @param {HTMLElement} host */
  const addressOf = host => {
    const { cabinet, theme = "", accent = "", start = "" } = host.dataset;
    const origin = originOf(cabinet) || scriptOrigin;
    if (!origin) return "";
    const language = languageOf(host);
    const url = new URL("/", origin);
    if (/^(light|dark|auto)$/.test(theme)) url.searchParams.set("theme", theme);
    if (WORDS[language]) url.searchParams.set("lang", language);
    if (/^#?[0-9a-f]{6}$/i.test(accent)) {
      url.searchParams.set("accent", accent.replace("#", "").toLowerCase());
    }
    if (/^(login|request)$/.test(start)) url.searchParams.set("start", start);
    return url.href;
  };

  /** @param {HTMLElement} host @param {Place} place */
  const fit = (host, { frame, first, height, link }) => {
    const width = host.clientWidth;
    const room = first && width ? Math.round(Math.max(604, 1114 - 1.2 * width)) : 0;
    // beside the link it is still loading, perhaps; its first message brings it back
    frame.style.height = `${link ? 1 : Math.max(room, height) || 604}px`;
  };

  /** @param {HTMLElement} host @param {Place} place */
  const load = (host, place) => {
    const { frame, url } = place;
    clearTimeout(place.timer);
    near.unobserve(frame);
    frame.src = url;
    place.timer = setTimeout(() => {
      const link = document.createElement("a");
      link.href = url;
      link.target = "_blank";
      link.rel = "noopener";
      link.textContent = (WORDS[languageOf(host)] ?? WORDS.ru)[1];
      place.link?.remove();
      place.link = link;
      host.append(link);
      fit(host, place);
      dispatch(host, "error", { reason: "silent" });
    }, PATIENCE);
  };

  // what is far below, or in a closed tab, accordion or window, loads when it comes near
  const near = new IntersectionObserver(
    entries => {
      for (const { isIntersecting, target } of entries) {
        for (const [host, place] of places) if (isIntersecting && place.frame === target) load(host, place);
      }
    },
    { rootMargin: "50%" },
  );
  // not at once: a height that changes while sizes are told is an error in the page's console
  const widths = new ResizeObserver(() =>
    requestAnimationFrame(() => {
      for (const [host, place] of places) fit(host, place);
    }),
  );

  /** @param {HTMLElement} host */
  const put = host => {
    if (places.has(host) || off.has(host)) return;
    const url = addressOf(host);
    if (!url) {
      if (!lost.has(host)) dispatch(host, "error", { reason: "address" });
      lost.add(host);
      return;
    }
    const frame = document.createElement("iframe");
    frame.title = (WORDS[languageOf(host)] ?? WORDS.ru)[0];
    frame.allow = "otp-credentials; clipboard-write; publickey-credentials-get; publickey-credentials-create";
    // for browsers that tell the frame by nothing else whose page it is in
    frame.referrerPolicy = "strict-origin";
    frame.style.cssText = "display:block;width:100%;min-width:0;border:0;background:none";
    /** @type {Place} */
    const place = {
      frame,
      // of a copy that a router kept of the page, not its frame, which is another's
      fallback: [...host.childNodes].filter(node => node.nodeName !== "IFRAME"),
      origin: new URL(url).origin,
      url,
      first: true,
      spoke: false,
      height: 0,
      since: Date.now(),
    };
    places.set(host, place);
    fit(host, place);
    const shown = host.getClientRects()[0];
    if (shown && shown.top <= innerHeight * 1.5) load(host, place);
    else near.observe(frame);
    host.replaceChildren(frame);
    widths.observe(host);
  };

  /** @param {HTMLElement} host */
  const remove = host => {
    const place = places.get(host);
    if (!place) return;
    const { frame, timer, fallback } = place;
    places.delete(host);
    clearTimeout(timer);
    near.unobserve(frame);
    widths.unobserve(host);
    if (host.contains(frame)) host.replaceChildren(...fallback);
  };

  /** @param {Place} place */
  const tellLook = ({ frame, origin, url }) =>
    frame.contentWindow?.postMessage({ cabinet: VERSION, type: "look", look: new URL(url).search }, origin);

  /** The attributes changed, or the language of the page. @param {HTMLElement} host @param {Place} place */
  const refresh = (host, place) => {
    const url = addressOf(host);
    if (!url || url === place.url) return;
    if (new URL(url).origin !== place.origin) {
      remove(host);
      return;
    }
    place.url = url;
    if (place.spoke) tellLook(place);
    else if (place.frame.src) load(host, place);
  };

  /** Others took the frame away. @param {HTMLElement} host @param {Place} place */
  const giveWay = (host, { since }) => {
    const times = Date.now() - since < 1000 ? (taken.get(host) ?? 0) + 1 : 0;
    taken.set(host, times);
    // of two that undo what the other does, one has to stop
    if (times >= STUBBORN) off.add(host);
    remove(host);
  };

  /** Have a cabinet in every element that asks for one, and in no other. */
  const sync = () => {
    for (const [host, place] of places) {
      if (!host.isConnected || !host.matches(HOSTS)) remove(host);
      else if (!host.contains(place.frame)) giveWay(host, place);
      else refresh(host, place);
    }
    for (const host of document.querySelectorAll(HOSTS)) put(/** @type {HTMLElement} */ (host));
  };

  /** @param {HTMLElement} host @param {Place} place @param {any} data */
  const hear = (host, place, data) => {
    clearTimeout(place.timer);
    place.link?.remove();
    place.link = undefined;
    if (!place.spoke) {
      place.spoke = true;
      dispatch(host, "ready");
    }
    const { type, step, first, again } = data;
    const isStep = type === "step" && /^[a-z_/-]{1,60}$/.test(step);
    if (type === "height" && Number.isFinite(data.height)) {
      place.height = Math.min(Math.max(Math.ceil(data.height), LEAST), MOST);
    }
    const moves = isStep && first !== true;
    // from now on it shrinks too
    if (moves) place.first = false;
    fit(host, place);
    if (moves) {
      const { top } = host.getBoundingClientRect();
      if (top < 0 || top > innerHeight * 0.75) host.scrollIntoView({ block: "start" });
    }
    // loaded anew by the address of before
    else if (isStep && place.frame.src !== place.url) tellLook(place);
    if (isStep && again !== true) dispatch(host, "step", { step });
    if (/^(registered|login|logout|request)$/.test(type)) dispatch(host, type);
  };

  addEventListener("message", event => {
    const { data, origin, source } = event;
    if (!source || data?.cabinet !== VERSION) return;
    for (const [host, place] of places) {
      if (source === place.frame.contentWindow && origin === place.origin) hear(host, place, data);
    }
  });

  const given = /** @type {any} */ (Object.getOwnPropertyDescriptor(window, "cabinet")?.value);
  /** @type {any} */ (window).cabinet = Object.assign(given ?? {}, {
    /** @param {HTMLElement} host */
    mount(host) {
      off.delete(host);
      taken.delete(host);
      if (!host.matches(HOSTS)) host.dataset.cabinet = "";
      if (host.isConnected) put(host);
    },
    /** @param {HTMLElement} host */
    unmount(host) {
      off.add(host);
      remove(host);
    },
  });

  customElements.define(
    NAME,
    class extends HTMLElement {
      // a shadow tree shows its changes to nobody else
      static get observedAttributes() {
        return LOOK;
      }

      connectedCallback() {
        if (!this.style.display) this.style.display = "block";
        put(this);
      }

      // not at once: it is moved, perhaps
      disconnectedCallback() {
        queueMicrotask(sync);
      }

      attributeChangedCallback() {
        if (places.has(this)) sync();
      }
    },
  );
  new MutationObserver(sync).observe(document, {
    childList: true,
    subtree: true,
    attributeFilter: [...LOOK, "lang"],
  });
  sync();
})();
