"""The packages of the code (rooms): which may import which, and module names without a second meaning."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath

import pytest

from handbook.cases.closure import imported
from tests.conftest import ROOT

# package -> the packages that it may import
MAY = {
    "cases": set(),
    "feed": set(),
    "runner": {"cases", "feed"},
    "site": {"cases"},
    "tools": {"cases", "feed", "runner"},
}
MODULES = sorted(file.relative_to(ROOT).as_posix() for file in (ROOT / "handbook").rglob("*.py"))


def room(name: str) -> str:
    """Return the package of a module, or "" for a top-level one; `name` has slashes or dots."""
    parts = PurePosixPath(name.replace(".", "/")).parts
    return parts[1] if len(parts) > 2 and parts[1] in MAY else ""


def test_the_code_has_these_rooms() -> None:
    """The code has five packages, and besides them only the modules that start it."""
    assert {room(name) for name in MODULES} - {""} == set(MAY)
    assert {name for name in MODULES if not room(name)} == {"handbook/__init__.py", "handbook/__main__.py"}


@pytest.mark.parametrize("name", [name for name in MODULES if room(name)])
def test_a_room_knows_only_what_it_may(name: str) -> None:
    """A module imports nothing from a package that its own may not import, and nothing from the tests."""
    own = room(name)
    known = {one for one in imported(ROOT, name) if one.startswith(("handbook.", "tests."))}
    wrong = {one for one in known if one.startswith("tests.") or room(one) not in MAY[own] | {own, ""}}
    assert wrong == set(), f"{name}: see the table of tests/unit/test_rooms.py"


def test_no_module_name_means_two_things() -> None:
    """No two modules have the same name, and none has the name of a package."""
    names = Counter(PurePosixPath(name).stem for name in MODULES)
    doubled = {name for name, number in names.items() if number > 1} - {"__init__"}
    assert doubled | (set(names) & {*MAY, "handbook", "tests"}) == set()
