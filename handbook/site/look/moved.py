"""Redirect old fragment addresses to the pages to which their parts have moved.

Cases and entries are found automatically, and so is a heading of a page that was divided: `uv#publish` may be
on `uv-publish`. Every other part that moves needs a line in `handbook_moved` of conf.py. `_static/shell.js`
looks them up if a page lacks the part that its address names. A page that moved as a whole belongs in
`redirects` of conf.py.
"""

import json
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from handbook.site import metadata
from handbook.site.domain.seal import still
from handbook.site.domain.sphinx_domain import of, warn

FILE = "anchors.js"


def anchors(env: BuildEnvironment) -> dict[str, list[str]]:
    """Return the anchors of each page: its sections, its cases and its entries."""
    sections = of(env).data["sections"]
    found = {page: [one.anchor for one in here if one.anchor] for page, here in sections.items()}
    for _, _, _, page, anchor, _ in of(env).get_objects():
        found.setdefault(page, []).append(anchor)
    return found


def check(app: Sphinx, env: BuildEnvironment) -> None:
    """Check that each address in `handbook_moved` no longer exists, and that its new one does."""
    known = anchors(env)
    for old, new in app.config.handbook_moved.items():
        page, _, part = old.partition("#")
        if part in known.get(page, ()) or page not in env.found_docs:
            problem = "is still there" if page in env.found_docs else "is on no page: use redirects"
            warn(f"conf.py: handbook_moved: {old} {problem}", None)
        page, _, part = new.partition("#")
        if page not in env.found_docs or part and part not in known.get(page, ()):
            warn(f"conf.py: handbook_moved: {new} does not exist: correct it", None)


def listing(app: Sphinx) -> dict[str, str]:
    """Return the new address of each part that an address may name: on any page, or as `page#part` on one."""
    uri, known = app.builder.get_target_uri, anchors(app.env)
    where = {anchor: page for _, _, _, page, anchor, _ in of(app.env).get_objects()}
    found = {part: f"{uri(page)}#{part}" for part, page in sorted(where.items())}
    for page in sorted(known):
        for other in sorted(known):
            if other.startswith(f"{page}-"):
                new = set(known[other]) - set(known[page]) - set(found)
                found |= {f"{page}#{part}": f"{uri(other)}#{part}" for part in sorted(new)}
    for old, new in app.config.handbook_moved.items():
        page, _, part = new.partition("#")
        found[old] = uri(page) + (f"#{part}" if part else "")
    return found


def write(app: Sphinx, error: Exception | None) -> None:
    """Write the list beside the other static files."""
    target = Path(app.outdir) / "_static" / FILE
    if error or app.builder.format != "html" or still(app, target):
        return
    text = json.dumps(listing(app), ensure_ascii=False, separators=(",", ":"))
    target.write_text(f"globalThis.handbookAnchors = {text};\n", encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> dict:
    """Register the config value and the events."""
    app.setup_extension("handbook.site.search.index")
    app.add_config_value("handbook_moved", {}, "", (dict,), "page#part -> page#part, where it stands now.")
    app.connect("env-check-consistency", check)
    app.connect("build-finished", write)
    return metadata()
