"""The HTML builder: without Sphinx's search index, which no page loads, and with a navigation built once.

Sphinx resolves the whole navigation for each page, and furo parses the result. Here it is one list of pages
for the whole site, which `_templates/sidebar/navigation.html` writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from jinja2 import FileSystemBytecodeCache
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment

from handbook.site import metadata

PERMALINK = re.compile(r'<a class="headerlink" href="[^"]*" title="Link to this code">[^<]*</a>')


class Entry(NamedTuple):
    """An item of the navigation: a page's name or an external URL, its title, and the items below it."""

    target: str
    title: str
    below: list[Entry]


class Pages(StandaloneHTMLBuilder):
    """Sphinx's HTML builder without its search index; `search.index` writes the one that the site uses."""

    def init(self) -> None:
        """Keep the compiled templates between builds, because every build renders two pages."""
        super().init()
        folder = Path(self.doctreedir) / "templates"
        folder.mkdir(parents=True, exist_ok=True)
        self.templates.environment.bytecode_cache = FileSystemBytecodeCache(str(folder))

    def gen_pages_from_extensions(self) -> None:
        """Write the pages that are no documents, such as 404, unless nothing has changed since they were."""
        if not self.still():
            super().gen_pages_from_extensions()

    def gen_additional_pages(self) -> None:
        """Write the search page, unless nothing has changed since it was written."""
        if not self.still():
            super().gen_additional_pages()

    def still(self) -> bool:
        """Return whether nothing has changed since the last build (see `seal`), and its site is there."""
        return getattr(self, "handbook_still", False) and Path(self.get_outfilename("search")).is_file()

    def load_indexer(self, docnames: set[str]) -> None:
        """Load nothing: there is no search index of Sphinx's."""

    def index_page(self, pagename: str, doctree: nodes.document, title: str) -> None:
        """Index nothing."""

    def dump_search_index(self) -> None:
        """Write nothing."""


def contents(env: BuildEnvironment, page: str) -> Iterator[tuple[str, list[Entry]]]:
    """Yield the captions ("" for none) and the entries of a page's toctrees."""
    if page in env.toctree_includes:
        for tree in env.get_doctree(page).findall(addnodes.toctree):
            yield tree.get("caption") or "", list(entries(env, page, tree))


def entries(env: BuildEnvironment, page: str, tree: addnodes.toctree) -> Iterator[Entry]:
    """Yield the entries of a page's toctree, with those of the pages below; Sphinx refuses circles."""
    for title, target in tree["entries"]:
        if target == "self":
            yield Entry(page, title or env.titles[page].astext(), [])
        elif "://" in target:
            yield Entry(target, title or target, [])
        elif target in env.found_docs:
            below = [one for _, found in contents(env, target) for one in found]
            yield Entry(target, title or env.titles[target].astext(), below)


def navigation(app: Sphinx) -> list[tuple[str, list[Entry]]]:
    """Return the navigation of the site, built once: captions with their entries."""
    if not hasattr(app.builder, "handbook_navigation"):
        app.builder.handbook_navigation = list(contents(app.env, app.config.root_doc))
    return app.builder.handbook_navigation


def add_navigation(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Pass the navigation to the templates, and keep furo from building one."""
    context["navigation"] = navigation(app)
    context.pop("toctree", None)


def spare_permalinks(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Remove the link to each code block, because readers link to the whole case."""
    if "body" in context:
        context["body"] = PERMALINK.sub("", context["body"])


def setup(app: Sphinx) -> dict:
    """Register the builder in place of Sphinx's, and the navigation."""
    app.add_builder(Pages, override=True)
    app.connect("html-page-context", spare_permalinks)
    app.connect("html-page-context", add_navigation, priority=400)  # before furo's
    return metadata()
