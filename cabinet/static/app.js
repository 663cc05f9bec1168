// Cabinet's own script: conveniences only, every step works without it. No dependencies, no inline code.
(() => {
  "use strict";
  const doc = document, root = doc.documentElement;
  const $ = (css, from = doc) => from.querySelector(css);
  const $$ = (css, from = doc) => [...from.querySelectorAll(css)];
  const say = text => { const s = $("#status"); s.textContent = ""; setTimeout(() => { s.textContent = text; }, 50); };

  const framed = window.parent !== window;
  if (framed) {
    root.classList.add("framed");
    root.dataset.framed = ""; // the server says so too, where the browser tells it
    if (root.dataset.theme === "default") root.dataset.theme = "light"; // as the pages that embed mostly are
  }

  // — the session's token, for browsers that give the frame no cookie: in sessionStorage, else in memory —
  const store = (name, value, places = [() => sessionStorage]) => places.some(place => {
    try { if (value === null) place().removeItem(name); else place().setItem(name, value); return true; } catch { return false; }
  });
  const stored = (name, places = [() => sessionStorage]) => {
    for (const place of places) { try { const value = place().getItem(name); if (value) return value; } catch { /* the next */ } }
    return null;
  };
  const KEY = "cabinet-session", DEVICE = "cabinet-device", LASTING = [() => localStorage, () => sessionStorage];
  let token = null, device = null, pending = null, resuming = false, unknown = false;
  const keep = value => { token = value; store(KEY, value); };
  // with the page's language: a session that begins by token has not seen the `?lang=` of the frame's address
  const headers = (more = {}) => {
    if (!token) return more;
    device ??= stored(DEVICE, LASTING);
    return { ...more, "X-Cabinet-Session": token, "Accept-Language": root.lang, ...(device && { "X-Cabinet-Device": device }) };
  };
  const begun = async () => {
    const answer = await fetch("/session");
    if (answer.status !== 200) { store(KEY, null); return; }
    const spare = (await answer.json()).token;
    token = stored(KEY);
    if (!token) { keep(spare); return; }
    resuming = true;
    unknown = false;
    await htmx.ajax("GET", "/resume", { target: "#step", swap: "outerHTML" });
    resuming = false;
    if (unknown) keep(spare);
  };

  // — what can be kept nowhere ends with the page: a new tab of ours takes it over, by a code that works once —
  const offerTab = () => { $("#new-tab").hidden = !framed || !token || !!stored(KEY); };
  const ours = (event, source) => event.source === source && event.origin === location.origin;
  doc.addEventListener("click", event => {
    const link = event.target.closest?.("#new-tab a");
    if (!link) return;
    event.preventDefault();
    const tab = open(link.href);
    addEventListener("message", async event => {
      if (!tab || !ours(event, tab)) return;
      if (event.data === "taken") { location.replace("/"); return; }
      const answer = await fetch("/session/hand-over", { method: "POST", headers: headers() });
      tab.postMessage({ code: answer.status === 200 ? (await answer.json()).code : null }, location.origin);
    });
  });
  const takeOver = () => new Promise(resolve => {
    addEventListener("message", async event => {
      if (!ours(event, opener) || !event.data.code) return;
      const mark = { "X-CSRFToken": $("[name=csrf_token]")?.value ?? "" };
      const answer = await fetch("/session/take-over", { method: "POST", body: new URLSearchParams(event.data), headers: headers(mark) });
      const fresh = answer.headers.get("X-Cabinet-Session");
      if (fresh) keep(fresh);
      opener.postMessage("taken", location.origin);
      await htmx.ajax("GET", "/resume", { target: "#step", swap: "outerHTML" });
      resolve();
    });
    opener.postMessage("ready", location.origin);
    setTimeout(resolve, 5000);
  });

  // plain links that would leave the token behind: a file, and the other language where nothing is stored
  doc.addEventListener("click", async event => {
    const link = event.target.closest?.("a[data-download], a[hreflang]");
    if (!link || !token || !link.hasAttribute("data-download") && stored(KEY)) return;
    event.preventDefault();
    try {
      const answer = await fetch(link.href, { headers: headers() });
      if (link.hasAttribute("data-download") && answer.ok && !answer.redirected) save(await answer.blob(), answer.headers);
      else translate(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch { fail({ sourceElement: link, repeat: () => link.click() }); }
  });
  const save = (file, said) => {
    const link = doc.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = said.get("Content-Disposition")?.match(/filename="?([^";]+)/)?.[1] ?? "";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };
  const translate = page => {
    root.lang = page.documentElement.lang;
    doc.title = page.title;
    for (const css of [".shell", "#slow", "#offline"]) $(css).replaceWith($(css, page));
    htmx.process($(".shell"));
    offerTab();
    begin($("#step"));
    tellStep(false);
  };

  // — in somebody else's page: it is told the height and the step, and nothing else; nothing that it says is heard —
  const listed = origin => origin === location.origin || ($("meta[name=embedders]")?.content ?? "").split(" ").some(pattern => {
    const text = pattern.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace("\\*\\.", "([a-z0-9-]+\\.)+").replace(/:\\\*$/, "(:\\d+)?");
    return pattern && new RegExp(`^${text}$`).test(origin);
  });
  const embedder = (() => {
    if (!framed) return null;
    let origin = location.ancestorOrigins?.[0];
    if (!origin && doc.referrer && new URL(doc.referrer).origin !== location.origin) origin = new URL(doc.referrer).origin;
    if (!origin) { try { origin = parent.location.origin; } catch { origin = stored("cabinet-embedder"); } }
    if (!origin || !listed(origin)) return null;
    store("cabinet-embedder", origin);
    return origin;
  })();
  const tell = message => { if (embedder) parent.postMessage({ cabinet: 1, ...message }, embedder); };
  let height = 0, stepped = "";
  const measure = () => {
    const now = Math.ceil(doc.body.getBoundingClientRect().height);
    if (now && now !== height) tell({ type: "height", height: height = now });
  };
  const tellStep = first => {
    const step = $("#step")?.dataset.step, before = stepped;
    if (!step) return;
    measure(); // first, so that the frame goes from one height to the other at once
    tell({ type: "step", step: stepped = step, first, again: step === before });
    if (step === "home/home" && before === "register/password") tell({ type: "registered" });
    if (step === "home/home" && before === "login/password") tell({ type: "login" });
  };
  if (embedder) {
    root.classList.add("fitted"); // the frame is as high as the page: it needs no scrollbar
    new ResizeObserver(measure).observe(doc.body);
    measure();
    // shown by a link or a form of ours and not by the embedding page: no first look
    const inside = doc.referrer && new URL(doc.referrer).origin === location.origin && embedder !== location.origin;
    tellStep(!inside);
    addEventListener("pageshow", event => { if (event.persisted) { height = 0; tellStep(false); } });
  }

  // — busy buttons, and no second submit of the same form —
  const busy = new WeakMap();
  const rest = form => {
    const was = busy.get(form);
    if (!was) return;
    was.timers.forEach(clearTimeout);
    was.slow?.remove();
    was.button?.removeAttribute("aria-busy");
    busy.delete(form);
  };
  addEventListener("submit", event => {
    const form = event.target;
    if (pending) {
      event.preventDefault(); event.stopImmediatePropagation();
      pending.then(() => form.isConnected && form.requestSubmit(event.submitter));
      return;
    }
    if (busy.has(form)) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    const button = event.submitter || $("button", form);
    const wait = { button, submitter: event.submitter };
    wait.timers = [
      setTimeout(() => button?.setAttribute("aria-busy", "true"), 300),
      setTimeout(() => {
        if (!form.isConnected) return; // the answer is here, another step is in its place
        wait.slow = $("#slow").content.firstElementChild.cloneNode(true);
        form.append(wait.slow);
        say(wait.slow.textContent);
      }, 8000),
    ];
    busy.set(form, wait);
    hidePasswords();
  }, true);
  addEventListener("pageshow", () => { $$("form").forEach(rest); hidePasswords(); });

  // — password: the eye, caps lock, rules ticking off —
  const show = (button, shown, quiet) => {
    const input = doc.getElementById(button.getAttribute("aria-controls"));
    if (!input) return;
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    if (!quiet) say(shown ? button.dataset.shown : button.dataset.hidden);
  };
  const hidePasswords = () => $$(".eye[aria-pressed=true]").forEach(b => show(b, false, true));
  addEventListener("pagehide", hidePasswords);
  doc.addEventListener("click", event => {
    const eye = event.target.closest?.(".eye");
    if (eye) show(eye, eye.getAttribute("aria-pressed") !== "true");
    const retry = event.target.closest?.("[data-retry]");
    if (retry) { retry.closest(".notice").remove(); again?.(); }
  });
  const caps = event => {
    const hint = event.target.closest?.(".field")?.querySelector("[data-caps]");
    if (!hint || !event.getModifierState) return;
    const on = event.getModifierState("CapsLock");
    if (on && hint.hidden) say(hint.textContent);
    hint.hidden = !on;
  };
  doc.addEventListener("keydown", caps);
  doc.addEventListener("keyup", caps);

  const tick = (item, met) => {
    if (item.classList.contains("is-met") === met) return false;
    item.classList.toggle("is-met", met);
    const word = $("[data-met]", item);
    word.textContent = ": " + (met ? word.dataset.met : word.dataset.unmet);
    return true;
  };
  let asking = 0, timer = 0, telling = 0;
  const judge = input => {
    const list = $("#rules", input.closest(".field"));
    if (!list) return;
    const value = input.value.normalize("NFKC");
    $$("[data-pattern]", list).forEach(li => tick(li, new RegExp(li.dataset.pattern, "u").test(value)));
    if (!value) $$(".rule", list).forEach(li => tick(li, false));
    clearTimeout(timer);
    clearTimeout(telling);
    if (value) timer = setTimeout(() => ask(input, list), 250);
    telling = setTimeout(() => {
      const left = $$(".rule:not(.is-met) > span:nth-child(2)", list).map(s => s.textContent);
      if (input.value) say(left.length ? left.join(". ") : $("[data-met]", list).dataset.met);
    }, 1500);
  };
  const ask = async (input, list) => {
    const mine = ++asking, body = new URLSearchParams(new FormData(input.form));
    body.set("password", input.value);
    body.delete("current_password");
    try {
      const answer = await fetch(input.dataset.checkUrl, { method: "POST", body, headers: headers({ "HX-Request": "true" }) });
      if (!answer.ok || mine !== asking) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      $$("[data-rule]:not([data-pattern])", list).forEach(li => {
        const judged = $(`[data-rule="${li.dataset.rule}"]`, fresh);
        if (judged) tick(li, judged.classList.contains("is-met"));
      });
    } catch { /* the server judges again on submit */ }
  };

  // — the code: sends itself when complete, once per value —
  let sent = "";
  const code = input => {
    const digits = input.value.normalize("NFKC").replace(/[^0-9]/g, "").slice(0, +input.dataset.code);
    if (digits !== input.value && digits.length === +input.dataset.code) input.value = digits;
    if (digits.length === +input.dataset.code && digits !== sent) {
      sent = digits;
      input.form.requestSubmit($("button", input.form));
    }
  };
  doc.addEventListener("input", event => {
    const input = event.target;
    if (input.dataset.code) code(input);
    if (input.dataset.checkUrl) judge(input);
  });
  const webOtp = input => {
    if (!("OTPCredential" in window)) return;
    const stop = new AbortController();
    input.form.addEventListener("submit", () => stop.abort(), { once: true });
    navigator.credentials.get({ otp: { transport: ["sms"] }, signal: stop.signal })
      .then(otp => { if (otp && input.isConnected && !input.value) { input.value = otp.code; code(input); } }).catch(() => {});
  };

  // — the phone is set apart into groups when the field is left —
  doc.addEventListener("focusout", event => {
    const input = event.target;
    if (input.dataset?.format !== "phone") return;
    const m = input.value.replace(/[^0-9+]/g, "").match(/^(?:\+?7|8)?(9\d{2})(\d{3})(\d{2})(\d{2})$/);
    if (m) input.value = `+7 ${m[1]} ${m[2]}-${m[3]}-${m[4]}`;
  });

  // — a file that is too large is not even sent —
  doc.addEventListener("change", event => {
    const input = event.target, most = +input.dataset?.most;
    if (!most) return;
    $(".error--file", input.parentNode)?.remove();
    if (!input.files.length || input.files[0].size <= most) return;
    input.value = "";
    const line = doc.createElement("p");
    line.className = "error error--file";
    line.textContent = input.dataset.tooLarge;
    input.after(line);
    say(line.textContent);
  });

  // — the countdown to the next SMS: shown, announced only when it ends —
  let clock = 0;
  const countdown = from => {
    clearInterval(clock);
    const line = $("[data-countdown]", from);
    if (!line) return;
    const button = $("[data-after-countdown]", from), face = $("[data-clock]", line);
    const end = Date.now() + line.dataset.countdown * 1000;
    const step = () => {
      const left = Math.ceil((end - Date.now()) / 1000);
      face.textContent = `${Math.floor(Math.max(left, 0) / 60)}:${String(Math.max(left, 0) % 60).padStart(2, "0")}`;
      line.hidden = left <= 0;
      button.hidden = left > 0;
      if (left <= 0 && clock) { clearInterval(clock); clock = 0; if (+line.dataset.countdown) say(button.textContent.trim()); }
    };
    clock = setInterval(step, 1000);
    step();
  };

  // — htmx: focus, and what to do when the network fails —
  let again = null;
  const begin = (from, fresh) => {
    $$(".eye", from).forEach(eye => { eye.hidden = false; });
    countdown(from);
    const field = $("[data-code]", from);
    if (field) { if (!fresh) sent = ""; else sent = field.value; webOtp(field); }
    else sent = "";
  };
  doc.addEventListener("htmx:config:request", event => {
    const { ctx } = event.detail;
    Object.assign(ctx.request.headers, headers());
    ctx.sent = token;
    const { submitter } = busy.get(ctx.sourceElement) ?? {};
    ctx.repeat = () => (ctx.sourceElement.requestSubmit ? ctx.sourceElement.requestSubmit(submitter) : ctx.sourceElement.click());
    setTimeout(() => { if (ctx.status === "created") rest(ctx.sourceElement); }); // dropped: something else is under way
  });
  doc.addEventListener("htmx:after:request", event => {
    const { ctx } = event.detail, fresh = ctx.response?.headers.get("X-Cabinet-Session");
    // only a token that replaces the one sent: what was asked before a replacement may be answered after it
    if (fresh && fresh !== ctx.sent) keep(fresh);
    if (ctx.sent && ctx.response?.raw.ok && !fresh) unknown = true;
    const known = ctx.response?.headers.get("X-Cabinet-Device");
    if (known && known !== device) { device = known; store(DEVICE, known, LASTING); }
    if (ctx.target?.id === "step" && ctx.response.status >= 400 && !ctx.text.includes('id="step"')) {
      event.preventDefault(); // a proxy's own error page: the step stays, with all that was typed
      fail(ctx);
    }
  });
  doc.addEventListener("htmx:after:swap", event => {
    const step = $("#step"), news = event.detail.ctx.target?.id === "delivery" && $("#delivery")?.textContent.trim();
    if (news) say(news);
    if (!step || event.detail.ctx.target?.id !== "step" && event.detail.ctx.target !== doc.body) return;
    const wrong = $(":is(input, textarea)[aria-invalid=true], [aria-invalid=true] input", step), summary = $("#errors", step);
    begin(step, !!wrong);
    const list = summary && ($("ul", summary) || $("p", summary));
    if (!framed || !resuming) (list ? summary : wrong || $("h1", step))?.focus({ preventScroll: true });
    if (!framed) scrollTo({ top: 0 });
    tellStep(resuming);
  });
  doc.addEventListener("htmx:finally:request", event => {
    const form = event.detail.ctx.sourceElement;
    if (form instanceof HTMLFormElement) rest(form);
  });
  const fail = ctx => {
    if (!ctx?.sourceElement?.matches("form, a") || $("[data-retry]")) return;
    again = ctx.repeat;
    $("#step").prepend($("#offline").content.cloneNode(true));
    $("[data-retry]").focus();
  };
  doc.addEventListener("htmx:error", event => fail(event.detail.ctx));

  if (root.dataset.session === "new") {
    const asked = !framed && opener && doc.referrer && new URL(doc.referrer).origin === location.origin;
    const ready = () => begun().then(() => { offerTab(); return asked && takeOver(); }).catch(() => {});
    pending = new Promise(resolve => doc.addEventListener("DOMContentLoaded", () => ready().then(() => { pending = null; resolve(); })));
  }
  begin(doc, !!$("[aria-invalid=true]"));
})();
