// The search page: show the places that answer the query in the address, and then what is typed, as it is typed.
// The query stands behind the address's #, so that it reaches no server and Back finds it; secrets are hidden first.
// The index, and Sphinx's words and stems for it, come while the page is read. Nothing leaves the page.
"use strict";
{
  const WAIT = 120; // milliseconds after a key
  const make = (name, text, attributes) => Object.assign(document.createElement(name), { textContent: text }, attributes);
  const root = document.documentElement.dataset.content_root || "./";
  const form = document.querySelector(".search-form");
  const input = form.querySelector("input");
  const status = document.querySelector(".search-said");
  const list = document.querySelector(".search-found");

  function load(file) {
    return new Promise((done, failed) => {
      document.head.append(make("script", "", { src: `${root}_static/${file}`, onload: done, onerror: failed }));
    });
  }

  const known = Promise.all(["language_data.js", "search-index.js"].map(load)).then(() => {
    const stemmer = new Stemmer();
    return handbookFind.prepare(handbookIndex, { stem: (word) => stemmer.stemWord(word), stopwords });
  });

  const quoted = (words) => words.map((word) => `“${word}”`).join(", ");

  /** Return what is said of an answer; a word that was read as another is named first. */
  function words({ found, taken, unknown }) {
    const missing = [...taken.map(([typed]) => typed), ...unknown];
    const read = taken.length ? `Shown for ${quoted(taken.map(([, word]) => word))}: ` : "";
    const count = found.length === 1 ? "1 place" : `${found.length} places, best first`;
    const lacking = missing.length ? `No page has ${quoted(missing)}. ` : "";
    return found.length ? `${lacking}${read}${count}.` : `${lacking}Nothing found. Try other words, or fewer.`;
  }

  function item({ address, page, title, lead }) {
    const one = make("li", "");
    one.append(make("a", title, { href: root + address }));
    if (page) one.append(make("span", page, { className: "search-page" }));
    if (lead) one.append(make("p", lead));
    return one;
  }

  /** Return the query in the address; `?q=` may stand in a bookmark. */
  const asked = () => new URLSearchParams(location.hash.slice(1) || location.search).get("q") || "";

  function answer(index) {
    const hidden = handbookHide(input) ? "A secret was hidden. " : "";
    const query = input.value.trim();
    const answered = query ? handbookFind.find(index, query) : { found: [] };
    list.replaceChildren(...answered.found.map(item));
    status.textContent = query ? hidden + words(answered) : "";
  }

  const ask = () => known.then(answer, () => { status.textContent = "The index did not load."; });

  /** Put into the address what is asked now, without secrets: not as one types, when one goes on. */
  function note() {
    handbookHide(input);
    const query = input.value.trim();
    const address = location.pathname + (query && `#q=${encodeURIComponent(query)}`);
    if (asked() !== query || location.search) history.replaceState(null, "", address);
  }

  let timer = 0;
  function follow() {
    input.value = asked() || input.value; // a browser may bring back what was typed
    note();
    if (input.value) ask();
  }
  list.addEventListener("click", note);
  input.addEventListener("input", () => {
    handbookHide(input);
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  addEventListener("hashchange", follow);
  follow();
}
