// The shell of a page: the open page is in sight in the navigation, and what cannot scroll is no stop of the Tab key.
// An address whose part stands on another page now leads there.
"use strict";
{
  const SCRIPT = document.currentScript.src;

  const leadOn = () => {
    const part = decodeURIComponent(location.hash.slice(1));
    if (!part || document.getElementById(part) || part.includes("=")) return; // q=… is a query
    const root = new URL(document.documentElement.dataset.content_root || "./", location);
    const page = location.pathname.slice(root.pathname.length).replace(/\.html$/, "") || "index";
    const list = document.createElement("script");
    list.src = new URL("anchors.js", SCRIPT);
    list.onload = () => {
      const known = globalThis.handbookAnchors;
      const target = Object.hasOwn(known, `${page}#${part}`) ? known[`${page}#${part}`] : Object.hasOwn(known, part) && known[part];
      if (target) location.replace(new URL(target, root));
    };
    document.head.append(list);
  };
  addEventListener("hashchange", leadOn);
  leadOn();

  const scroller = document.querySelector(".sidebar-scroll");
  const current = scroller && scroller.querySelector(".current-page");
  if (current) {
    const { top, bottom } = current.getBoundingClientRect();
    const box = scroller.getBoundingClientRect();
    if (top < box.top || bottom > box.bottom) {
      const middle = (top + bottom - box.top - box.bottom) / 2;
      scroller.scrollTo({ top: scroller.scrollTop + middle, behavior: "instant" });
    }
  }

  // Without this script every table is a stop, so that the keyboard reaches the end of each.
  const watch = new ResizeObserver((seen) =>
    seen.forEach(({ target }) => {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }));
  document.querySelectorAll(".table-wrapper[tabindex]").forEach((one) => watch.observe(one));
}
