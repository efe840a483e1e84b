"""Which variable serves which client: `{certificates-table}`, `{proxies-table}`, from guides/networks.toml.

tests/cases/test_networks.py runs every cell and holds it against that file.
"""

import tomllib
from pathlib import Path

from sphinx.application import Sphinx

from handbook.site import metadata
from handbook.site.tables.table import Cell, Code, MadeTable, Rows

DATA = Path("guides") / "networks.toml"


def _rows(root: Path, table: str) -> Rows:
    """Return a row for each client, its own setting last."""
    data = tomllib.loads((root / DATA).read_text(encoding="utf-8"))
    settings = data[table]["setting"]
    return [
        ((client["title"],), *(_cell(client, table, one) for one in settings)) for client in data["client"]
    ]


def _cell(client: dict, table: str, setting: str) -> Cell:
    """Return whether a setting serves, and the name of a client's own one."""
    if setting not in client[table]:
        return ("–",)
    said = "yes" if client[table][setting] else "✗ no"
    return (f"{said}: ", Code(client["own"])) if setting == "its own" else (said,)


class Certificates(MadeTable):
    """Print which variable makes which client trust a company's certificate."""

    head = (
        "Client",
        "nothing",
        "SSL_CERT_FILE",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "the first two",
        "its own",
    )

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return the rows, in the order of the file."""
        return _rows(root, "certificate")


class Proxies(MadeTable):
    """Print which variable sends which client through a proxy."""

    head = ("Client", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY alone", "with NO_PROXY")

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return the rows, in the order of the file."""
        return _rows(root, "proxy")


def setup(app: Sphinx) -> dict:
    """Register the directives."""
    app.setup_extension("handbook.site.tables.table")
    app.add_directive("certificates-table", Certificates)
    app.add_directive("proxies-table", Proxies)
    return metadata()
