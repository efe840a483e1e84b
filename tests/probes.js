// What the tests ask a page, in the page. Each probe returns a list of faults; tests/browser.py calls them by name.
(() => {
  "use strict";
  const name = (element) => {
    const classes = [...element.classList].slice(0, 2).map((one) => "." + one).join("");
    const text = (element.getAttribute("aria-label") || element.textContent || "").trim().replace(/\s+/g, " ");
    return element.localName + (element.id ? "#" + element.id : "") + classes + (text ? ` "${text.slice(0, 30)}"` : "");
  };
  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  const tabbable = () =>
    [...document.querySelectorAll("a[href], area[href], button, input, select, textarea, summary, iframe, [tabindex], [contenteditable]")]
      .filter((one) => one.tabIndex >= 0 && !one.disabled && one.type !== "hidden" && shown(one))
      .filter((one) => one.type !== "radio" || one.checked || !one.name); // one stop for a group; arrows do the rest
  const look = (element) => {
    const style = getComputedStyle(element);
    return [style.outlineStyle === "none" ? 0 : style.outlineWidth, style.boxShadow, style.borderColor, style.backgroundColor,
      style.color, style.textDecorationLine].join("|");
  };
  // Where the focus shows: at the element, at its label, or at what a style sheet lights for it.
  const lights = (element) => [element, ...(element.labels || []),
    ...(element.id ? document.querySelectorAll(`label[for="${element.id}"], label[for="${element.id}"] *`) : [])];

  window.probes = {
    // Nothing makes the page itself scroll sideways.
    overflow() {
      const width = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= width) return [];
      const wide = [...document.body.querySelectorAll("*")].filter((one) => shown(one) && one.getBoundingClientRect().right > width + 1);
      return [`${document.documentElement.scrollWidth} px in ${width}: ${wide.slice(0, 3).map(name).join(", ")}`];
    },

    // Every stop of the Tab key shows that it has the focus, and is on the screen then.
    focus() {
      const faults = [];
      for (const element of tabbable()) {
        const parts = lights(element);
        document.activeElement.blur();
        const before = parts.map(look);
        element.focus({ focusVisible: true });
        if (document.activeElement !== element) { faults.push("takes no focus: " + name(element)); continue; }
        if (!parts.some((one, i) => shown(one) && look(one) !== before[i])) faults.push("focus not seen: " + name(element));
        const box = element.getBoundingClientRect();
        const out = box.right <= 0 || box.left >= innerWidth || box.bottom <= 0 || box.top >= innerHeight;
        if (out) faults.push("off the screen: " + name(element));
      }
      document.activeElement.blur();
      return faults;
    },

    // What looks as if it could be clicked can be reached with the keyboard, itself or through its control.
    mouse() {
      const reached = new Set(tabbable());
      document.querySelectorAll("input[type=radio]").forEach((one) => shown(one) && reached.add(one)); // by the arrow keys
      const within = (one) => one && (reached.has(one) || within(one.parentElement) || (one.control && reached.has(one.control)));
      const clicked = (one) => one.onclick || getComputedStyle(one).cursor === "pointer";
      return [...document.body.querySelectorAll("*")].filter((one) => shown(one) && clicked(one) && !within(one))
        .filter((one, i, all) => !all.includes(one.parentElement)).map(name);
    },

    // The stops of the Tab key, in order, for a comparison with the real key.
    stops: () => tabbable().map(name),
    stop: () => (document.activeElement === document.body ? [] : [name(document.activeElement)]),
  };
})();
