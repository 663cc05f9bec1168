// Passkeys: a finger, a face or the device's PIN instead of the password. A convenience: the password stays.

/**
 * @typedef {object} Tools what the page's own script lends
 * @property {() => Record<string, string>} headers
 * @property {() => Promise<void>} whenReady
 * @property {boolean} framed
 * @property {() => string | null} kept "yes": a passkey was used or made here; "no": nobody wants to be asked
 * @property {(value: string) => void} keep
 */
/** @type {Tools} */
let tools;
/** @type {AbortController | null} Ends the question that waits in the phone's field: one may be put at a time. */
let waiting = null;

/** @type {(css: string) => HTMLElement | null} */
const find = css => document.querySelector(css);

/** @param {string} text base64url */
const toBytes = text =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), char => char.charCodeAt(0));

/** @param {ArrayBuffer} buffer */
const toText = buffer =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

/** A credential as the server reads it. @param {any} credential */
const written = ({ id, rawId, type, response }) => {
  /** @type {Record<string, string>} */
  const parts = {};
  for (const name of [
    "clientDataJSON",
    "attestationObject",
    "authenticatorData",
    "signature",
    "userHandle",
  ]) {
    if (response[name]) parts[name] = toText(response[name]);
  }
  return JSON.stringify({ id, rawId: toText(rawId), type, response: parts });
};

/** Whether a frame was given the right. @param {string} what */
const allowed = what => {
  const policy = /** @type {any} */ (document).featurePolicy;
  return policy?.features?.().includes(what) ? policy.allowsFeature(what) : true;
};

/** What the server has a passkey asked; null where it asks for something else first. @param {string} path */
const question = async path => {
  await tools.whenReady();
  const response = await fetch(path, { headers: tools.headers() });
  return response.status === 200 ? response.json() : null;
};

/** @param {HTMLFormElement} form @param {any} credential */
const send = (form, credential) => {
  /** @type {HTMLInputElement} */ (form.elements.namedItem("answer")).value = written(credential);
  tools.keep("yes");
  form.requestSubmit();
};

/**
 * The answer of a passkey that this device knows; null where the step was left meanwhile.
 * @param {string} path where the question comes from
 * @param {CredentialRequestOptions} how
 */
const answerTo = async (path, how = {}) => {
  const step = find("#step");
  const asked = await question(path);
  if (!asked || !step?.isConnected || how.signal?.aborted) return null;
  const credential = await navigator.credentials.get({
    ...how,
    publicKey: { challenge: toBytes(asked.challenge), rpId: asked.rpId, userVerification: "required" },
  });
  return step.isConnected ? credential : null;
};

/**
 * Sign in by a passkey, or prove another cabinet.
 * @param {CredentialRequestOptions} [how]
 * @param {string} [path] where the question comes from and the answer goes
 */
const signIn = async (how, path = "/login/passkey") => {
  const credential = await answerTo(path, how);
  if (!credential) return;
  const form = document.createElement("form");
  form.method = "post";
  form.action = path;
  form.hidden = true;
  const token = /** @type {HTMLInputElement} */ (find("[name=csrf_token]"));
  form.append(token.cloneNode(), Object.assign(document.createElement("input"), { name: "answer" }));
  find("#step")?.append(form);
  htmx.process(form);
  send(form, credential);
};

/** Send a form with a passkey beside the password, in place of a code. @param {HTMLElement} button */
const second = async button => {
  const form = /** @type {HTMLFormElement} */ (button.closest("form"));
  const credential = await answerTo(button.dataset.options ?? "");
  if (!credential) return;
  await tools.whenReady();
  const answer = /** @type {HTMLInputElement} */ (form.elements.namedItem("answer"));
  const code = /** @type {HTMLInputElement} */ (form.elements.namedItem("code"));
  code.value = ""; // or it would count, and not the passkey
  answer.value = written(credential);
  form.requestSubmit();
  answer.value = ""; // good for once; a further try is by what is typed then
};

/** Send a form with a passkey in place of the password. @param {HTMLElement} button */
const confirm = async button => {
  const form = /** @type {HTMLFormElement} */ (button.closest("form"));
  const path = button.dataset.options ?? "";
  const credential = await answerTo(path);
  if (!credential) return;
  const token = /** @type {HTMLInputElement} */ (form.elements.namedItem("csrf_token"));
  const response = await fetch(path, {
    method: "POST",
    body: new URLSearchParams({ answer: written(credential), csrf_token: token.value }),
    headers: tools.headers(),
  });
  if (!response.ok) throw new Error("refused");
  if (form.isConnected) form.requestSubmit();
};

/** Have the device make a passkey. @param {HTMLElement} button */
const add = async button => {
  const form = /** @type {HTMLFormElement} */ (button.closest("form"));
  const asked = await question(button.dataset.options ?? "");
  if (!asked) {
    htmx.ajax("GET", form.action, { target: "#step", swap: "outerHTML" });
    return;
  }
  asked.challenge = toBytes(asked.challenge);
  asked.user.id = toBytes(asked.user.id);
  for (const known of asked.excludeCredentials) known.id = toBytes(known.id);
  const credential = await navigator.credentials.create({ publicKey: asked });
  if (credential && form.isConnected) send(form, credential);
};

/** @param {unknown} error */
const explain = error => {
  const said = find("[data-passkey=said]");
  const known = error instanceof DOMException && error.name === "InvalidStateError";
  if (known) tools.keep("yes");
  if (said) said.textContent = (known ? said.dataset.known : said.dataset.failed) ?? "";
  const tab = find("[data-passkey=tab]");
  if (tab) tab.hidden = !tools.framed;
};

document.addEventListener("click", async event => {
  const button = event.target instanceof Element ? event.target.closest("[data-passkey-do]") : null;
  if (!(button instanceof HTMLElement)) return;
  const action = button.dataset.passkeyDo;
  waiting?.abort();
  try {
    if (action === "sign-in") await signIn({}, button.dataset.options);
    else if (action === "confirm") await confirm(button);
    else if (action === "second") await second(button);
    else if (action === "add") await add(button);
    else {
      tools.keep("no");
      button.closest("[data-passkey]")?.remove();
    }
  } catch (error) {
    explain(error);
  }
});

/** Passkeys among what the browser suggests for the phone. @param {AbortController} controller */
const suggest = async controller => {
  try {
    if (!allowed("publickey-credentials-get")) return;
    if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    await signIn({ mediation: "conditional", signal: controller.signal });
  } catch {
    // not in this frame, or the step was left
  }
};

/** Show a step what this browser can. @param {Tools} given */
export const serve = async given => {
  tools = given;
  waiting?.abort();
  waiting = null;
  if (find("[autocomplete~=webauthn]")) {
    waiting = new AbortController();
    suggest(waiting);
  }
  const button = find("[data-passkey=sign-in]");
  if (button) button.hidden = tools.kept() !== "yes";
  const beside = find("[data-passkey=second]");
  if (beside) beside.hidden = false;
  const form = find("[data-passkey=add]");
  if (!form) return;
  const offer = find("[data-passkey=offer]");
  const can = allowed("publickey-credentials-create");
  const guarded = await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable();
  if (offer && (tools.kept() || !guarded || !can)) return;
  form.hidden = false;
  if (offer) offer.hidden = false;
  const [adding, tab] = [find("[data-passkey-do=add]"), find("[data-passkey=tab]")];
  if (adding) adding.hidden = !can;
  if (tab) tab.hidden = can;
  find("[data-passkey=none]")?.remove();
};
