"""What old releases do otherwise than the pages say: `{version-overview}` and `{version-changes}`.

Both are made from the version records. The first is a table of the clients. The second is a section for each
of them: below some releases, the newest first, what these do otherwise and in which examples.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from handbook.cases.clients import spelled
from handbook.site import metadata
from handbook.site.domain.folds import details
from handbook.site.domain.sphinx_domain import watched
from handbook.site.tables import old_releases
from handbook.site.tables.old_releases import Way
from handbook.site.tables.table import Link, MadeTable, Rows, cell, listed

FEW = 3  # examples that a line names; more are collapsed


class VersionOverview(MadeTable):
    """Print a row for each client that has a record, and a line about the others."""

    head = ("Client", "Tried", "As these pages say", "Not safe")

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return the rows."""
        found: Rows = []
        for client in old_releases.measured_clients(root):
            unsafe = old_releases.unsafe(root, client)
            name = Link(spelled(client), f"#{client}")
            cells = old_releases.window(root, client), old_releases.since(root, client)
            last = f"⚠ {', '.join(unsafe)}" if unsafe else "–"
            found.append(((name,), *((one,) for one in cells), (last,)))
        return found

    def run(self) -> list[nodes.Node]:
        """Return the table, if there is a record, and the line."""
        line = watched(self.env, old_releases.others)
        return [*(super().run() if self.made() else []), *([nodes.paragraph("", line)] if line else [])]


class VersionChanges(SphinxDirective):
    """Print a section for each client that has a record."""

    def run(self) -> list[nodes.Node]:
        """Return the sections."""
        return [self.section(client) for client in watched(self.env, old_releases.measured_clients)]

    def section(self, client: str) -> nodes.section:
        """Return the section of a client: what was tried, what old releases do, what they word otherwise."""
        section = nodes.section(ids=[client], names=[client])
        self.state.document.ids.setdefault(client, section)
        section += nodes.title("", spelled(client))
        section += nodes.paragraph("", watched(self.env, old_releases.about, client))
        if found := watched(self.env, old_releases.changes, client):
            section += releases_list(
                (stretch.said, nodes.bullet_list("", *map(item, ways))) for stretch, ways in found
            )
        if words := watched(self.env, old_releases.wordings, client):
            inside = releases_list(
                (stretch.said, nodes.paragraph("", "", *cell(listed(some)))) for stretch, some in words
            )
            section += nodes.paragraph("", "Old releases print these errors in other words:")
            number = sum(len(some) for _, some in words)
            section += details("", inside, summary=f"{number} error{'s' * (number > 1)}")
        return section


def releases_list(rows: Iterable[tuple[str, nodes.Node]]) -> nodes.definition_list:
    """Return a list with releases as its terms."""
    made = [
        nodes.definition_list_item("", nodes.term("", name), nodes.definition("", it)) for name, it in rows
    ]
    return nodes.definition_list("", *made, classes=["simple", "version-changes"])


def item(way: Way) -> nodes.list_item:
    """Return what some releases do, with links to the examples; many are collapsed."""
    what = way.what[0].upper() + way.what[1:]
    words = [nodes.Text("⚠ "), nodes.strong("", what)] if way.unsafe else [nodes.Text(what)]
    if len(way.links) <= FEW:
        return nodes.list_item(
            "", nodes.paragraph("", "", *words, nodes.Text(": "), *cell(listed(way.links)))
        )
    examples = (nodes.list_item("", nodes.paragraph("", "", *cell((one,)))) for one in way.links)
    fold = details("", nodes.bullet_list("", *examples), summary=f"{len(way.links)} examples")
    return nodes.list_item("", nodes.paragraph("", "", *words), fold)


def setup(app: Sphinx) -> dict:
    """Register the directives."""
    app.setup_extension("handbook.site.tables.table")
    app.setup_extension("handbook.site.domain.version_ranges")
    app.setup_extension("handbook.site.domain.folds")
    app.add_directive("version-overview", VersionOverview)
    app.add_directive("version-changes", VersionChanges)
    return metadata()
