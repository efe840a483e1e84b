// Open what is closed around the place that a link leads to. Newer browsers do so by themselves.
"use strict";
{
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    let closed = target && target.closest("details:not([open])");
    if (!closed) return;
    while (closed) {
      closed.open = true;
      closed = closed.parentElement.closest("details:not([open])");
    }
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();
}
