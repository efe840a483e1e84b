"""The output of a case on Windows, pasted into the box, finds the same entry as its output on Linux."""

from __future__ import annotations

import pytest

from handbook.cases.case import Case
from handbook.cases.clients import CLIENTS
from handbook.cases.entry import Entry
from handbook.runner.plugin import PASTED
from tests.conftest import ROOT
from tests.unit.test_matching import RUNS, Box
from tests.unit.test_matching import box as box

ON_WINDOWS = [(entry, case) for entry, case in RUNS if CLIENTS[case.client].windows]


def prints(entry: Entry, case: Case) -> bool:
    """Return whether a case prints its entry's message on Windows, too: it fails the same way, or says it."""
    there = case.on("windows")
    said = set(entry.message.strip().splitlines()) & set((there.output or "").splitlines())
    return case.runs_on("windows") and there.exit == case.exit and bool(case.exit or said)


DUE = [(entry, case) for entry, case in ON_WINDOWS if prints(entry, case)]


def test_there_is_something_to_paste() -> None:
    """Most entries of the clients that run on Windows have a case that prints their message there as well."""
    assert len(DUE) > len(ON_WINDOWS) * 0.8


@pytest.mark.runs
@pytest.mark.parametrize(("entry", "case"), DUE, ids=[case.name for _, case in DUE])
def test_an_output_of_windows_finds_its_entry(box: Box, entry: object, case: object) -> None:
    """With Windows line ends and paths and a space in the login name, an output finds its entry first."""
    file = ROOT / PASTED / f"{case.name}.txt"
    assert file.is_file(), "it has not run: run `make windows`"
    text = file.read_bytes().decode()
    assert "\r\n" in text
    assert box.find(text)[:1] == [entry.name]
