// What htmx is to do: send the token, focus what is new, keep the step when the network fails.
import { prepareStep, runClocks } from "./ahead.js";
import { announce, find } from "./dom.js";
import { dropDraft, restoreDraft } from "./drafts.js";
import { postStep } from "./embedding.js";
import { release, submitterOf } from "./forms.js";
import { framed } from "./frame.js";
import { offerRetry } from "./offline.js";
import { headers, keepWhatCame, resuming, token } from "./session.js";

/** Milliseconds until a form with a file is given up. */
const FILE_PATIENCE = 600000;

document.addEventListener("htmx:config:request", event => {
  const { ctx } = event.detail;
  const source = ctx.sourceElement;
  Object.assign(ctx.request.headers, headers());
  ctx.sentToken = token;
  ctx.sentBy = source.getAttribute("action") ?? "";
  const submitter = submitterOf(source);
  // htmx asks the form alone how it is encoded, not the button
  const encoding = submitter?.getAttribute("formenctype");
  if (encoding) {
    source.setAttribute("hx-encoding", encoding);
    ctx.request.timeout = FILE_PATIENCE;
  } else source.removeAttribute("hx-encoding");
  ctx.repeat = () => (source instanceof HTMLFormElement ? source.requestSubmit(submitter) : source.click());
  setTimeout(() => {
    // dropped: something else is under way
    if (ctx.status === "created") release(source);
  });
});

document.addEventListener("htmx:after:request", event => {
  const { ctx } = event.detail;
  if (!ctx.response) return;
  keepWhatCame(ctx.response.raw, ctx.sentToken);
  if (ctx.target?.id === "step" && ctx.response.status >= 400 && !ctx.text.includes('id="step"')) {
    // a proxy's own error page: the step stays, with all that was typed
    event.preventDefault();
    offerRetry(ctx.sourceElement, ctx.repeat);
  }
});

document.addEventListener("htmx:after:swap", event => {
  const { target, sentBy } = event.detail.ctx;
  const step = find("#step");
  const delivery = target?.id === "delivery" && find("#delivery")?.textContent.trim();
  if (delivery) {
    announce(delivery);
    // its answer may bring the button to send again at once
    runClocks(document);
  }
  if (!step || (target?.id !== "step" && target !== document.body)) return;
  const wrongField = find(":is(input, textarea)[aria-invalid=true], [aria-invalid=true] input", step);
  const summary = find("#errors", step);
  if (resuming) restoreDraft();
  else dropDraft();
  prepareStep(step, !!wrongField);
  const summaryText = summary && (find("ul", summary) || find("p", summary));
  if (!framed || !resuming) {
    (summaryText ? summary : wrongField || find("[data-code]", step) || find("h1", step))?.focus({
      preventScroll: true,
    });
  }
  if (!framed) scrollTo({ top: 0 });
  postStep(resuming, sentBy);
});

document.addEventListener("htmx:before:history:update", event => {
  const { history, sourceElement } = event.detail;
  // a code is spent, and what «Назад» leaves lies ahead: the browser's own Back is to show neither
  if (location.pathname === "/code" || sourceElement.closest(".back")) history.type = "replace";
});

document.addEventListener("htmx:finally:request", event => {
  const form = event.detail.ctx.sourceElement;
  if (form instanceof HTMLFormElement) release(form);
});

document.addEventListener("htmx:error", event => {
  const { ctx } = event.detail;
  offerRetry(ctx?.sourceElement, ctx?.repeat);
});
