"""The list of clients: each mistake is one line, and everything about a client derives from its row."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from handbook.cases import clients
from handbook.cases.clients import CLIENTS, ClientError
from tests.conftest import ROOT

LIST = clients.FILE.read_text(encoding="utf-8")
BENTO = """
[client.bento]
spelling = "Bento"
lock = "bento"
trust = "REQUESTS_CA_BUNDLE"
variables = ["HTTPS_PROXY", "LANG"]
canary = "bento --version {url}"
publishes = true
linux_alone = "Bento has no build for Windows"
files = { "bento.lock" = "toml" }
machine = ["/etc/xdg/bento/config.toml"]
globs = true
"""
# What each part of the code that deals with clients knows about a new one.
DERIVED = """
import json
from handbook.cases import case, clients, entry, proof
from handbook.runner import programs, wall
from handbook.site.domain import case_directives, powershell, unrun_code
from handbook.site.tables import table
from handbook.tools import operators, relay_by_hand
print(json.dumps({
    "a case may name it": "bento" in case.CLIENTS,
    "an entry may name it": entry.CLIENTS["bento"],
    "its environment": "bento" in clients.ENVIRONMENTS,
    "its variables": sorted(programs.harness_variables(["bento"], "http://127.0.0.1:1", "ca.pem")),
    "what the wall hides": "/etc/xdg/bento/config.toml" in wall.MACHINE_SETTINGS,
    "how its file is coloured": case_directives.lexer("bento.lock"),
    "how its file is broken": operators.format_of("bento.lock"),
    "its commands in PowerShell": powershell.powershell("bento publish dist/*\\n"),
    "its commands in prose": "bento" in unrun_code.PROGRAMS,
    "its name in a table": table.clients("bento"),
    "by hand": "bento" in relay_by_hand.KNOWN,
}))
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('spelling = "pip"', 'speling = "pip"', "pip has unknown key 'speling': use spelling, "),
        ("publishes = false", "publishes = 0", "pip has publishes = 0: make it bool"),
        ('spelling = "pip"\n', "", "pip has no spelling: add it"),
        ("canary =", "never =", None),
        ("[client.pip]\n", '[client.pip]\nnever = "no"\n', "pip has no canary, or two reasons: give its "),
        (
            'trust = "PIP_CERT"',
            'trust = "PIP_CA"',
            "pip gets PIP_CA, which has no table: add [variable.PIP_CA]",
        ),
        ("windows = true\n", "", "pip says not whether it runs for Windows, or twice: give windows = true, "),
        ("windows = true", 'windows = true\nlinux_alone = "no"', "pip says not whether it runs for Windows"),
        ("[client.pip]", "[client.pip", "cannot be read ("),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, old: str, new: str, message: str | None) -> None:
    """Each mistake in the list is reported in one line that names the file, the client and the cure."""
    file = tmp_path / "clients.toml"
    file.write_text(LIST.replace(old, new, 1), encoding="utf-8")
    if message is None:
        assert clients.read(file)[0]["pip"].never
        return
    with pytest.raises(ClientError) as refusal:
        clients.read(file)
    assert str(refusal.value).startswith(f"handbook/cases/clients.toml: {message}")
    assert "\n" not in str(refusal.value).partition(" (")[0]


def test_a_client_without_a_canary_is_refused(tmp_path: Path) -> None:
    """A client with neither a canary nor a reason why it cannot run is an error."""
    file = tmp_path / "clients.toml"
    file.write_text("\n".join(line for line in LIST.splitlines() if "canary" not in line), encoding="utf-8")
    with pytest.raises(ClientError, match="pip has no canary"):
        clients.read(file)


def test_each_client_is_pinned_or_of_the_system() -> None:
    """Each row with a lock has its file in locks/, which pins a version."""
    for name, one in CLIENTS.items():
        assert not one.lock or clients.locked(name, ROOT)


def test_a_new_client_is_its_row(tmp_path: Path) -> None:
    """A client that is added to a copy of the list is known everywhere, without any other change."""
    shutil.copytree(ROOT / "handbook", tmp_path / "handbook", ignore=shutil.ignore_patterns("__pycache__"))
    before, mark, after = LIST.partition("\n# {relay}")
    (tmp_path / "handbook/cases/clients.toml").write_text(before + BENTO + mark + after, encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", DERIVED], cwd=tmp_path, capture_output=True, text=True)
    assert done.stderr == ""
    assert json.loads(done.stdout) == {
        "a case may name it": True,
        "an entry may name it": "Bento",
        "its environment": True,
        "its variables": ["HTTPS_PROXY", "LANG", "REQUESTS_CA_BUNDLE"],
        "what the wall hides": True,
        "how its file is coloured": "toml",
        "how its file is broken": "toml",
        "its commands in PowerShell": "bento publish dist/*\n",
        "its commands in prose": True,
        "its name in a table": "Bento",
        "by hand": True,
    }


def test_a_list_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    """With a broken list of clients, a command prints one line with the file and exits with status 2."""
    shutil.copytree(ROOT / "handbook", tmp_path / "handbook", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "handbook/cases/clients.toml").write_text("[client.pip\n", encoding="utf-8")
    command = [sys.executable, "-m", "handbook", "help"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("handbook: handbook/cases/clients.toml: cannot be read (")
    assert done.stderr.count("\n") == 1
