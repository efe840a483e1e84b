"""Run the tutorials' commands from the first to the last, in order, in one shell and one home."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from handbook.cases.case import Case, load
from handbook.runner import run
from tests.conftest import ROOT

FIRST, JOIN = "first-package", "join"
PRINTED = re.compile(r"^:::+\{(?:case|copy-of)\} (\S+)", re.MULTILINE)


def steps(page: str) -> list[Case]:
    """Return the cases of a tutorial, in the order in which the page prints or copies them."""
    text = (ROOT / "guides" / f"{page}.md").read_text(encoding="utf-8")
    return [load(ROOT / "snippets" / name) for name in PRINTED.findall(text)]


def test_tutorial(harness: run.Harness, tmp_path: Path) -> None:
    """From an empty home and an empty feed, all steps together give the results of the single ones."""
    cases = steps(FIRST)
    seen = run.observe(harness, cases, tmp_path / "run", provided=False)
    assert (seen.exit, seen.faults, seen.refused) == (0, [], [])
    assert seen.installed == {
        what: kind for case in cases for what, kind in case.result.get("installed", {}).items()
    }
    assert seen.uploaded == sorted(file for case in cases for file in case.result.get("uploaded", []))
    assert seen.asked == {"feed": ["contoso-greeting"], "file-store": ["contoso-greeting"]}
    assert seen.output.count("Hello from the feed\n") == 3


@pytest.mark.parametrize("client", ["pip", "uv", "poetry"])
def test_joining(harness: run.Harness, tmp_path: Path, client: str) -> None:
    """With each client, a reader who joins a feed can store the token and install, from an empty home."""
    token, *installs = steps(JOIN)
    [install] = [case for case in installs if case.client == client]
    seen = run.observe(harness, [token, install], tmp_path / "run", provided=False)
    assert (seen.exit, seen.faults, seen.refused) == (0, [], [])
    assert (seen.installed, seen.asked) == (install.result["installed"], install.asked)


def test_each_step_finds_what_an_earlier_one_made() -> None:
    """Everything that a step needs when it runs alone is provided by an earlier step of the tutorial."""
    done: list[str] = []
    uploaded: set[str] = set()
    for case in steps(FIRST):
        assert set(case.given.get("after", [])) <= set(done), case.name
        assert set(case.given.get("feed", [])) <= uploaded, case.name
        assert not case.given.get("dist"), case.name
        done.append(case.name)
        uploaded |= set(case.result.get("uploaded", []))
    assert len(done) >= 6
