"""The directive `{paste-box}`: paste an error message, get the matching entries, all within the page.

The box needs `mask.js` and `errors.js`, which its pages load; on first use it loads `match.js` and
`errors-index.js`, which this module writes at the end of each build. Without JavaScript there is no box.
"""

import json
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from handbook.cases import entry as entries
from handbook.site import metadata
from handbook.site.box.patterns import known
from handbook.site.domain.checkout import every_case, every_entry
from handbook.site.domain.seal import write_if_new
from handbook.site.domain.sphinx_domain import of
from handbook.site.tables.entry_lists import first_sentence

INDEX = "errors-index.js"
CHECKLIST = "guides/errors/checklist"  # the page that says how to find out more, if it exists
FOLDER = "guides/errors/"


class paste_box(nodes.General, nodes.Element):
    """The node of the box."""


SCRIPTS = (("mask.js", paste_box), ("errors.js", paste_box))


class PasteBox(SphinxDirective):
    """Put the box here; pages of errors get one below their heading automatically."""

    def run(self) -> list[nodes.Node]:
        """Return the box's node."""
        return [paste_box()]


def write_box(writer: HTML5Translator, node: paste_box) -> None:
    """Write the box; its messages and results come from `errors.js`."""
    builder, page = writer.builder, writer.builder.current_docname
    checklist = CHECKLIST if CHECKLIST in builder.env.found_docs else ""
    address = builder.get_relative_uri(page, checklist) if checklist else ""
    writer.body.append(
        f'<div class="paste-box" data-checklist="{address}">\n'
        '<label for="paste">Paste your error message</label>\n'
        '<textarea id="paste" rows="4" maxlength="200000" autocomplete="off" autocapitalize="off"'
        ' spellcheck="false" translate="no" aria-describedby="paste-note"></textarea>\n'
        '<p id="paste-note" class="paste-note">Nothing is sent or kept. '
        "Tokens and passwords are hidden at once. Escape clears.</p>\n"
        '<p class="paste-said" role="status"></p>\n'
        '<ol class="paste-found" role="list" aria-label="Entries, best first"></ol>\n'
        "</div>\n"
    )
    raise nodes.SkipNode


def place(app: Sphinx, document: nodes.document) -> None:
    """Insert a box below the heading of each page of errors, unless the page has one already."""
    section = document.next_node(nodes.section)
    if app.env.docname.startswith(FOLDER) and section is not None and not list(document.findall(paste_box)):
        section.insert(1, paste_box())


def add_scripts(
    app: Sphinx, page: str, template: str, context: dict, document: nodes.document | None
) -> None:
    """Add the scripts that a page's elements need."""
    for script, element in SCRIPTS:
        if document is not None and document.next_node(element):
            app.add_js_file(script, loading_method="defer")


def index(app: Sphinx, env: BuildEnvironment) -> dict:
    """Return the box's index: for each entry its patterns, title, client, URL and meaning."""
    root = Path(app.srcdir)
    found = every_entry(root)
    where = {name: page for name, _, kind, page, *_ in of(env).get_objects() if kind == "entry"}
    data = known([one for one in found.values() if one.name in where], list(every_case(root).values()))
    for one in data["entries"]:
        entry = found[one["name"]]
        one["client"] = entries.CLIENTS[entry.client]
        one["address"] = f"{app.builder.get_target_uri(where[entry.name])}#{entry.slug}"
        one["means"] = words(first_sentence(entry.means))
    # A site of other pages, such as a test's, has none of those to which a foreign message leads.
    data["others"] = [one for one in data["others"] if "://" in one["page"] or one["page"] in env.titles]
    for one in [data["status"], *data["others"]]:
        if one["page"] not in env.titles and "://" not in one["page"]:
            one["page"] = app.config.root_doc
        one["address"] = one["page"] if "://" in one["page"] else app.builder.get_target_uri(one["page"])
        one["label"] = one.get("label") or env.titles[one["page"]].astext()
    return data


def words(text: str) -> str:
    """Return the text of some MyST without its markup, as a reader sees it."""
    text = re.sub(r"\{[\w-]+\}`([^`<]+?)(?:\s*<[^>`]*>)?`", r"\1", text)
    text = re.sub(r"\[([^]]+)\]\([^)]*\)", r"\1", text)
    return re.sub(r"[`*]", "", text)


def write_index(app: Sphinx, error: Exception | None) -> None:
    """Write the index beside the other static files, if any of its inputs has changed."""
    if error is not None or app.builder.format != "html":
        return

    def text() -> str:
        found = json.dumps(index(app, app.env), ensure_ascii=False, separators=(",", ":"))
        return f"globalThis.handbookErrors = {found};\n"

    titles = sorted((page, title.astext()) for page, title in app.env.titles.items())
    write_if_new(app, INDEX, [app.handbook_seal, sorted(of(app.env).get_objects()), titles], text)


def setup(app: Sphinx) -> dict:
    """Register the directive, the element and the events."""
    app.setup_extension("handbook.site.tables.entry_lists")
    app.add_directive("paste-box", PasteBox)
    app.add_node(paste_box, html=(write_box, None))
    app.connect("doctree-read", place)
    app.connect("html-page-context", add_scripts)
    app.connect("build-finished", write_index)
    return metadata()
