// A reader's own organization, project, feed and package in place of the examples: on all pages, in all tabs, in this browser alone.
// The places are marked when the site is built (handbook/site/look/name_marks.py). The script stands in the head and writes each mark as soon
// as it is parsed, so that nothing is painted first with the examples and moves then.
"use strict";
{
  const KEY = "handbook-names";
  const PARTS = ["organization", "project", "feed", "package"];
  const MISSING = {
    organization: "The organization is missing: in the address of a feed it is the first name.",
    feed: "The feed is missing: in its address it comes after _packaging/ or _artifacts/feed/.",
  };
  const NO_FEED =
    "This is not the address of a feed: open the feed in Azure DevOps (Artifacts, then choose it above the list), and copy that page's address.";
  const PERHAPS = " If the feed belongs to the organization and not to this project, empty the project.";
  const MARKS = "[class*='-V'], .page-grade";
  const ADDRESS = /(?:\bpkgs\.dev\.azure\.com\/([^/\s]+)|([\w-]+)\.pkgs\.visualstudio\.com(?:\/DefaultCollection)?)(?:\/([^/\s]+))?\/_packaging\/([^/\s"'`]+)/i;

  // In the browser's bar, where the feed, or a package of it, is open.
  const BAR = /(?:\bdev\.azure\.com\/([^/\s]+)|([\w-]+)\.visualstudio\.com(?:\/DefaultCollection)?)(?:\/([^/\s]+))?\/_artifacts\/feed\/([^/\s?#"'`]+)(?:\/PyPI\/([^/\s?#"'`]+))?/i;

  const filled = (kind, [organization, project, feed, name = ""]) => {
    const bare = feed.split("@")[0];
    return {
      o: organization,
      w: organization + (project && "/" + encodeURIComponent(project)),
      q: (project && project + "/") + bare,
      f: bare,
      v: feed,
      p: name,
      u: name.replace(/[-_.]+/g, "_").toLowerCase(),
    }[kind];
  };

  // The names in the address of a feed, whatever stands around it; null when there is none.
  const read = (text) => {
    const [, organization, older, project, feed, name] = ADDRESS.exec(text) || BAR.exec(text) || [];
    try {
      return feed ? [organization || older, project || "", feed, ...(name ? [name] : [])].map(decodeURIComponent) : null;
    } catch {
      return null;
    }
  };

  const matches = (pattern, value) => new RegExp("^(?:" + pattern + ")$", "i").test(value);

  // The index of the first value that is not allowed, -1 when all are.
  const wrong = (values, rules, token) =>
    values.findIndex((value, at) => typeof value !== "string" || matches(token, value) || !matches(rules[at], value));

  const start = ({ rules: json, token, proved }) => {
    const rules = JSON.parse(json);
    const own = new Map(); // each mark that is parsed to its end, with the text that it came with

    const kept = () => {
      try {
        const values = JSON.parse(localStorage.getItem(KEY));
        if (Array.isArray(values) && values.length === 3) values.push(""); // from before there was a package
        return Array.isArray(values) && values.length === PARTS.length && wrong(values, rules, token) < 0 ? values : null;
      } catch {
        return null; // nothing that this page wrote, or a browser that keeps nothing
      }
    };
    const keep = (values) => {
      try {
        if (values) localStorage.setItem(KEY, JSON.stringify(values));
        else localStorage.removeItem(KEY);
        return true;
      } catch {
        return false;
      }
    };

    let shown = kept();
    const write = (node) => {
      const kind = /-V(\w)/.exec(node.className);
      const text = kind ? (shown && filled(kind[1], shown)) || own.get(node) : shown ? proved : "";
      if (kind) node.textContent = text;
      else (node.querySelector(".proof-own") || node.appendChild(note())).textContent = text;
    };
    const note = () => Object.assign(document.createElement("span"), { className: "proof-own" });
    const closed = (node) => node && (node.nextSibling || closed(node.parentNode));
    const adopt = (all) => {
      for (const node of document.querySelectorAll(MARKS)) {
        if (own.has(node) || !(all || closed(node))) continue;
        own.set(node, node.textContent);
        if (shown) write(node);
      }
    };
    const show = (values) => {
      shown = values;
      own.forEach((_, node) => write(node));
      document.querySelectorAll(".names input").forEach((field, at) => (field.value = shown ? shown[at] : ""));
    };

    const listen = (form) => {
      const fields = [...form.querySelectorAll("input")];
      const said = form.querySelector("[role=status]");
      const say = (text, at = -1) => {
        said.textContent = text;
        fields.forEach((field, index) => (index === at ? field.setAttribute("aria-invalid", "true") : field.removeAttribute("aria-invalid")));
      };
      const reason = (at, value) =>
        (!value && MISSING[PARTS[at]]) ||
        (/^https?:|\/\/|\.(?:azure|visualstudio)\.com/i.test(value) && NO_FEED) ||
        "This " + PARTS[at] + " is not allowed: use " + fields[at].dataset.rule + ".";
      const use = (values, more = "") => {
        const at = wrong(values, rules, token);
        if (at >= 0) {
          say(reason(at, values[at]), at);
          return fields[at].focus();
        }
        const remembered = keep(values);
        show(values);
        say("All pages show your names now." + more + (remembered ? "" : " This browser can't remember them for the next page."));
      };
      form.addEventListener("input", ({ target }) => {
        const text = target.value;
        const found = read(text);
        if (found && !found.some((value) => matches(token, value))) {
          if (found.length < PARTS.length) found.push(read(fields[3].value) ? "" : fields[3].value.trim());
          fields.forEach((field, at) => (field.value = found[at]));
          use(found, BAR.test(text) && found[1] ? PERHAPS : "");
        } else if (/\/\/[^/\s]*:[^/\s]*@/.test(text) || matches(token, text.trim())) {
          target.value = ""; // at once: it holds a credential
          say(form.dataset.token, fields.indexOf(target));
        }
      });
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        use(fields.map((field) => field.value.trim()));
      });
      form.addEventListener("reset", (event) => {
        event.preventDefault();
        keep(null);
        show(null);
        say("All pages show the examples again.");
      });
    };

    const watch = new MutationObserver(() => adopt(false));
    if (shown) watch.observe(document, { childList: true, subtree: true });
    document.addEventListener("DOMContentLoaded", () => {
      watch.disconnect();
      adopt(true);
      document.querySelectorAll(".names form").forEach(listen);
      if (shown) show(shown);
    });
    addEventListener("storage", ({ key }) => (key === KEY || key === null) && show(kept()));
    addEventListener("pageshow", ({ persisted }) => persisted && show(kept()));
  };

  if (typeof document === "undefined") globalThis.handbookNames = { filled, read, wrong }; // for the tests
  else start(document.currentScript.dataset);
}
