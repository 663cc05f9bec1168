// «Проверить встраивание»: what the cabinet says of itself on a site that was opened from this page.
(() => {
  /** Milliseconds until a site without a word is called silent. */
  const SILENCE = 15000;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let silent;

  /** Show these lines of the results, and no others. @param {string[]} names */
  const showLines = names => {
    for (const line of /** @type {NodeListOf<HTMLElement>} */ (
      document.querySelectorAll("[data-check-results] [data-when]")
    )) {
      line.hidden = !names.includes(line.dataset.when ?? "");
    }
  };

  document.addEventListener("click", event => {
    if (!(/** @type {Element} */ (event.target).closest("[data-check-site]"))) return;
    clearTimeout(silent);
    showLines(["waits"]);
    silent = setTimeout(() => showLines(["silent"]), SILENCE);
  });

  addEventListener("message", ({ origin, data }) => {
    const check = /** @type {HTMLElement | null} */ (document.querySelector("[data-embedding-check]"));
    if (!check || origin !== location.origin || data?.cabinet !== 1 || data.type !== "embedded") return;
    clearTimeout(silent);
    const where = data.site === check.dataset.embeddingCheck ? "origin" : data.site ? "other" : "unknown";
    const said = document.querySelector("[data-check-origin]");
    if (said) said.textContent = data.site;
    showLines(["loaded", where, data.cookies ? "cookies" : "token"]);
  });
})();
