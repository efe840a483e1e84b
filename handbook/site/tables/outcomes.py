"""Result tables: `{outcome-table}` for the cases that a page chooses, `{statuses-table}` for refusals.

    :::{outcome-table}
    :columns: newer on PyPI | same version
    pip, extra index | pip/leak-extra-index | -
    :::

A cell links to its case and gives its result, as its case.toml states it.
"""

from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from handbook.cases import case as cases
from handbook.site import metadata
from handbook.site.domain.checkout import every_case
from handbook.site.domain.sphinx_domain import find, warn
from handbook.site.tables.table import (
    CaseLink,
    MadeTable,
    Rows,
    clients,
    listed,
    part,
    table,
)

OURS = "contoso-"  # the prefix of private packages; on PyPI, such a package is a stranger's
FROM_FEED, FROM_STRANGER = "file-store", "public-index"


def outcome(case: cases.Case) -> CaseLink:
    """Return a case's result in a few words; it is bad if a stranger's package was installed."""
    if case.checked:
        return CaseLink(case.name, "not run here")
    if (strangers := supplied(case, FROM_STRANGER)) is not None:
        return CaseLink(case.name, " ".join(["PyPI", *strangers, "(a stranger)"]), bad=True)
    if not ends_well(case):
        refused = ", ".join(statuses(case))
        return CaseLink(case.name, f"refused {refused}" if refused else "fails")
    if (ours := supplied(case, FROM_FEED)) is not None:
        return CaseLink(case.name, " ".join(["feed", *ours]))
    return CaseLink(case.name, "published" if case.result.get("uploaded") else "works")


def ends_well(case: cases.Case) -> bool:
    """Return whether a reader got what they wanted; a failing case may exit with 0 after reading a log."""
    return case.exit == 0 and case.verb != "fail"


def supplied(case: cases.Case, kind: str) -> list[str] | None:
    """Return the versions of private packages from a kind of host; [] if unknown, None if there are none.

    A client that only locks or downloads installs nothing. In that case, the source is the feed if its file
    store was asked, because only a chosen file is downloaded from it; otherwise it is PyPI.
    """
    installed = [one.split() for one, host in case.result.get("installed", {}).items() if host == kind]
    versions = sorted({version for name, version in installed if name.startswith(OURS)})
    if versions or case.result.get("installed") or not ends_well(case):
        return versions or None
    asked = {host: [name for name in names if name.startswith(OURS)] for host, names in case.asked.items()}
    chosen = FROM_FEED if asked.get(FROM_FEED) else FROM_STRANGER
    return [] if chosen == kind and asked.get(kind) else None


def statuses(case: cases.Case) -> list[str]:
    """Return the HTTP statuses with which the feed refused requests."""
    return sorted(case.result.get("refused", []))


class OutcomeTable(SphinxDirective):
    """Print the results of the named cases: one row per line, a label, then a case (or `-`) per column."""

    has_content = True
    option_spec = {"columns": directives.unchanged_required, "rows": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Return the table; on an error, return nothing and give a warning."""
        if not self.options.get("columns"):
            warn("outcome-table has no columns: add :columns: first | second", self.get_location())
            return []
        head = [self.options.get("rows", "Client"), *split(self.options["columns"])]
        rows = [self.cells(split(line), len(head)) for line in self.content if line.strip()]
        return [table(head, rows, ("outcomes",))] if all(rows) else []

    def cells(self, words: list[str], wanted: int) -> list[list[nodes.Node]]:
        """Return the cells of one row; if the line cannot be read, return none and give a warning."""
        if len(words) != wanted:
            cure = f"give a label and {wanted - 1} cases, - for none"
            warn(f"outcome-table: row {words[0]!r} has {len(words) - 1} cells: {cure}", self.get_location())
            return []
        label, _ = self.parse_inline(words[0])
        return [label, *(self.cell(name) for name in words[1:])]

    def cell(self, name: str) -> list[nodes.Node]:
        """Return one case's result, linked; an empty cell if the case cannot be used."""
        case = find(self.env, name, self.get_location()) if name != "-" else None
        return [part(outcome(case))] if case else [nodes.Text("–" if name == "-" else "")]


def split(line: str) -> list[str]:
    """Return the cells of a line."""
    return [word.strip() for word in line.split("|")]


class StatusesTable(MadeTable):
    """Print the statuses with which the feed answered each client, with the cases that show them."""

    head = ("Status", "Client", "Example")

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return a row for each status and client."""
        found: dict[tuple[str, str], list[CaseLink]] = {}
        for case in every_case(root).values():
            for status in statuses(case):
                link = CaseLink(case.name, case.title, supplied(case, FROM_STRANGER) is not None)
                found.setdefault((status, case.client), []).append(link)
        return [
            ((status,), (clients(client),), listed(found[status, client])) for status, client in sorted(found)
        ]


def setup(app: Sphinx) -> dict:
    """Register the directives."""
    app.setup_extension("handbook.site.tables.table")
    app.add_directive("outcome-table", OutcomeTable)
    app.add_directive("statuses-table", StatusesTable)
    return metadata()
