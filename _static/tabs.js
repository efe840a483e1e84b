// Tabs stay chosen: design-tabs.js, which comes with the tabs, keeps in this browser what a reader has chosen. This script
// stands in the head and sets each tab as soon as it is parsed, so that nothing is painted first with another one and moves
// then; and it follows a choice made elsewhere: in another tab of the browser, or after the page that one comes back to.
"use strict";
{
  const KEPT = "sphinx-design-tab-id-"; // and the name of a group
  const chosen = (group) => {
    try {
      return localStorage.getItem(KEPT + group);
    } catch {
      return null; // a browser that keeps nothing
    }
  };

  const last = new Map(); // each group of the page, with what its tabs were last set to
  const choose = (parsing) => {
    const now = new Map();
    for (const label of document.querySelectorAll(".sd-tab-label[data-sync-group]")) {
      const { syncGroup: group, syncId: id } = label.dataset;
      if (!now.has(group)) now.set(group, chosen(group));
      if (now.get(group) === id && (parsing || last.get(group) !== id)) label.previousElementSibling.checked = true;
    }
    now.forEach((id, group) => last.set(group, id));
  };

  const watch = new MutationObserver(() => choose(true));
  watch.observe(document, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", () => watch.disconnect());
  document.addEventListener("change", () => choose(false)); // what is kept now is what is shown
  addEventListener("storage", () => choose(false));
  addEventListener("pageshow", ({ persisted }) => persisted && choose(false));
}
