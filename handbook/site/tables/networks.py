"""Which setting serves which client: `{certificates-table}`, `{proxies-table}`, `{windows-networks-table}`.

`{keyring-networks-table}` says it of the programs that give a client its token.

They come from guides/networks.toml. tests/cases/test_networks.py runs every cell and holds it against that
file; of Windows' own settings, tests/windows/test_networks.py.
"""

import tomllib
from pathlib import Path

from sphinx.application import Sphinx

from handbook.site import metadata
from handbook.site.tables.table import Cell, Code, MadeTable, Rows

DATA = Path("guides") / "networks.toml"
HEAD = ("Set", "pip", "uv", "Poetry", "twine")  # the clients in the order of the file
KEYRING_HEAD = ("Set", "artifacts-keyring's plug-in", "Microsoft's provider", "artifacts-keyring-nofuss")


def _rows(root: Path, table: str, programs: str = "client") -> Rows:
    """Return a row for each setting, with a cell for each client, or for each of other `programs`."""
    data = tomllib.loads((root / DATA).read_text(encoding="utf-8"))
    return [
        (_setting(one), *(_cell(program, table, one) for program in data[programs]))
        for one in data[table]["setting"]
        if any(one in program[table] for program in data[programs])
    ]


def _setting(name: str) -> Cell:
    """Return the name of a setting: variables as code, other words as they are."""
    parts = [Code(word) if "_" in word else word for word in name.split()]
    return tuple(piece for part in parts for piece in (part, " "))[:-1]


def _cell(client: dict, table: str, setting: str) -> Cell:
    """Return whether a setting works for a client, or the name of the client's own setting."""
    if setting not in client[table]:
        return ("–",)
    if setting == "its own":
        return (Code(client["own"]),)
    if "NO_PROXY" in setting or "exception" in setting:
        return ("through the proxy" if client[table][setting] else "past the proxy",)
    return ("yes" if client[table][setting] else "✗ no",)


class Certificates(MadeTable):
    """Print which variable makes which client trust a company's certificate."""

    head = HEAD

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return the rows, in the order of the file."""
        return _rows(root, "certificate")


class Proxies(MadeTable):
    """Print which variable sends which client through a proxy."""

    head = HEAD

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return the rows, in the order of the file."""
        return _rows(root, "proxy")


class WindowsNetworks(MadeTable):
    """Print which of Windows' own settings serves which client."""

    head = HEAD

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return the rows, in the order of the file, without the one that sets nothing."""
        rows = [*_rows(root, "windows-certificate"), *_rows(root, "windows-proxy")]
        return [row for row in rows if row[0] != _setting("nothing")]


class KeyringNetworks(MadeTable):
    """Print which variable serves which program that gives a client its token."""

    head = KEYRING_HEAD

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return the rows, in the order of the file, without the one that sets nothing."""
        rows = [*_rows(root, "certificate", "helper"), *_rows(root, "proxy", "helper")]
        return [row for row in rows if row[0] != _setting("nothing")]


def setup(app: Sphinx) -> dict:
    """Register the directives."""
    app.setup_extension("handbook.site.tables.table")
    app.add_directive("certificates-table", Certificates)
    app.add_directive("proxies-table", Proxies)
    app.add_directive("windows-networks-table", WindowsNetworks)
    app.add_directive("keyring-networks-table", KeyringNetworks)
    return metadata()
