"""The fixtures of the built site report a failing build once."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.pages import built

CONFTEST = """from tests.pages import built
built.build = lambda folder: "guides/a.md:3: WARNING: case pip/new is on no page"
pytest_plugins = ["tests.pages.built"]
"""
TESTS = """import pytest

@pytest.mark.parametrize("number", range(20))
def test_of_the_site(site, number): ...

@pytest.mark.parametrize("number", range(20))
def test_without_it(number): ...
"""


@pytest.mark.parametrize("options", [[], ["-n", "2", "--maxschedchunk", "1"]], ids=["alone", "workers"])
def test_a_site_that_does_not_build_is_one_error(tmp_path: Path, options: list[str]) -> None:
    """If the site does not build, one of the tests that need it reports why, and the run ends as failed."""
    for name, text in (("conftest.py", CONFTEST), ("test_a.py", TESTS), ("pytest.ini", "[pytest]\n")):
        (tmp_path / name).write_text(text)
    argv = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for name in ("PYTEST_XDIST_WORKER", "CI", "BUILD_NUMBER"):  # in CI a message is printed twice
        environment.pop(name, None)
    done = subprocess.run(argv, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert done.stdout.count("WARNING: case pip/new is on no page") == 1
    assert built.UNBUILT in done.stdout
    counted = {what: int(n) for n, what in re.findall(r"(\d+) (passed|failed|error|skipped)", done.stdout)}
    assert counted.pop("error") == 1
    assert counted.get("failed", 0) == 0 and sum(counted.values()) < 30
