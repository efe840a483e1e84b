"""Every case, as printed, by the real client; what passes here is what the pages call checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks import run
from checks.case import Case
from checks.observation import compare
from tests.conftest import ROOT
from tests.every import CASES

RUN = [case for case in CASES if case.checked is None]


def printed(case: Case) -> tuple[str, str, dict[str, str]]:
    """Return what a reader sees of a case: the client, the commands, and the files."""
    return case.client, case.commands, {file: case.text(file) for file in case.files}


@pytest.mark.parametrize("case", RUN, ids=lambda case: case.name)
def test_case(case: Case, laboratory: run.Laboratory, tmp_path: Path, record_property) -> None:
    """The case does what its page says, and no case with the same files expects the same."""
    record_property("case", case.name)
    seen = run.observe(laboratory, [case], tmp_path / "run")
    assert compare(seen, case) == []
    for other in RUN:
        if other != case and printed(other) == printed(case):
            cure = "expect what differs, or delete one of them"
            assert compare(seen, other, output=False), (
                f"{other.name} has its files and expects the same: {cure}"
            )
    record_property("proof", run.proof_of(ROOT, case, seen))


def test_twins_agree() -> None:
    """The `install-env` of every client asks the same hosts for the same and installs the same file."""
    twins = [case for case in RUN if case.name.endswith("/install-env")]
    assert {case.client for case in twins} >= {"pip", "uv", "poetry"}
    said = {case.name: (case.asked, case.result, case.given) for case in twins}
    assert [name for name, one in said.items() if one != said["pip/install-env"]] == []


def test_uv_installs_from_the_feed_as_it_was(tmp_path: Path) -> None:
    """Where HEAD is refused, as up to mid-2025, uv fetches the whole file and installs the same."""
    case = next(case for case in RUN if case.name == "uv/install-explicit")
    with run.Laboratory(ROOT, parts=run.BEFORE) as laboratory:
        seen = run.observe(laboratory, [case], tmp_path / "run")
    assert (seen.exit, seen.faults, seen.refused) == (0, [], ["405"])
    assert seen.installed == case.result["installed"]
