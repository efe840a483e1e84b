"""The directive `{role-table}`: what each role may do with each token scope, from guides/feeds/roles.toml."""

import tomllib
from pathlib import Path

from sphinx.application import Sphinx

from handbook.cases import proof
from handbook.site import metadata
from handbook.site.tables.table import MadeTable, Rows

DATA = Path("guides") / "feeds" / "roles.toml"


class RoleTable(MadeTable):
    """Print the answers in the file, with the grades of their evidence below them."""

    look = ("roles",)
    head = ("Role", "Token", "Install", "Save from upstream", "Publish")

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return one row for each role and scope, and the two rows of grades."""
        data = tomllib.loads((root / DATA).read_text(encoding="utf-8"))
        rows: Rows = [
            ((one["role"],), (one["token"],), *((said(status),) for status in one["answer"].values()))
            for one in data["row"]
        ]
        grades = data["rests"].values()
        for word in ("yes", "no"):
            found = ((proof.GRADES[grade[word]],) for grade in grades)
            rows.append(((f"“{word}” rests on",), ("",), *found))
        return rows


def said(status: int) -> str:
    """Return a status in a reader's words: yes, or no with the status."""
    return "yes" if status < 400 else f"no, {status}"


def setup(app: Sphinx) -> dict:
    """Register the directive."""
    app.setup_extension("handbook.site.tables.table")
    app.add_directive("role-table", RoleTable)
    return metadata()
