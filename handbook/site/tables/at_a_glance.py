"""What each tool does in the usual situations: `{glance-table}`, from guides/tools/at-a-glance.toml.

    :::{glance-table} publish
    :::

The argument is a table, whose rows are tools, or a tool, whose rows are its questions. The words of a link
are in that file or, if it gives none, the case's; tests/unit/test_at_a_glance.py holds them against the case.
"""

import re
import tomllib
from itertools import groupby
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from handbook.site import metadata
from handbook.site.domain.checkout import every_case
from handbook.site.domain.sphinx_domain import warn, watched
from handbook.site.tables.outcomes import outcome
from handbook.site.tables.table import CaseLink, Cell, Code, Rows, cell, table

DATA = Path("guides") / "tools" / "at-a-glance.toml"
NAME = r"[a-z0-9-]+/[a-z0-9-]+"
PIECE = re.compile(rf"`(?:(?P<words>[^`<]+) <)?(?P<name>{NAME})>?`|`(?P<code>[^`]+)`")


def read(root: Path) -> dict:
    """Return the file's questions, tables and tools."""
    return tomllib.loads((root / DATA).read_text(encoding="utf-8"))


def named(answer: str) -> list[tuple[str, str]]:
    """Return the cases of an answer, each with its words; "" if the case gives them."""
    return [(one["name"], one["words"] or "") for one in PIECE.finditer(answer) if one["name"]]


def parts(root: Path, answer: str) -> Cell:
    """Return an answer as the parts of a cell."""
    found: list = []
    end = 0
    for piece in PIECE.finditer(answer):
        found.append(answer[end : piece.start()])
        end = piece.end()
        if piece["code"]:
            found.append(Code(piece["code"]))
        elif case := every_case(root).get(piece["name"]):
            shown = outcome(case)
            found.append(CaseLink(case.name, piece["words"] or shown.text, shown.bad))
        else:  # the link to a case that is missing fails the build
            found.append(CaseLink(piece["name"], piece["name"]))
    return tuple(one for one in [*found, answer[end:]] if one)


def rows(root: Path, name: str) -> tuple[list[str], Rows]:
    """Return the head and the rows of a table or of a tool; nothing if there is no such name.

    On a tool's own page, neighbouring questions that have the same answer share a row.
    """
    data = read(root)
    question, tools = data["question"], data["tool"]
    if chosen := data["table"].get(name):
        return ["Tool", *(question[one] for one in chosen["questions"])], [
            ((tools[tool]["title"],), *(parts(root, tools[tool][one]) for one in chosen["questions"]))
            for tool in chosen["tools"]
        ]
    answers = [(question[one], tools[name][one]) for one in question if one in tools.get(name, {})]
    return ["Question", "Answer"], [
        ((_joined([asked for asked, _ in some]),), parts(root, answer))
        for answer, some in groupby(answers, key=lambda pair: pair[1])
    ]


def _joined(questions: list[str]) -> str:
    """Return questions as one, in lower case after the first, except for a variable's name."""
    first, *others = questions
    return ", ".join([first, *(one if one[1].isupper() else one[0].lower() + one[1:] for one in others)])


class Glance(SphinxDirective):
    """Print a table of at-a-glance.toml; a page is read again when its rows would differ."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table; for an unknown name, return nothing and give a warning."""
        name = self.arguments[0]
        head, found = watched(self.env, rows, name)
        if not found:
            warn(
                f"glance-table: {DATA.name} has no table or tool {name}: take one of its names",
                self.get_location(),
            )
            return []
        return [table(head, [[cell(one) for one in row] for row in found])]


def setup(app: Sphinx) -> dict:
    """Register the directive."""
    app.setup_extension("handbook.site.tables.outcomes")
    app.add_directive("glance-table", Glance)
    return metadata()
