// A Russian mobile number is set apart into groups when its field is left.

document.addEventListener("focusout", event => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  if (input.dataset?.format !== "phone") return;
  const number = input.value.replace(/[^0-9+]/g, "");
  const groups = number.match(/^(?:\+?7|8)?(9\d{2})(\d{3})(\d{2})(\d{2})$/);
  if (groups) input.value = `+7 ${groups[1]} ${groups[2]}-${groups[3]}-${groups[4]}`;
});
