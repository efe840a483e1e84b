"""The table of which credential source wins: `{precedence-table}`, generated from the cases that test it."""

import re
from pathlib import Path

from sphinx.application import Sphinx

from handbook.cases.clients import CLIENTS
from handbook.site import metadata
from handbook.site.domain.checkout import every_case
from handbook.site.tables.table import CaseLink, Cell, Code, MadeTable, Rows, clients


def place(words: str) -> Cell:
    """Return a source as case.toml describes it, with the words in backticks as code."""
    parts = re.split(r"`([^`]+)`", words)
    return tuple(Code(part) if n % 2 else part for n, part in enumerate(parts) if part)


class PrecedenceTable(MadeTable):
    """Print each pair of sources that a case compares, with the one that won."""

    head = ("Client", "Wins", "Over", "Example")

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return a row for each case, in the order of the clients."""
        return [
            (
                (clients(case.client),),
                place(case.precedence["wins"]),
                place(case.precedence["over"]),
                (CaseLink(case.name, case.title),),
            )
            for case in sorted(every_case(root).values(), key=lambda case: list(CLIENTS).index(case.client))
            if case.precedence
        ]


def setup(app: Sphinx) -> dict:
    """Register the directive."""
    app.setup_extension("handbook.site.tables.table")
    app.add_directive("precedence-table", PrecedenceTable)
    return metadata()
