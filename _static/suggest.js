// Suggestions below a search form's field, as one types: a combobox with a list of places (ARIA's list autocomplete).
// ask.js loads this when a field is first used; the index and what ranks come now. Nothing leaves the page.
"use strict";
{
  const WAIT = 120; // milliseconds after a key
  const MOST = 6; // so many stay below the field on a phone, above its keyboard
  const HERE = document.currentScript.src;
  const ROOT = new URL("../", HERE);
  const make = (name, text, attributes) => Object.assign(document.createElement(name), { textContent: text }, attributes);

  const loaded = (name, attributes) => new Promise((done, failed) => {
    document.head.append(make(name, "", { ...attributes, onload: done, onerror: failed }));
  });
  const script = (file) => loaded("script", { src: new URL(file, HERE) });

  const known = Promise.all([
    loaded("link", { rel: "stylesheet", href: new URL("suggest.css", HERE) }),
    ...["find.js", "language_data.js", "search-index.js"].map(script),
  ]).then(() => {
    const stemmer = new Stemmer();
    return handbookFind.prepare(handbookIndex, { stem: (word) => stemmer.stemWord(word), stopwords });
  });

  function suggest(form, number) {
    const input = form.querySelector("input");
    const list = make("ul", "", { className: "suggest", id: `suggest-${number}`, hidden: true });
    const said = make("p", "", { className: "suggest-said" });
    let timer = 0, chosen = -1;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Suggestions");
    said.setAttribute("role", "status");
    form.append(list, said);
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
    for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);

    const close = () => {
      clearTimeout(timer);
      choose(-1);
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
    };
    const say = (text) => {
      if (said.textContent !== text) said.textContent = text;
    };
    const choose = (now) => {
      chosen = now;
      [...list.children].forEach((one, i) => one.setAttribute("aria-selected", String(i === now)));
      if (now < 0) input.removeAttribute("aria-activedescendant");
      else input.setAttribute("aria-activedescendant", list.children[now].id);
    };
    const option = ({ address, page, title }, i) => {
      const one = make("li", "", { id: `${list.id}-${i}` });
      one.setAttribute("role", "option");
      one.setAttribute("aria-selected", "false");
      one.dataset.address = new URL(address, ROOT);
      one.append(make("span", title, { className: "suggest-title" }));
      if (page) one.append(" ", make("span", page, { className: "suggest-page" }));
      return one;
    };
    const show = (index) => {
      const query = handbookMask(input.value).trim();
      const found = query && document.activeElement === input ? handbookFind.find(index, query).found.slice(0, MOST) : [];
      choose(-1);
      list.replaceChildren(...found.map(option));
      list.hidden = !found.length;
      input.setAttribute("aria-expanded", String(Boolean(found.length)));
      say(!query ? "" : found.length ? `${found.length === 1 ? "1 suggestion" : `${found.length} suggestions`}.` : "No suggestion.");
    };

    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => known.then(show, () => {}), WAIT);
    });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const count = list.hidden ? 0 : list.children.length;
      if (event.key === "Escape" && count) close();
      else if (event.key === "ArrowDown" && count) choose(chosen + 1 === count ? -1 : chosen + 1);
      else if (event.key === "ArrowUp" && count) choose(chosen < 0 ? count - 1 : chosen - 1);
      else if (event.key === "Enter" && chosen >= 0) location.assign(list.children[chosen].dataset.address);
      else return;
      event.preventDefault(); // Escape would clear, an arrow move the caret, Enter send the form
    });
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => {
      const one = event.target.closest("li");
      if (one) location.assign(one.dataset.address);
    });
    if (input.value) known.then(show, () => {}); // typed while this was loading
  }

  document.querySelectorAll("form[role=search]").forEach(suggest);
}
