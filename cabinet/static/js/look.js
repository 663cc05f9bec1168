// Another theme, accent and language, while the page is shown and typed in.
import { find, findAll, root } from "./dom.js";
import { showPage } from "./links.js";
import { headers, keepWhatCame } from "./session.js";

const FIELDS = "#step :is(input:not([type=hidden]), textarea)";
const ACCENT = "link[href^='/accent/']";
/** @type {Record<string, RegExp>} as the server has them */
const ALLOWED = { theme: /^(light|dark|auto)$/, accent: /^[0-9a-f]{6}$/, lang: /^[a-z]{2}$/ };

/** The same step in another language: what is typed stays, passwords and files too. @param {Document} page */
const translate = page => {
  const fields = /** @type {HTMLInputElement[]} */ (findAll(FIELDS));
  const active = document.activeElement?.id;
  const same = find("#step")?.dataset.step === find("#step", page)?.dataset.step;
  showPage(page, true);
  if (!same) return;
  for (const field of fields) {
    const fresh = /** @type {HTMLInputElement | null} */ (field.id && document.getElementById(field.id));
    if (!fresh?.matches(FIELDS) || fresh.type !== field.type) continue;
    if (field.type === "file") fresh.files = field.files;
    else if (/^(radio|checkbox)$/.test(field.type)) fresh.checked = field.checked;
    else fresh.value = field.value;
  }
  if (active) document.getElementById(active)?.focus({ preventScroll: true });
};

/** Paint in another accent, once its sheet is here: nothing is to flash. @param {Document} page */
const paint = page => {
  const old = findAll(ACCENT);
  const fresh = find(ACCENT, page);
  const clear = () => {
    for (const sheet of old) sheet.remove();
  };
  if (fresh) {
    const sheet = document.importNode(fresh, true);
    sheet.addEventListener("load", clear);
    document.head.append(sheet);
  } else clear();
};

const brandAccent = () => {
  const brand = /** @type {HTMLMetaElement | null} */ (find("meta[name=theme-color]"));
  return (brand?.content ?? "").replace("#", "").toLowerCase();
};

/** How the page looks now. @returns {Record<string, string>} */
const presentLook = () => ({
  theme: root.dataset.theme ?? "",
  accent: find(ACCENT)?.getAttribute("href")?.slice(-6) ?? brandAccent(),
  lang: root.lang,
});

/** What is asked for; where nothing is, what the page would have had without. @param {string} search */
const askedLook = search => {
  /** @type {Record<string, string>} */
  const look = { ...presentLook(), theme: "light", accent: brandAccent() };
  for (const [name, value] of new URLSearchParams(search)) if (ALLOWED[name]?.test(value)) look[name] = value;
  return look;
};

/** @param {string} search what embed.js would put into our address */
export const wear = async search => {
  const look = askedLook(search);
  const present = presentLook();
  if (Object.keys(look).every(name => look[name] === present[name])) return;
  const sent = headers();
  const response = await fetch(`${location.pathname}?${new URLSearchParams(look)}`, { headers: sent });
  keepWhatCame(response, sent["X-Cabinet-Session"] ?? null);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!response.ok || !find("#step", page)) return;
  root.dataset.theme = look.theme;
  if (look.accent !== present.accent) paint(page);
  if (page.documentElement.lang !== root.lang) translate(page);
};
