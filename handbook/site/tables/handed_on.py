"""The table of settings that each tool passes to pip or uv: `{handed-on-table}`, from handed-on.toml.

The results are in guides/tools/handed-on.toml; tests/cases/test_handed_on.py runs every cell and compares it
with that file.
"""

import tomllib
from pathlib import Path

from sphinx.application import Sphinx

from handbook.site import metadata
from handbook.site.tables.table import CaseLink, Cell, MadeTable, Rows

DATA = Path("guides") / "tools" / "handed-on.toml"
SAYS = {"feed": "yes", "PyPI": "asks PyPI", "refused": "no token"}


class HandedOn(MadeTable):
    """Print a row for each tool; a cell that sends a private name to PyPI is marked as bad."""

    head = ("Tool", "PIP_INDEX_URL", "UV_DEFAULT_INDEX", "pip.conf, uv.toml, .netrc", "keyring")

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return the rows, in the order of the file."""
        data = tomllib.loads((root / DATA).read_text(encoding="utf-8"))
        return [
            ((tool["title"],), *(_cell(tool, source) for source in data["source"])) for tool in data["tool"]
        ]


def _cell(tool: dict, source: str) -> Cell:
    """Return the observed result, as a link to a case if one is printed."""
    seen, shown = tool["seen"][source], tool.get("shown", {})
    if source in shown:
        return (CaseLink(shown[source], SAYS[seen], bad=seen == "PyPI"),)
    return (SAYS[seen] if seen == "feed" else f"✗ {SAYS[seen]}",)


def setup(app: Sphinx) -> dict:
    """Register the directive."""
    app.setup_extension("handbook.site.tables.table")
    app.add_directive("handed-on-table", HandedOn)
    return metadata()
