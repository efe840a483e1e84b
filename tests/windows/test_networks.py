"""Which of Windows' own settings serves which client in a company's network: every cell is a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from handbook.runner import run
from tests.cases.test_networks import DATA, KEEP, WINDOWS_TABLES, composed
from tests.conftest import ROOT

CELLS = [
    (table, client, setting)
    for table in WINDOWS_TABLES
    for client in DATA["client"]
    for setting in client[table]
]
TRUST = "Z:" + str(ROOT / "tests" / "windows" / "trust.py").replace("/", "\\")
INTERNET = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings"
FIRST = f"""{KEEP} address="${{HTTPS_PROXY#*@}}"
trust() {{ python '{TRUST}' "$authority"; }}
internet() {{ wine reg add '{INTERNET}' /v "$1" /d "$2" /t "${{3:-REG_SZ}}" /f > /dev/null; }}"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "client", "setting"),
    CELLS,
    ids=[f"{client['title']}-{setting}".replace(" ", "-") for _, client, setting in CELLS],
)
def test_cell(
    harness: run.Harness,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    table: str,
    client: dict,
    setting: str,
) -> None:
    """The client for Windows reaches the feed with this setting of Windows if the table says so."""
    # Windows' settings have no place for the relay's secret; behind the wall nobody else reaches its port.
    monkeypatch.setattr(harness.relay, "admits", lambda _: True)
    chosen = client | {"case": client.get("windows-case", client["case"])}
    case = composed(table, chosen, setting, tmp_path, FIRST)
    seen = run.observe(harness, [case], tmp_path / "run")
    assert ("trusted" in seen.output) == ("store" in setting), seen.output
    reached = seen.exit == 0 and "feed" in seen.asked
    assert reached == client[table][setting], seen.output
    assert reached or "feed" not in seen.asked
    assert harness.relay.refused == [], "the client asked for the script"
