"""The end of a case: every process that it started ends with it, and its output is bounded."""

from __future__ import annotations

import copy
import time
from pathlib import Path

import pytest

from handbook.runner import execution, run
from handbook.runner.wall import Wall
from tests.unit.test_run import one_line, seen, written
from tests.unit.test_wall_hides import running


@pytest.fixture(params=["wall", "no wall"])
def anywhere(request: pytest.FixtureRequest, harness: run.Harness) -> run.Harness:
    """The harness as it is, and one whose clients run without the wall, as on macOS."""
    if request.param == "wall":
        return harness
    other = copy.copy(harness)
    other.wall = Wall(asked=False)
    return other


def test_background_process_ends_with_its_case(anywhere: run.Harness, tmp_path: Path) -> None:
    """A background process ends with a case that passes, and does not delay it."""
    marker = f"{time.time_ns() % 10**6}.125"
    started = time.monotonic()
    found = seen(anywhere, tmp_path, f"sleep {marker} &\necho done\n")
    assert (found.exit, found.output, found.faults) == (0, "done\n", [])
    assert time.monotonic() - started < 60
    assert running(marker) == 0


def test_process_that_left_its_group_ends_too(harness: run.Harness, tmp_path: Path) -> None:
    """Behind the wall, a process of another session also ends with its case, output open or not."""
    if not harness.wall.stands:
        pytest.skip("only the wall tells which processes a case started")
    marker = f"{time.time_ns() % 10**6}.375"
    commands = f"setsid sleep {marker} &\n(setsid nohup sleep {marker} >/dev/null 2>&1 &)\nexit 0\n"
    assert seen(harness, tmp_path, commands).exit == 0
    assert running(marker) == 0


def test_output_without_end(anywhere: run.Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case that prints endlessly is ended at the limit, with a one-line error."""
    monkeypatch.setattr(execution, "LONGEST", 3_000_000)
    case = written(tmp_path, "yes\n")
    line = one_line(run.SlowError, run.observe, anywhere, [case], tmp_path / "run")
    assert line == "bash/add: printed more than 3 MB: correct run.sh"


def test_output_below_the_limit_is_whole(harness: run.Harness, tmp_path: Path) -> None:
    """An output below the limit is kept completely, with only line feeds, and with invalid UTF-8 marked."""
    found = seen(harness, tmp_path, "seq 100000\nprintf 'a\\r\\nb\\xff'\n").output
    assert found == "".join(f"{number}\n" for number in range(1, 100001)) + "a\nb\ufffd"
    assert execution.LONGEST == 10_000_000


@pytest.mark.parametrize("target", ["$PPID", "$$", "-1", "1"])
def test_case_that_kills(harness: run.Harness, tmp_path: Path, target: str) -> None:
    """A case that kills its parent, itself or everything that it can reach ends only itself."""
    if not harness.wall.stands:
        pytest.skip("without a wall a case can end the checks")
    found = seen(harness, tmp_path, f"kill -9 {target} || true\necho alive\n")
    alive = target in ("-1", "1")  # -1 spares the caller; the first process of a namespace cannot be killed
    assert found.exit == (0 if alive else -9) and found.output.endswith("alive\n") == alive
    assert seen(harness, tmp_path / "next", "echo alive\n").output == "alive\n"
