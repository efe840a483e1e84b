// A reader's own organization, project and feed in place of the examples: on all pages, in all tabs, in this browser alone.
// The places are marked when the site is built (_ext/marks.py), and what is allowed stands in the form (checks/names.py).
"use strict";
{
  const KEY = "handbook-names";
  const PARTS = ["organization", "project", "feed"];
  const ADDRESS = /(?:\bpkgs\.dev\.azure\.com\/([^/\s]+)|([\w-]+)\.pkgs\.visualstudio\.com(?:\/DefaultCollection)?)(?:\/([^/\s]+))?\/_packaging\/([^/\s"'`]+)/i;

  const filled = (kind, [organization, project, feed]) => {
    const bare = feed.split("@")[0];
    return {
      o: organization,
      w: organization + (project && "/" + encodeURIComponent(project)),
      q: (project && project + "/") + bare,
      f: bare,
      v: feed,
    }[kind];
  };

  // The names in the address of a feed, whatever stands around it; null when there is none.
  const read = (text) => {
    const [, organization, older, project, feed] = ADDRESS.exec(text) || [];
    try {
      return feed ? [organization || older, project || "", feed].map(decodeURIComponent) : null;
    } catch {
      return null;
    }
  };

  const matches = (pattern, value) => new RegExp("^(?:" + pattern + ")$", "i").test(value);

  // The index of the first value that is not allowed, -1 when all are; `rules` has the patterns, `token` what none may match.
  const wrong = (values, rules, token) =>
    values.findIndex((value, at) => typeof value !== "string" || matches(token, value) || !matches(rules[at], value));

  const start = (box) => {
    const form = box.querySelector("form");
    const fields = [...form.querySelectorAll("input")];
    const said = form.querySelector("[role=status]");
    const rules = fields.map((field) => field.dataset.allowed);
    const { token, noToken, proved } = box.dataset;
    const marks = [...document.querySelectorAll("[class*='-V']")].map((mark) => [mark, /-V(\w)/.exec(mark.className)[1], mark.textContent]);
    const proofs = [...document.querySelectorAll(".proof-proved")];

    const show = (values) => {
      for (const [mark, kind, example] of marks) mark.textContent = values ? filled(kind, values) : example;
      for (const note of document.querySelectorAll(".proof-own")) note.remove();
      for (const proof of values && proved ? proofs : []) {
        const note = document.createElement("span");
        note.className = "proof-own";
        note.textContent = proved;
        proof.append(note);
      }
      fields.forEach((field, at) => (field.value = values ? values[at] : ""));
    };

    const kept = () => {
      try {
        const values = JSON.parse(localStorage.getItem(KEY));
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

    const say = (text, at = -1) => {
      said.textContent = text;
      fields.forEach((field, index) => (index === at ? field.setAttribute("aria-invalid", "true") : field.removeAttribute("aria-invalid")));
    };

    const use = (values) => {
      const at = wrong(values, rules, token);
      if (at >= 0) {
        say("This " + PARTS[at] + " is not allowed: use " + fields[at].dataset.rule + ".", at);
        fields[at].focus();
        return;
      }
      const remembered = keep(values);
      show(values);
      say("All pages show your names now." + (remembered ? "" : " This browser does not keep them for the next page."));
    };

    form.addEventListener("input", ({ target }) => {
      const found = read(target.value);
      if (found && found.every((value) => !matches(token, value))) {
        fields.forEach((field, at) => (field.value = found[at]));
        use(found);
      } else if (/\/\/[^/\s]*:[^/\s]*@/.test(target.value) || matches(token, target.value.trim())) {
        target.value = ""; // at once: it holds a credential
        say("Not used: " + noToken + ".", fields.indexOf(target));
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
    addEventListener("storage", ({ key }) => (key === KEY || key === null) && show(kept()));
    addEventListener("pageshow", ({ persisted }) => persisted && show(kept()));
    const mine = kept();
    if (mine) show(mine);
  };

  if (typeof document === "undefined") globalThis.handbookNames = { filled, read, wrong }; // for the tests
  else document.querySelectorAll("details.names").forEach(start);
}
