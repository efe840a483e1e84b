// The search forms: a query goes to the search page behind a #, which reaches no server, and without what is secret in it.
// Their fields have no name, so that nothing is sent without this script, either. What hides and what suggests are loaded
// when a form is used. / and Ctrl+K (on a Mac Command+K) lead into the field.
"use strict";
{
  const FILE = (name) => new URL(name, document.currentScript.src);
  const [MASK, SUGGEST] = [FILE("mask.js"), FILE("suggest.js")];
  const forms = [...document.querySelectorAll("form[role=search]")];
  const answers = document.querySelector(".search-found"); // the search page shows places itself, and more of them

  let loading = null;
  /** Return what hides secrets, loaded once. */
  const mask = () =>
    (loading ||= globalThis.handbookMask
      ? Promise.resolve()
      : new Promise((done, failed) => {
          document.head.append(Object.assign(document.createElement("script"), { src: MASK, onload: done, onerror: failed }));
        })
    ).then(() => globalThis.handbookMask);

  let suggesting = false;
  /** Load the suggestions, once. */
  const suggest = () => {
    if (suggesting || answers) return;
    suggesting = true;
    document.head.append(Object.assign(document.createElement("script"), { src: SUGGEST }));
  };

  forms.forEach((form) => {
    const input = form.querySelector("input");
    const page = form.action.split("#")[0];
    input.addEventListener("focus", () => mask().then(suggest, () => {}));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      mask().then(
        (hide) => location.assign(`${page}#q=${encodeURIComponent(hide(input.value.trim()))}`),
        () => location.assign(page),
      );
    });
  });

  /** Put the caret into the field; on a phone it is in the drawer. */
  function enter() {
    const input = (answers ? document.querySelector(".search-form") : forms.find((form) => form.closest(".sidebar-drawer")) || forms[0]).querySelector("input");
    const drawer = document.getElementById("__navigation");
    if (drawer && input.closest(".sidebar-drawer") && getComputedStyle(input).visibility === "hidden") drawer.click();
    input.focus();
    input.select();
  }

  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
    const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
    const letter = event.key.toLowerCase() === "k" && event.ctrlKey !== event.metaKey && !event.altKey && !event.shiftKey;
    if (!forms.length || event.defaultPrevented || !(slash || letter)) return;
    event.preventDefault();
    enter();
  });
}
