// What the tests ask a page, in the page. Each probe returns a list of faults; tests/pages/browser.py calls them by name.
(() => {
  "use strict";
  const every = (selector) => [...document.querySelectorAll(selector)];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  const name = (element) => {
    const classes = [...element.classList].slice(0, 2).map((one) => "." + one).join("");
    const text = (element.getAttribute("aria-label") || element.textContent || "").trim().replace(/\s+/g, " ");
    return element.localName + (element.id ? "#" + element.id : "") + classes + (text ? ` "${text.slice(0, 30)}"` : "");
  };
  // The stops of the Tab key; a group of radio buttons is one, the arrow keys do the rest.
  const stops = () =>
    every("a[href], button, input, select, textarea, summary, iframe, [tabindex], [contenteditable]")
      .filter((one) => one.tabIndex >= 0 && !one.disabled && one.type !== "hidden" && shown(one))
      .filter((one) => one.type !== "radio" || one.checked);
  const look = (element) => {
    const style = getComputedStyle(element);
    const outline = style.outlineStyle === "none" ? "" : style.outlineWidth + style.outlineColor;
    return [outline, style.boxShadow, style.borderColor, style.backgroundColor, style.textDecorationLine].join("|");
  };
  // Where the focus may show: at the element, at its label and at what is drawn in that, around it.
  const lights = (element) =>
    [element, element.parentElement, ...[...(element.labels || [])].flatMap((one) => [one, ...one.children])].filter(shown);
  const background = (element) => {
    const style = element && getComputedStyle(element);
    if (!style) return "";
    const own = style.backgroundColor + style.backgroundImage;
    return own === "rgba(0, 0, 0, 0)none" ? background(element.parentElement) : own;
  };
  const texts = () =>
    every("body *").filter((one) => shown(one) && [...one.childNodes].some((part) => part.nodeType === Node.TEXT_NODE && part.data.trim()));
  const lookOfText = (element) => {
    const style = getComputedStyle(element);
    const look = [style.color, style.fontSize, style.fontWeight, style.opacity, background(element)].join("|");
    const link = element.localName === "a" && element.parentElement; // must differ from the text around it
    return link ? [look, style.textDecorationLine, getComputedStyle(link).color, link.localName].join("|") : look;
  };

  window.probes = {
    // Nothing makes the page itself scroll sideways.
    overflow() {
      const { clientWidth: width, scrollWidth: needed } = document.documentElement;
      if (needed <= width) return [];
      const right = (one) => one.getBoundingClientRect().left + Math.max(one.offsetWidth, one.scrollWidth);
      const loose = (one) => getComputedStyle(one).overflowX === "visible";
      const wide = every("body *").filter((one) => shown(one) && loose(one) && right(one) > width + 1).reverse();
      return [`${needed} px in ${width}: ${wide.slice(0, 3).map(name).join(", ")}`];
    },

    // Every stop of the Tab key shows that it has the focus, and is on the screen then.
    focus() {
      const faults = [];
      for (const element of stops()) {
        document.activeElement.blur();
        element.scrollIntoView({ block: "center", behavior: "instant" });
        const parts = lights(element), before = parts.map(look);
        element.focus({ focusVisible: true, preventScroll: true });
        document.getAnimations().forEach((one) => one.effect.getComputedTiming().endTime < Infinity && one.finish());
        if (document.activeElement !== element) { faults.push("takes no focus: " + name(element)); continue; }
        if (parts.every((one, i) => look(one) === before[i])) faults.push("not seen: " + name(element));
        const box = element.getBoundingClientRect();
        const out = box.right <= 0 || box.left >= innerWidth || box.bottom <= 0 || box.top >= innerHeight;
        if (out) faults.push("off the screen: " + name(element));
      }
      document.activeElement.blur();
      scrollTo({ top: 0, behavior: "instant" });
      return faults;
    },

    // What looks as if it could be clicked can be reached with the keyboard, itself or through its control.
    mouse() {
      const reached = new Set([...stops(), ...every("input[type=radio]")]);
      const within = (one) => one && (reached.has(one) || reached.has(one.control) || within(one.parentElement));
      return every("body *")
        .filter((one) => getComputedStyle(one).cursor === "pointer" && shown(one) && !within(one))
        .filter((one, i, all) => !all.includes(one.parentElement)).map(name);
    },

    // A link says where it leads, also to those who hear the links alone.
    links: () => every("article a").filter((one) => /^(click |right )?(here|this|more|read more|learn more|more info|go|start)$/i.test(one.textContent.trim())).map(name),

    // Who asks for less motion sees none.
    still() {
      const moving = document.getAnimations().map((one) => "moves: " + name(one.effect.target));
      const slow = every("html, body *").filter((one) => parseFloat(getComputedStyle(one).transitionDuration) > 0.01);
      const smooth = getComputedStyle(document.documentElement).scrollBehavior === "smooth" ? ["scrolls smoothly"] : [];
      return [...moving, ...slow.slice(0, 5).map((one) => "slides: " + name(one)), ...smooth];
    },

    // All looks of text (colours, size, weight), and a mark at one element for each of these.
    looks: () => [...new Set(texts().map(lookOfText))],
    mark(looks) {
      const wanted = new Set(looks);
      every("[data-look]").forEach((one) => delete one.dataset.look);
      texts().forEach((one) => wanted.delete(lookOfText(one)) && (one.dataset.look = ""));
    },

    stops: () => stops().map(name),
    name,
  };
})();
