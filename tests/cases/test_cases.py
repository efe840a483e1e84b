"""Run every case, as printed, with the real client; pages call "checked" what passes here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from handbook.cases.case import Case
from handbook.feed import hosts
from handbook.runner import run
from tests.conftest import ROOT
from tests.every import CASES

RUN = [case for case in CASES if case.checked is None]


@pytest.mark.cases
def test_case(case: Case, prove: Callable[[Case], None]) -> None:
    """The case does what its page says, and no other case with the same files expects the same result."""
    prove(case)


def test_twins_agree() -> None:
    """The `install-env` case of every client makes the same requests and installs the same file."""
    twins = [case for case in RUN if case.name.endswith("/install-env")]
    assert {case.client for case in twins} >= {"pip", "uv", "poetry"}
    said = {case.name: (case.asked, case.result, case.given) for case in twins}
    assert [name for name, one in said.items() if one != said["pip/install-env"]] == []


def test_pip_asks_pypi_about_itself(tmp_path: Path) -> None:
    """An index in a requirements file is not the one that pip asks for a newer pip: that is PyPI."""
    case = next(case for case in RUN if case.name == "pip/install-single-index")
    with run.Harness(ROOT) as harness:
        seen = run.observe(harness, [case], tmp_path / "run")
        itself = [hosts.kind(one.host) for one, _ in harness.relay.log if hosts.package(one) == "pip"]
    assert (seen.faults, seen.asked, itself) == ([], case.asked, ["public-index"])


def test_uv_installs_from_the_feed_as_it_was(tmp_path: Path) -> None:
    """If the feed refuses HEAD, as up to mid-2025, uv fetches the whole file and installs the same."""
    case = next(case for case in RUN if case.name == "uv/install-explicit")
    with run.Harness(ROOT, parts=run.BEFORE) as harness:
        seen = run.observe(harness, [case], tmp_path / "run")
    assert (seen.exit, seen.faults, seen.refused) == (0, [], ["405"])
    assert seen.installed == case.result["installed"]
