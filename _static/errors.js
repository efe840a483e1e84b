// The box of the troubleshooting pages: paste an output, get the entries that know it, best first, as you type.
// Nothing leaves the page. What finds and what is known are loaded when the box is first used.
"use strict";
{
  const WAIT = 120; // milliseconds after a key
  const ASK = [
    "the command, and the client's version",
    "the whole output, from the command on",
    "where the index and the credential come from: file, variable, keyring or task",
    "where it runs: your desk, a container or a pipeline",
    "what you changed since it last worked",
  ];
  const MORE = "Paste the whole output, from the command on; pip and Poetry tell more with -vv, uv with -v, twine with --verbose.";

  const make = (name, text, attributes) => Object.assign(document.createElement(name), { textContent: text }, attributes);

  function load(address) {
    return new Promise((done, failed) => {
      document.head.append(make("script", "", { src: address, onload: done, onerror: failed }));
    });
  }

  let known = null;
  /** Load what finds and what is known, once. */
  function loaded(root) {
    known ||= Promise.all(["match.js", "errors-index.js"].map((file) => load(root + "_static/" + file)))
      .then(() => handbookMatch.prepare(handbookErrors));
    return known;
  }

  /** Show what a text is that is nothing of a feed, if it is that, and then its entries. */
  function show(box, root, { entries, other }) {
    const list = box.querySelector(".paste-found");
    const items = entries.map(({ entry }) => {
      const item = make("li", "");
      const link = make("a", entry.title, { href: root + entry.address });
      item.append(link, make("span", entry.client, { className: "paste-client" }), make("p", entry.means));
      return item;
    });
    if (other) {
      const item = make("li", "", { className: "paste-other" });
      const address = other.address.includes("://") ? other.address : root + other.address;
      const last = make("p", "");
      last.append(make("a", other.label, { href: address }));
      item.append(make("p", other.means), last); // its title is said above
      items.unshift(item);
    }
    list.replaceChildren(...items);
  }

  /** Say that nothing fits, what to paste in addition, and what to give whoever is asked. */
  function unknown(box, more) {
    const address = box.dataset.checklist;
    const item = make("li", "", { className: "paste-unknown" });
    const list = make("ul", "");
    list.append(...ASK.map((one) => make("li", one)));
    item.append(make("p", more || MORE, { className: "paste-more" }), make("p", "Still nothing? Ask with these five things, without any token:"), list);
    if (address) {
      const last = make("p", "Or go through ");
      last.append(make("a", "the checklist", { href: address }), ".");
      item.append(last);
    }
    box.querySelector(".paste-found").replaceChildren(item);
  }

  function start(box) {
    const root = document.documentElement.dataset.content_root || "./";
    const area = box.querySelector("textarea");
    const status = box.querySelector(".paste-said");
    let timer = 0;

    const say = (words) => {
      const text = (area.value.includes("•••") ? "A secret was hidden. " : "") + words;
      if (status.textContent !== text) status.textContent = text;
    };
    const clear = () => {
      area.value = "";
      box.classList.remove("paste-used");
      status.textContent = "";
      box.querySelector(".paste-found").replaceChildren();
    };
    const answer = (index) => {
      const found = handbookMatch.answer(index, area.value);
      const count = found.entries.length;
      if (count || found.other) {
        show(box, root, found);
        const entries = count === 1 ? "1 entry." : count ? count + " entries, best first." : "";
        say([found.other ? found.other.title + "." : "", entries].join(" ").trim());
      } else if (handbookMatch.enough(area.value)) {
        unknown(box, handbookMatch.more(index, area.value));
        say("This handbook does not know this text.");
      } else {
        box.querySelector(".paste-found").replaceChildren();
        say(area.value.trim() ? "Type or paste more." : "");
      }
    };
    const ask = () => {
      handbookHide(area);
      box.classList.toggle("paste-used", Boolean(area.value));
      clearTimeout(timer);
      timer = setTimeout(() => loaded(root).then(answer, () => say("The list of entries did not load.")), WAIT);
    };
    area.addEventListener("focus", () => loaded(root).catch(() => {}));
    area.addEventListener("input", ask);
    area.addEventListener("keydown", (event) => {
      if (event.key === "Escape") clear();
    });
    if (area.value) ask(); // a browser may bring back what was typed
  }

  document.querySelectorAll(".paste-box").forEach(start);
}
