"""Tables made from the code: `{grade-counts}` and `{harness-variables}`."""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from _ext import metadata, proofs
from _ext.ledger import counted, warn


class GradeCounts(SphinxDirective):
    """Print how many cases rest on each grade of evidence, from the proofs of this build."""

    def run(self) -> list[nodes.Node]:
        """Return the table; a changed proof makes it anew."""
        counts = proofs.counts(Path(self.env.srcdir))
        counted(self.env)[self.env.docname] = counts
        rows = [[nodes.Text(what[0].upper() + what[1:]), nodes.Text(str(n))] for what, n in counts.items()]
        return [table(["Rests on", "Cases"], rows)]


class HarnessVariables(SphinxDirective):
    """Print the environment variables that a client gets in a test and that a reader does not need."""

    def run(self) -> list[nodes.Node]:
        """Return the table of `checks.clients.HARNESS`."""
        self.env.note_dependency(Path(self.env.srcdir) / "checks" / "clients.py")
        try:
            harness = import_module("checks.clients").HARNESS
        except (ImportError, AttributeError) as error:
            warn(f"checks/clients.py: gives no HARNESS ({error}): add the list", self.get_location())
            return []
        rows = [
            [
                nodes.literal("", one.name),
                nodes.literal("", one.value),
                clients(one.clients),
                nodes.Text(one.why),
            ]
            for one in harness
        ]
        return [table(["Variable", "Value", "Read by", "Why"], rows)]


def clients(names: str | Iterable[str]) -> nodes.Text:
    """Return the clients' names as text."""
    return nodes.Text(names if isinstance(names, str) else ", ".join(names))


def table(head: list[str], rows: list[list[nodes.Node]]) -> nodes.table:
    """Return a table with one header row; `rows` holds one inline node a cell."""
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=1) for _ in head]
    group += nodes.thead("", row([nodes.Text(word) for word in head]))
    group += nodes.tbody("", *(row(cells) for cells in rows))
    return nodes.table("", group, classes=["colwidths-auto"])


def row(cells: list[nodes.Node]) -> nodes.row:
    """Return a table row with a paragraph in each cell."""
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))


def setup(app: Sphinx) -> dict:
    """Register the directives."""
    app.setup_extension("_ext.ledger")
    app.add_directive("grade-counts", GradeCounts)
    app.add_directive("harness-variables", HarnessVariables)
    return metadata()
