// The demonstration's company page: a press on a number of a receipt copies it.
document.addEventListener("click", async event => {
  const value = /** @type {HTMLElement | null} */ (
    /** @type {Element} */ (event.target).closest("[data-copy]")
  );
  if (!value) return;
  await navigator.clipboard?.writeText(/** @type {string} */ (value.dataset.copy));
  value.classList.add("is-copied");
  setTimeout(() => value.classList.remove("is-copied"), 1200);
});
