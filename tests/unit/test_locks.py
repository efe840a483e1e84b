"""The lock files are complete, hashed, and equal to the groups in pyproject.toml."""

import re
import tomllib

import pytest

from handbook.cases.clients import ENVIRONMENTS
from handbook.tools.environments import INDEX_SERVERS, ROOT

GROUPS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]


@pytest.mark.parametrize("name", [*ENVIRONMENTS, INDEX_SERVERS])
def test_lock_has_hashes_and_no_address(name):
    """Every requirement in a lock file has hashes, and no lock file names an index or a path."""
    text = (ROOT / f"locks/{name}.txt").read_text(encoding="utf-8")
    requirements = [line for line in text.split("\n") if re.match(r"[a-z]", line)]
    entries = re.findall(
        r"^[a-z][\w.-]*==[^\n]*\\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", text, re.MULTILINE
    )
    assert requirements and len(entries) == len(requirements)
    assert "/" not in text and "--index" not in text


def test_locks_and_groups_are_the_same_names():
    """There is exactly one lock file for each group in pyproject.toml and each environment."""
    assert set(GROUPS) == {path.stem for path in (ROOT / "locks").iterdir()}
    assert set(GROUPS) == {*ENVIRONMENTS, INDEX_SERVERS}


@pytest.mark.parametrize("name", [*ENVIRONMENTS, INDEX_SERVERS])
def test_lock_holds_the_pins_of_its_group(name):
    """Every requirement of a group is an exact pin, and its lock file has that version."""
    locked = re.findall(r"^([a-z][\w.-]*==[^ ;\\]+)", (ROOT / f"locks/{name}.txt").read_text(), re.MULTILINE)
    assert set(GROUPS[name]) <= set(locked)
