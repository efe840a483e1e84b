"""The output of a case on Windows, pasted into the box, finds the same entry as its output on Linux."""

from __future__ import annotations

import pytest

from handbook.runner.plugin import PASTED
from tests.conftest import ROOT
from tests.unit.test_matching import RUNS, Box
from tests.unit.test_matching import box as box

DUE = [
    (entry, case) for entry, case in RUNS if case.runs_on("windows") and case.on("windows").exit == case.exit
]


def test_there_is_something_to_paste() -> None:
    """Most entries have a case that fails on Windows as well."""
    assert len(DUE) > len(RUNS) * 0.8


@pytest.mark.runs
@pytest.mark.parametrize(("entry", "case"), DUE, ids=[case.name for _, case in DUE])
def test_an_output_of_windows_finds_its_entry(box: Box, entry: object, case: object) -> None:
    """With Windows line ends and paths and a space in the login name, an output finds its entry first."""
    file = ROOT / PASTED / f"{case.name}.txt"
    assert file.is_file(), "it has not run: run `make windows`"
    text = file.read_bytes().decode()
    assert "\r\n" in text
    assert box.find(text)[:1] == [entry.name]
