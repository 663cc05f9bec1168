// A Russian mobile number and a date are set apart into groups when their field is left.

document.addEventListener("focusout", event => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  const format = input.dataset?.format;
  if (format === "phone") {
    const number = input.value.replace(/[^0-9+]/g, "");
    const groups = number.match(/^(?:\+?7|8)?(9\d{2})(\d{3})(\d{2})(\d{2})$/);
    if (groups) input.value = `+7 ${groups[1]} ${groups[2]}-${groups[3]}-${groups[4]}`;
  }
  // on a keyboard of digits nobody finds the dot
  if (format === "date")
    input.value = input.value.replace(/^\s*([0-3]\d)([01]\d)((?:19|20)\d\d)\s*$/, "$1.$2.$3");
});
