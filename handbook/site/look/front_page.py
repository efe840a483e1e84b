"""Directives for the front page and the start pages: copies of cases, proof counts, name form, diagrams.

`{copy-of}` prints a case's files and commands once more, for readers who only want to copy them, and links to
the whole case; `{proved-with}` says in one line what was run; `{your-names}` places the form for a reader's
names; `{diagram}` inserts guides/diagrams/NAME.svg, which then uses the page's colours.
"""

from pathlib import Path
from typing import ClassVar
from xml.etree import ElementTree

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from handbook.site import metadata
from handbook.site.domain import proof_lines, shell_tabs
from handbook.site.domain.case_directives import block, caption
from handbook.site.domain.checkout import every_case
from handbook.site.domain.sphinx_domain import find, link, warn
from handbook.site.look.name_marks import NamesForm
from handbook.site.tables.table import MadeTable, Rows, clients

FOLDER = Path("guides") / "diagrams"
SVG = "{http://www.w3.org/2000/svg}"
LINK = "The whole example, what it was run with, and what happened"
NONE = "No example has been run in this build: run "


class CopyOf(SphinxDirective):
    """Print a copy of a case's files and commands, printed in full elsewhere; `:result:` adds the output."""

    required_arguments = 1
    option_spec: ClassVar[dict] = {"result": directives.flag}

    def run(self) -> list[nodes.Node]:
        """Return the copy; on an error, return nothing and give one warning that says what is wrong."""
        case = find(self.env, self.arguments[0], self.get_location())
        if case is None:
            return []
        box = nodes.container(classes=["case", "case-copy"])
        for file in case.files:
            box += block(case.name, file, case.text(file), caption(case.place[file]))
        box += shell_tabs.commands(
            case.commands,
            lambda name, text, label: block(case.name, name, text, [nodes.Text(label)]),
        )
        if "result" in self.options and case.output is not None:
            box += block(case.name, "output.txt", case.output, [nodes.Text("Prints")])
        for one in box.findall(nodes.container):
            one["ids"] = []  # the ids belong to the case itself, on its page
        whole = link("case", case.name, nodes.inline("", LINK))
        box += nodes.paragraph("", "", whole, classes=["proof"])
        return [box]


class YourNames(SphinxDirective):
    """Put the form for a reader's own names here instead of above the first example."""

    def run(self) -> list[nodes.Node]:
        """Return the form."""
        return [NamesForm()]


class ProvedWith(MadeTable):
    """Print how many examples are checked or inferred, with which versions and when, from this build."""

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return one row: the numbers checked, inferred, in all and under Wine; the clients; the days."""
        everything = every_case(root)
        states = [state for state in (proof_lines.state(root, name) for name in everything) if state]
        guessed = sum(map(proof_lines.inferred, states))
        wine = sum(bool(state["wine"]) for state in states)
        counts = [(str(n),) for n in (len(states) - guessed, guessed, len(everything), wine)]
        versions = sorted(
            {f"{clients(state['client'])} {state['version']}" for state in states}, key=str.lower
        )
        days = sorted(state["date"] for state in states)
        return [(*counts, tuple(versions), tuple(days[:1] + days[-1:]))]

    def run(self) -> list[nodes.Node]:
        """Return the line."""
        [((done,), (guessed,), (all_,), (wine,), versions, days)] = self.made()
        if not days:
            said = [nodes.Text(NONE), nodes.literal("", "make test"), nodes.Text(".")]
        else:
            span = days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}"
            said = [nodes.Text(f"{proof_lines.SEEN} Checked: {done} of {all_} examples · ")]
            if guessed != "0":
                said += [*proof_lines.run_with_inferred(), nodes.Text(f": {guessed} · ")]
            said.append(nodes.Text(f"{', '.join(versions)} · {span}"))
            if wine != "0":
                said.append(
                    nodes.Text(f" · {proof_lines.WINE} {wine} also with the clients for Windows, under Wine")
                )
        return [nodes.paragraph("", "", *said, classes=["proof", "proved-with"])]


class Diagram(SphinxDirective):
    """Insert a drawing into the page."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the drawing; on an error, return nothing and give one warning that says what is wrong."""
        file = Path(self.env.srcdir) / FOLDER / f"{self.arguments[0]}.svg"
        self.env.note_dependency(file)
        try:
            drawing = ElementTree.fromstring(text := file.read_text(encoding="utf-8"))
        except (OSError, ElementTree.ParseError) as error:
            warn(f"{FOLDER / file.name}: {error}", self.get_location())
            return []
        if not all(drawing.findtext(f"{SVG}{tag}") for tag in ("title", "desc")):
            warn(
                f"{FOLDER / file.name}: has no title or no desc: add them, to say what it shows",
                self.get_location(),
            )
            return []
        return [nodes.container("", nodes.raw("", text, format="html"), classes=["diagram"])]


def setup(app: Sphinx) -> dict:
    """Register the directives."""
    app.setup_extension("handbook.site.tables.table")
    app.add_directive("copy-of", CopyOf)
    app.add_directive("diagram", Diagram)
    app.add_directive("your-names", YourNames)
    app.add_directive("proved-with", ProvedWith)
    return metadata()
