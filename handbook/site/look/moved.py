"""Where an old address leads on: a part of a page that stands on another one now.

Cases and entries are found by themselves, and so is a heading that no other page has. Any other that moves
gets a line in `handbook_moved` of conf.py. `_static/shell.js` asks, when a page lacks what its address names;
a page that moved as a whole is `redirects` in conf.py.
"""

import json
from collections import Counter
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from handbook.site import metadata
from handbook.site.domain.case_directives import anchor
from handbook.site.domain.ledger import printed, warn
from handbook.site.search.index import collected

FILE = "anchors.js"


def anchors(env: BuildEnvironment) -> dict[str, list[str]]:
    """Return the anchors of each page: its sections and its cases."""
    found = {page: [one.anchor for one in here if one.anchor] for page, here in collected(env).items()}
    for page, here in printed(env).items():
        found.setdefault(page, []).extend(anchor(name) for name in here)
    return found


def check(app: Sphinx, env: BuildEnvironment) -> None:
    """Check that each address that moved is gone, and that the new one is there."""
    known = anchors(env)
    for old, new in app.config.handbook_moved.items():
        page, _, part = old.partition("#")
        if part in known.get(page, ()) or page not in env.found_docs:
            problem = "is still there" if page in env.found_docs else "is on no page: use redirects"
            warn(f"conf.py: handbook_moved: {old} {problem}", None)
        page, _, part = new.partition("#")
        if page not in env.found_docs or part and part not in known.get(page, ()):
            warn(f"conf.py: handbook_moved: {new} does not exist: correct it", None)


def write(app: Sphinx, error: Exception | None) -> None:
    """Write the list beside the other static files."""
    if error or app.builder.format != "html":
        return
    known = anchors(app.env)
    times = Counter(one for here in known.values() for one in here)
    where = {
        one: f"{app.builder.get_target_uri(page)}#{one}"
        for page, here in sorted(known.items())
        for one in here
        if times[one] == 1
    }
    for old, new in app.config.handbook_moved.items():
        page, _, part = new.partition("#")
        where[old] = app.builder.get_target_uri(page) + (f"#{part}" if part else "")
    text = json.dumps(where, ensure_ascii=False, separators=(",", ":"))
    target = Path(app.outdir) / "_static" / FILE
    target.write_text(f"globalThis.handbookAnchors = {text};\n", encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> dict:
    """Register the config value and the events."""
    app.setup_extension("handbook.site.search.index")
    app.add_config_value("handbook_moved", {}, "", (dict,), "page#part -> page#part, where it stands now.")
    app.connect("env-check-consistency", check)
    app.connect("build-finished", write)
    return metadata()
