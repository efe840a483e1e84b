"""Which variable serves which program in a company's network: every cell of the tables is a run."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from handbook.cases.case import Case, find, load
from handbook.runner import run
from handbook.site.tables import networks
from tests.conftest import ROOT

DATA = tomllib.loads((ROOT / "guides" / "networks.toml").read_text(encoding="utf-8"))
TABLES = ("certificate", "proxy")
WINDOWS_TABLES = ("windows-certificate", "windows-proxy")  # tests/windows/test_networks.py runs their cells
NOT_SHOWN = ("pip", "windows-certificate")  # Wine lets pip accept any certificate
CELLS = [
    (table, client, setting) for table in TABLES for client in DATA["client"] for setting in client[table]
]
HELPED = [
    (table, helper, setting) for table in TABLES for helper in DATA["helper"] for setting in helper[table]
]
# The harness gives each client what it needs; a cell takes that away, and gives it under another name.
KEEP = 'authority="${PIP_CERT:-${SSL_CERT_FILE:-$REQUESTS_CA_BUNDLE}}" proxy="$HTTPS_PROXY"'


def ids(cells: list[tuple[str, dict, str]]) -> list[str]:
    """Return a name for each cell: its program and its setting."""
    return [f"{program['title']}-{setting}".replace(" ", "-") for _, program, setting in cells]


def with_commands(name: str, lines: list[str], folder: Path) -> Case:
    """Return a copy of a case that runs other commands, without the empty ones."""
    origin = find(ROOT, name)
    target = folder / "snippets" / origin.parent.name / origin.name
    shutil.copytree(origin, target)
    (target / "run.sh").write_text("".join(f"{line}\n" for line in lines if line), encoding="utf-8")
    return load(target)


def composed(table: str, client: dict, setting: str, folder: Path, first: str = KEEP) -> Case:
    """Return the client's case with the commands of one cell in front of its own, after those of `first`."""
    command = DATA[table]["setting"][setting]
    if setting == "its own":
        command = f'export {client["own"]}="$authority"'
    own = (find(ROOT, client["case"]) / "run.sh").read_text(encoding="utf-8").rstrip("\n")
    return with_commands(
        client["case"], [first, DATA[table]["unset"], client["before"], command, own], folder
    )


@pytest.mark.slow
@pytest.mark.parametrize(("table", "client", "setting"), CELLS, ids=ids(CELLS))
def test_cell(harness: run.Harness, tmp_path: Path, table: str, client: dict, setting: str) -> None:
    """The client reaches the feed with this setting if the table says so."""
    case = composed(table, client, setting, tmp_path)
    seen = run.observe(harness, [case], tmp_path / "run")
    reached = seen.exit == 0 and "feed" in seen.asked
    assert reached == client[table][setting], seen.output
    assert reached or "feed" not in seen.asked


@pytest.mark.slow
@pytest.mark.parametrize(("table", "helper", "setting"), HELPED, ids=ids(HELPED))
def test_helper(harness: run.Harness, tmp_path: Path, table: str, helper: dict, setting: str) -> None:
    """The program that fetches a client's token reaches the feed with this setting if the table says so."""
    lines = [helper["first"], KEEP, DATA[table]["unset"], DATA[table]["setting"][setting], helper["asks"]]
    seen = run.observe(harness, [with_commands(helper["case"], lines, tmp_path)], tmp_path / "run")
    assert ("feed" in seen.asked) == helper[table][setting], seen.output


def test_the_tables_name_the_programs_of_the_file() -> None:
    """The columns of the tables are the clients and helpers of the file, in its order."""
    assert networks.HEAD[1:] == tuple(client["title"] for client in DATA["client"])
    assert networks.KEYRING_HEAD[1:] == tuple(helper["title"] for helper in DATA["helper"])


def test_every_cell_has_a_result() -> None:
    """The tables say of every client and every setting whether it served."""
    for client in DATA["client"]:
        for table in (*TABLES, *WINDOWS_TABLES):
            wanted = set(DATA[table]["setting"]) - ({"its own"} if not client["own"] else set())
            wanted = set() if (client["title"], table) == NOT_SHOWN else wanted
            assert set(client[table]) == wanted, (client["title"], table)
            assert all(isinstance(one, bool) for one in client[table].values())
    for helper in DATA["helper"]:
        for table in TABLES:
            assert set(helper[table]) == set(DATA[table]["setting"]) - {"its own"}, (helper["title"], table)
            assert all(isinstance(one, bool) for one in helper[table].values())
