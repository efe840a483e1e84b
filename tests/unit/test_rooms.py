"""The rooms of the code: who may know whom, and names that mean one thing."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath

import pytest

from handbook.cases.closure import imported
from tests.conftest import ROOT

# room -> the rooms that it may import
MAY = {
    "cases": set(),
    "feed": set(),
    "runner": {"cases", "feed"},
    "site": {"cases"},
    "tools": {"cases", "feed", "runner"},
}
MODULES = sorted(file.relative_to(ROOT).as_posix() for file in (ROOT / "handbook").rglob("*.py"))


def room(name: str) -> str:
    """Return the room of a module, "" for one of the package itself; `name` has slashes or dots."""
    parts = PurePosixPath(name.replace(".", "/")).parts
    return parts[1] if len(parts) > 2 and parts[1] in MAY else ""


def test_the_code_has_these_rooms() -> None:
    """The package has five rooms, and no code beside them but what starts it."""
    assert {room(name) for name in MODULES} - {""} == set(MAY)
    assert {name for name in MODULES if not room(name)} == {"handbook/__init__.py", "handbook/__main__.py"}


@pytest.mark.parametrize("name", [name for name in MODULES if room(name)])
def test_a_room_knows_only_what_it_may(name: str) -> None:
    """A module imports nothing of a room that its own may not know, and nothing of the tests."""
    own = room(name)
    known = {one for one in imported(ROOT, name) if one.startswith(("handbook.", "tests."))}
    wrong = {one for one in known if one.startswith("tests.") or room(one) not in MAY[own] | {own, ""}}
    assert wrong == set(), f"{name}: see the table of tests/unit/test_rooms.py"


def test_no_module_name_means_two_things() -> None:
    """No two modules have one name, and none has the name of a room."""
    names = Counter(PurePosixPath(name).stem for name in MODULES)
    doubled = {name for name, number in names.items() if number > 1} - {"__init__"}
    assert doubled | (set(names) & {*MAY, "handbook", "tests"}) == set()
