// What was wrong is said no longer than it is wrong: it leaves as soon as its field is changed.
import { closest, find, findAll } from "./dom.js";

/** Take the field's line out of the list of errors, and the list when nothing is left in it. @param {string} id */
const unlist = id => {
  const list = find(".summary");
  if (!list) return;
  find(`a:is([href="#${id}"], [href="#${id}-0"]):not([data-more])`, list)?.parentElement?.remove();
  if (findAll(".field--error").length <= findAll("a:not([data-more])", list).length) {
    find("[data-more]", list)?.parentElement?.remove();
  }
  if (!find("li, p:not(.summary__title)", list)) list.remove();
};

document.addEventListener("input", event => {
  const field = closest(event, ".field--error");
  const line = field && find(".error", field);
  if (!line || find("[data-countdown]:not([hidden])", line)) return; // a wait lasts, whatever is typed
  field.classList.remove("field--error");
  for (const wrong of [field, ...findAll("[aria-invalid]", field)]) wrong.removeAttribute("aria-invalid");
  // emptied, not removed: the field still names it as its description
  if (!find("[data-clock]", line)) line.textContent = ""; // a clock goes on, unseen
  line.hidden = true;
  unlist(line.id.replace("-error", ""));
  if (!find("[aria-invalid], #errors")) document.title = document.title.replace(/^\S+: /, "");
});
