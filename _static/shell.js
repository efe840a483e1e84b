// The shell of a page: the open page is in sight in the navigation, and what cannot scroll is no stop of the Tab key.
"use strict";
{
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
