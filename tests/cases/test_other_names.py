"""Every case behaves the same with a reader's own organization, project and feed filled in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from handbook.cases import names
from handbook.cases.case import Case, load
from handbook.cases.machine import HERE
from handbook.runner import run
from handbook.runner.observation import compare
from tests import every
from tests.conftest import ROOT
from tests.shared import once

OTHER = {"ORGANIZATION": "fabrikam", "PROJECT": "Data Team", "FEED": "wheels"}
CASES = [case for case in every.CASES if case.checked is None]


def record(folder: Path) -> str:
    """Record the feed under the other names; return pytest's output if a fact does not hold, otherwise ""."""
    options = ["--record-mode=rewrite", f"--cassettes={folder}", "-p", "no:xdist"]
    variables = {f"HANDBOOK_{key}": value for key, value in OTHER.items()}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/facts", *options, f"--basetemp={folder}.tmp"],
        cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr if done.returncode else ""


SECOND_FEED = ("pip/fail-pipeline-blank", "pip/fail-pipeline-lines")


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory: pytest.TempPathFactory):
    """Provide a harness whose feed has the other names."""
    folder = once(tmp_path_factory, "other-names", record)
    with run.Harness(ROOT, folder) as harness:
        yield harness


def filled_in(case: Case, folder: Path) -> Case:
    """Return a copy of a case with the other names in each of its files."""
    target = folder / "snippets" / case.name
    shutil.copytree(case.folder, target)
    for path in [path for path in target.rglob("*") if path.is_file()]:
        text = names.filled_in(path.read_text(encoding="utf-8"), *OTHER.values())
        path.write_text(text, encoding="utf-8", newline="\n")
    return load(target)


@pytest.mark.slow
@pytest.mark.runs
@pytest.mark.parametrize("case", [case for case in CASES if case.runs_on(HERE)], ids=lambda case: case.name)
def test_case_with_other_names(case: Case, elsewhere: run.Harness, tmp_path: Path) -> None:
    """The case passes with fabrikam, Data Team and wheels in place of the example names."""
    filled = filled_in(case, tmp_path)
    for name in case.given.get("after", []):
        filled_in(load(ROOT / "snippets" / name), tmp_path)
    seen = run.observe(elsewhere, [filled], tmp_path / "run")
    assert compare(seen, filled, output=False) == []


def test_nothing_of_the_examples_is_left(tmp_path: Path) -> None:
    """After filling in, no file of a case contains the example's feed or project, in a URL or elsewhere.

    A page has no field for a second feed: in the cases that name one in a pipeline, its project stays.
    """
    for case in CASES:
        filled = filled_in(case, tmp_path)
        for text in [filled.commands, *(filled.text(name) for name in filled.files)]:
            if case.name in SECOND_FEED:
                text = text.replace(f"{names.EXAMPLES['PROJECT']}/{names.ORGANIZATION_FEED}", "")
            assert names.EXAMPLES["FEED"] not in text, case.name
            assert names.EXAMPLES["PROJECT"] not in text, case.name
