// The search forms: a query goes to the search page behind a #, which reaches no server, and without what is secret in it.
// Their fields have no name, so that nothing is sent without this script, either. What hides is loaded when a form is used.
"use strict";
{
  const MASK = new URL("mask.js", document.currentScript.src);

  let loading = null;
  /** Return what hides secrets, loaded once. */
  const mask = () =>
    (loading ||= globalThis.handbookMask
      ? Promise.resolve()
      : new Promise((done, failed) => {
          document.head.append(Object.assign(document.createElement("script"), { src: MASK, onload: done, onerror: failed }));
        })
    ).then(() => globalThis.handbookMask);

  document.querySelectorAll("form[role=search]").forEach((form) => {
    const input = form.querySelector("input");
    const page = form.action.split("#")[0];
    input.addEventListener("focus", () => mask().catch(() => {}));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      mask().then(
        (hide) => location.assign(`${page}#q=${encodeURIComponent(hide(input.value.trim()))}`),
        () => location.assign(page),
      );
    });
  });
}
