"""The tutorial's commands run from the first line to the last, in order, in one shell and one home."""

from __future__ import annotations

from pathlib import Path

from handbook.cases.case import Case, load
from handbook.runner import run
from tests.conftest import ROOT
from tests.unit.shape import DIRECTIVE

PAGE = ROOT / "guides" / "first-package.md"


def steps() -> list[Case]:
    """Return the cases of the tutorial in the order in which the page prints them."""
    names = [name for kind, name in DIRECTIVE.findall(PAGE.read_text(encoding="utf-8")) if kind == "case"]
    return [load(ROOT / "snippets" / name) for name in names]


def test_tutorial(laboratory: run.Laboratory, tmp_path: Path) -> None:
    """From an empty home and an empty feed, all steps together do what each of them says."""
    cases = steps()
    seen = run.observe(laboratory, cases, tmp_path / "run", provided=False)
    assert (seen.exit, seen.faults, seen.refused) == (0, [], [])
    assert seen.installed == {
        what: kind for case in cases for what, kind in case.result.get("installed", {}).items()
    }
    assert seen.uploaded == sorted(file for case in cases for file in case.result.get("uploaded", []))
    assert seen.asked == {"feed": ["contoso-greeting"], "file-store": ["contoso-greeting"]}
    assert seen.output.count("Hello from the feed\n") == 3


def test_each_step_finds_what_an_earlier_one_made() -> None:
    """What a step takes for granted when it runs alone, an earlier step of the tutorial provides."""
    done: list[str] = []
    uploaded: set[str] = set()
    for case in steps():
        assert set(case.given.get("after", [])) <= set(done), case.name
        assert set(case.given.get("feed", [])) <= uploaded, case.name
        assert not case.given.get("dist"), case.name
        done.append(case.name)
        uploaded |= set(case.result.get("uploaded", []))
    assert len(done) >= 6
