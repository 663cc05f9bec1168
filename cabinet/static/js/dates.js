// A date is set apart into groups when its field is left: on a keyboard of digits nobody finds the dot.

document.addEventListener("focusout", event => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  if (input.dataset?.format === "date")
    input.value = input.value.replace(/^\s*([0-3]\d)([01]\d)((?:19|20)\d\d)\s*$/, "$1.$2.$3");
});
