"""The paste box finds the right entry for every recorded output, however distorted, none for other text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from py_mini_racer import MiniRacer

from handbook.cases.case import Case
from handbook.cases.entry import Entry, all_entries
from handbook.site.box import patterns
from tests import every
from tests.conftest import ROOT
from tests.unit import distort

CASES = {case.name: case for case in every.CASES}
ENTRIES = all_entries(ROOT)
INDEX = patterns.known(ENTRIES, list(CASES.values()))
RUNS = [(entry, CASES[name]) for entry in ENTRIES for name in entry.cases]
UNKNOWN = ROOT / "tests" / "unit" / "unknown"


class Box:
    """The site's own scripts, in one JavaScript engine for all tests."""

    def __init__(self, engine: MiniRacer) -> None:
        self.engine = engine
        for script in ("mask.js", "match.js"):
            engine.eval((ROOT / "_static" / script).read_text(encoding="utf-8"))
        engine.eval(f"const known = handbookMatch.prepare({json.dumps(INDEX)})")

    def find(self, text: str) -> list[str]:
        """Return the names of the matching entries, best first; secrets are hidden first, as on a page."""
        call = f"handbookMatch.find(known, handbookMask({json.dumps(text)})).map((one) => one.entry.name)"
        return json.loads(self.engine.eval(f"JSON.stringify({call})"))

    def mask(self, text: str) -> str:
        """Return the text without its secrets."""
        return self.engine.eval(f"handbookMask({json.dumps(text)})")


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    """Provide the scripts, loaded once."""
    with MiniRacer() as engine:
        yield Box(engine)


def test_every_recorded_output_finds_its_entry(box: Box) -> None:
    """The output of each case that an entry names finds that entry first."""
    assert RUNS
    found = {case.name: box.find(case.output)[:1] for _, case in RUNS}
    assert {name: f for (e, c), (name, f) in zip(RUNS, found.items(), strict=True) if f != [e.name]} == {}


def test_a_failure_on_windows_finds_its_entry(box: Box) -> None:
    """The output of a failing case on Windows finds its entry first, even with a space in the login name."""
    there = [(entry, case.on("windows")) for entry, case in RUNS if case.runs_on("windows")]
    failures = [
        (entry, case) for entry, case in there if case.verb == "fail" and case.exit == CASES[case.name].exit
    ]
    found = {case.name: box.find(distort.windows(case.output))[:1] for _, case in failures}
    assert {c.name: found[c.name] for e, c in failures if found[c.name] != [e.name]} == {}


def test_a_windows_path_is_one_with_a_blank() -> None:
    """The distortion for Windows changes paths to a home on Windows and line ends, and keeps URLs."""
    text = "at /home/az/a.toml, ~/.b, ./c/d, https://a.example/e/f\n"
    home = "C:\\Users\\Contoso User"
    said = f"at {home}\\a.toml, {home}\\.b, .\\c\\d, https://a.example/e/f\r\n"
    assert distort.windows(text) == said


HOLDS = {one["name"]: set(one["lines"]).union(*one["keys"]) for one in INDEX["entries"]}
QUIET = set(INDEX["quiet"])


def pairs(line: str) -> set[tuple[str, str]]:
    """Return the pairs of neighbouring words of a line."""
    told = re.findall(r"\w+", line)
    return set(zip(told, told[1:], strict=False))


COMMON = {pair for line in INDEX["common"] for pair in pairs(line)}


def undecided(text: str, before: list[str]) -> bool:
    """Return whether a cut text is ambiguous: it has no words of its own, or all `before` print it too."""
    told = patterns.TRACE.sub("", text)
    said = {line for line in set(patterns.gapped(told)) - QUIET if re.search(r"\w \w", line)}
    return not said or bool(before) and all(said <= HOLDS[name] for name in before)


# Of these outputs the cut leaves only lines that failures of any cause print: no entry may be named by them.
LOST = {
    "first three lines": {
        *("nox/fail-variable-again", "nox/fail-wrong-token", "pip/fail-build-requirement"),
        *(
            "pre-commit/fail-build-tool",
            "pre-commit/fail-wrong-token",
            "uv/fail-broken-cache",
            "uv/fail-export",
        ),
        *("uv/fail-no-version", "uv/fail-platform", "uv/fail-prerelease", "uv/fail-tool-upgrade"),
    },
    "last three lines": {
        *("tox/fail-token-not-passed", "tox/fail-variable-again", "tox/fail-wrong-token"),
        *("tox-uv/fail-wrong-token", "twine/fail-index-url"),
    },
}


@pytest.mark.parametrize("kind", distort.DISTORTIONS)
def test_a_distorted_output_finds_its_entry(box: Box, kind: str) -> None:
    """An output that is cut, wrapped, prefixed, coloured or renamed is found among the first three."""
    missed = {}
    for entry, case in RUNS:
        text = distort.DISTORTIONS[kind](case.output)
        found = box.find(text)[:3]
        if entry.name not in found and not ("lines" in kind and undecided(text, found)):
            missed[case.name] = found
    assert {name: found for name, found in missed.items() if found} == {}
    assert set(missed) == LOST.get(kind, set())


def test_the_end_of_a_very_long_log_is_looked_at(box: Box) -> None:
    """The end of a log counts if the log is longer than the part that is searched."""
    for entry, case in RUNS[:: len(RUNS) // 3]:
        assert entry.name in box.find(distort.after_much(case.output, 4000))[:3], case.name


def telling(entry: Entry, case: Case) -> str:
    """Return the message's line that the case prints and the fewest entries have; of several, the longest."""
    output = [line for line in case.output.splitlines() if pairs(line) - COMMON or not pairs(line)]
    output = [line for line in output if line.strip()]
    said = [line for line in output if set(patterns.gapped(line)) <= set(patterns.gapped(entry.message))]
    own = [line for line in output if not set(patterns.gapped(line)) <= QUIET]
    return min(said or own, key=lambda line: (shared(line), -len(line)))


def shared(line: str) -> int:
    """Return the number of entries that have a line."""
    return sum(set(patterns.gapped(line)) <= lines for lines in HOLDS.values())


def test_the_most_telling_line_finds_its_entry(box: Box) -> None:
    """The most specific line of an output finds its entry among the first three."""
    found = {case.name: (entry.name, box.find(telling(entry, case))[:3]) for entry, case in RUNS}
    assert {name: f for name, (right, f) in found.items() if right not in f} == {}


def test_every_message_and_title_finds_its_entry(box: Box) -> None:
    """A message finds its entry first, even under other names, and a title among the first three."""
    for entry in ENTRIES:
        for text in (entry.message, distort.renamed(entry.message)):
            assert box.find(text)[:1] == [entry.name], text
    missed = {entry.name: box.find(entry.title)[:3] for entry in ENTRIES}
    assert {name: found for name, found in missed.items() if name not in found} == {}


def test_every_other_wording_finds_its_entry(box: Box) -> None:
    """The wording of another version finds the entry among the first three."""
    found = {(one.text, entry.name): box.find(one.text)[:3] for entry in ENTRIES for one in entry.wordings}
    assert {text: f for (text, name), f in found.items() if name not in f} == {}


def test_a_successful_run_is_not_known(box: Box) -> None:
    """The output of a case that succeeds finds nothing, unless it contains a line of a message."""
    said = {line for one in INDEX["entries"] for key in one["keys"] for line in key}
    quiet = [
        c
        for c in CASES.values()
        if patterns.succeeds(c)
        and c.output
        and c.name != "pip/install-version-check"  # it prints a message in passing, which its entry explains
        and not said & set(patterns.gapped(c.output))
    ]
    assert len(quiet) > 60
    assert {case.name: found for case in quiet if (found := box.find(case.output))} == {}


@pytest.mark.parametrize("file", sorted(UNKNOWN.glob("*.txt")), ids=lambda file: file.stem)
def test_an_unknown_text_is_not_known(box: Box, file: Path) -> None:
    """Another tool's error, or any other text, finds nothing."""
    assert box.find(file.read_text(encoding="utf-8")) == []
