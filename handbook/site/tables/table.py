"""Tables generated from code and cases. A row is plain data, because the next build compares it.

This module defines the parts of a cell, the directive on which the generated tables are based,
`{grade-counts}`, `{systems-run}` and `{harness-variables}`.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from handbook.cases import grades
from handbook.cases.clients import FILE, VARIABLES, spelled
from handbook.cases.machine import WINE_NAME
from handbook.site import metadata
from handbook.site.domain import proof_lines
from handbook.site.domain.checkout import every_case
from handbook.site.domain.sphinx_domain import link, watched


@dataclass(frozen=True)
class Code:
    """A part of a cell: literal text."""

    text: str


@dataclass(frozen=True)
class Link:
    """A part of a cell: a link to another site."""

    text: str
    address: str


@dataclass(frozen=True)
class CaseLink:
    """A part of a cell: a link to a case; a bad result has a sign in addition to its colour."""

    name: str
    text: str
    bad: bool = False


@dataclass(frozen=True)
class EntryLink:
    """A part of a cell: a link to an entry of the troubleshooting pages."""

    name: str
    text: str


Part = str | Code | Link | CaseLink | EntryLink
Cell = tuple[Part, ...]
Rows = list[tuple[Cell, ...]]


class MadeTable(SphinxDirective):
    """Print a table generated from all cases; a page is read again when its rows would differ."""

    head: tuple[str, ...] = ()
    look: tuple[str, ...] = ()  # classes for the style sheet

    rows: Callable[[Path], Rows]  # defined by each subclass: the rows of its table for the checkout `root`

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        return [table(self.head, [[cell(one) for one in row] for row in self.made()], self.look)]

    def made(self) -> Rows:
        """Return the rows, and make the page depend on them."""
        return watched(self.env, type(self).rows)


SYSTEMS = {
    "linux": "Linux",
    "macos": "macOS",
    "windows": "Windows, in Git Bash",
    "wine": "The clients for Windows, under Wine on Linux",
}


class GradeCounts(MadeTable):
    """Print the number of cases per grade of evidence, from the proofs of this build."""

    head = ("Mark", "Rests on", "Cases")

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return one row for each grade, best first, with its mark."""
        marks = {words: proof_lines.mark(grade) for grade, words in grades.GRADES.items()}
        counts = proof_lines.counts(root, every_case(root).values())
        return [
            ((marks.get(what, "–"),), (what[0].upper() + what[1:],), (str(n),)) for what, n in counts.items()
        ]


class SystemsRun(MadeTable):
    """Print how many cases have run on each system, from the proofs of this build."""

    head = ("System", "Run there")

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return one row for each system."""
        found = proof_lines.systems(root, every_case(root).values())
        return [((SYSTEMS[system],), (said,)) for system, said in found.items()]


class HarnessVariables(SphinxDirective):
    """Print the environment variables that the tests set for a client and that a reader does not need."""

    def run(self) -> list[nodes.Node]:
        """Return the table of the variables in clients.toml."""
        self.env.note_dependency(FILE)
        rows = [
            ((Code(one.name),), (Code(one.value),), (clients(one.clients),), (one.why, where(one.systems)))
            for one in VARIABLES
        ]
        head = ("Variable", "Value", "Read by", "Why")
        return [table(head, [[cell(one) for one in row] for row in rows])]


def where(systems: Iterable[str]) -> str:
    """Return the systems on which a variable is set, or "" if they are all."""
    names = {"linux": "Linux", "macos": "macOS", "windows": "Windows", WINE_NAME: "Wine"}
    found = [name for system, name in names.items() if system in systems]
    return "" if len(found) == len(names) else f" (on {' and '.join(found)})"


def clients(names: str | Iterable[str]) -> str:
    """Return the clients' names as text, as their makers write them."""
    return ", ".join(spelled(one) for one in ([names] if isinstance(names, str) else names))


def table(head: Iterable[str], rows: list[list[list[nodes.Node]]], look: Iterable[str] = ()) -> nodes.table:
    """Return a table with one header row; `rows` contains the inline nodes of each cell."""
    words = [[nodes.Text(word)] for word in head]
    group = nodes.tgroup(cols=len(words))
    group += [nodes.colspec(colwidth=1) for _ in words]
    group += nodes.thead("", row(words))
    group += nodes.tbody("", *(row(cells) for cells in rows))
    return nodes.table("", group, classes=["colwidths-auto", *look])


def row(cells: list[list[nodes.Node]]) -> nodes.row:
    """Return a table row with a paragraph in each cell."""
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *inside)) for inside in cells))


def cell(parts: Cell) -> list[nodes.Node]:
    """Return the inline nodes of a cell."""
    return [part(one) for one in parts]


def part(what: Part) -> nodes.Node:
    """Return one part of a cell."""
    if isinstance(what, Code):
        return nodes.literal("", "", *breakable(what.text))
    if isinstance(what, Link):
        return nodes.reference("", what.text, refuri=what.address, internal=False)
    if isinstance(what, CaseLink):
        text = (
            nodes.strong("", f"✗ {what.text}", classes=["bad"]) if what.bad else nodes.inline("", what.text)
        )
        return link("case", what.name, text)
    if isinstance(what, EntryLink):
        return link("entry", what.name, nodes.inline("", what.text, support_smartquotes=False))
    return nodes.Text(what)


def breakable(text: str) -> list[nodes.Node]:
    """Return a text that may be broken after a slash; copying it gives the same text."""
    pieces = re.findall(r"[^/\\]*[/\\]+|[^/\\]+", text)
    found = [node for piece in pieces for node in (nodes.Text(piece), nodes.raw("", "<wbr>", format="html"))]
    return found[:-1]


def listed(parts: Iterable[Part]) -> Cell:
    """Return the parts with a dot between them."""
    spaced = [word for one in parts for word in (one, " · ")]
    return tuple(spaced[:-1])


def setup(app: Sphinx) -> dict:
    """Register the directives."""
    app.setup_extension("handbook.site.domain.proof_lines")
    app.setup_extension("handbook.site.domain.sphinx_domain")
    app.add_directive("grade-counts", GradeCounts)
    app.add_directive("systems-run", SystemsRun)
    app.add_directive("harness-variables", HarnessVariables)
    return metadata()
