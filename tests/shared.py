"""Work that is done once for all workers of a test run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

SECONDS = 600  # how long to wait for another worker's result; 120 were too few on a busy machine


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], str]) -> Path:
    """Return a folder that `make` fills in the first worker that asks; the others wait.

    `make` returns what went wrong, or ""; every worker that asks then fails with that message.
    """
    base = factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, said = base / name, base / f"{name}.said"
    try:
        folder.mkdir()
    except FileExistsError:
        deadline = time.monotonic() + SECONDS
        while not said.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
    else:
        try:
            problem = make(folder)
        except BaseException as error:
            problem = repr(error)
            raise
        finally:
            fresh = base / f"{name}.fresh"
            fresh.write_text(problem, encoding="utf-8")
            fresh.rename(said)
    assert said.exists(), f"another worker did not make {name} in {SECONDS} s"
    problem = said.read_text(encoding="utf-8")
    assert not problem, problem
    return folder
