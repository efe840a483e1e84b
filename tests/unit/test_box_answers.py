"""The box answers the same when lines are cut or added, and says what is no failure of a feed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from py_mini_racer import MiniRacer

from handbook.site.box import patterns
from tests.conftest import ROOT
from tests.unit.test_matching import COMMON, ENTRIES, HOLDS, INDEX, QUIET, RUNS, Box, pairs

LOGS = ROOT / "tests" / "unit" / "logs"  # ten lines above and ten below a line of -----
LINES = (ROOT / "tests" / "unit" / "foreign-lines.txt").read_text(encoding="utf-8").splitlines()
HARMLESS = "Resolved 31 packages in 0.87ms"
OTHERS = {  # what somebody pastes -> which kind it is
    "npm ERR! code E401\nnpm ERR! Unable to authenticate": "npm",
    "npm http fetch GET 401 https://pkgs.dev.azure.com/contoso/_packaging/internal/npm/a 94ms": "npm",
    "error NU1301: Unable to load the service index for source https://a.example/": "nuget",
    "error NU1101: Unable to find package Contoso.Utils": "nuget",
    "Could not transfer artifact com.contoso:tools:pom:1.0 from/to internal": "maven",
    "    Updating crates.io index\nerror: failed to select a version for the requirement `a`": "cargo",
    "ERROR: Cannot install a and b because these package versions have conflicting dependencies.": "conflict",
    "ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/": "conflict",
    "  Because app depends on both pytest (^5) and pytest (^7), version solving failed.": "conflict-poetry",
    "cause: Because a==1.0 depends on b>2 and you require b<2, we can conclude that your requirements are"
    " unsatisfiable.": "conflict-uv",
    "  ERROR: Failed building wheel for lxml": "build",
    "× Getting requirements to build wheel did not run successfully.\n│ exit code: 1": "build",
    "error: command 'gcc' failed with exit code 1": "build",
}


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    """Give the scripts, loaded once."""
    with MiniRacer() as engine:
        yield Box(engine)


def outputs() -> list[tuple[str, str, str]]:
    """Return entry, name and text of the outputs that entries name, those of failures on Windows, too."""
    found = []
    for entry, case in RUNS:
        found.append((entry.name, case.name, case.output))
        there = case.on("windows")
        if (
            case.runs_on("windows")
            and case.verb == "fail"
            and there.exit == case.exit
            and case.windows_output
        ):
            found.append((entry.name, f"{case.name} on Windows", case.windows_output))
    return found


# What is left of these without their ends tells something, but outputs of other entries print it as well.
SHARED = {
    *("hatch/fail-no-token", "hatch/fail-wrong-token"),
    *("uv/fail-authenticate", "uv/fail-publish-token", "uv/fail-publish-version", "uv/fail-read-token"),
}


def told(name: str, text: str) -> set[str]:
    """Return the entry's lines in a text that neither a success nor a failure of any cause prints."""
    lines = set(patterns.gapped(text)) & HOLDS[name] - QUIET
    return {line for line in lines if len(re.findall(r"\w+", line)) > 2 and pairs(line) - COMMON}


def without_ends(text: str) -> str:
    """Return a text without its first and its last line."""
    return "\n".join(text.splitlines()[1:-1])


def missed(box: Box, change: Callable[[str], str]) -> dict[str, list[str]]:
    """Return the outputs that, so changed, have no entry among the first three, and what they have there."""
    found = {}
    for name, case, text in outputs():
        got = box.find(change(text))[:3]
        if name not in got:
            found[case] = got
    return found


def test_windows_is_among_the_outputs() -> None:
    """There are outputs of Windows that differ from those of Linux."""
    assert len(outputs()) > len(RUNS)


def test_an_output_without_its_ends_finds_its_entry(box: Box) -> None:
    """Without its first and its last line an output finds its entry, unless nothing is left that tells it.

    Where only lines of a success or of any failure are left, it finds nothing rather than something else.
    What outputs of other entries print as well may find those.
    """
    named = {case: (name, without_ends(text)) for name, case, text in outputs()}
    lost = missed(box, without_ends)
    telling = {case: told(*named[case]) for case in lost}
    assert {case: telling[case] for case in lost if telling[case] and case not in SHARED} == {}
    assert {case: lost[case] for case in lost if lost[case] and case not in SHARED} == {}
    for case in SHARED:
        entry = named[case][0]
        others = [lines for name, lines in HOLDS.items() if name != entry]
        assert case in lost and telling[case], case
        assert all(any(line in lines for lines in others) for line in telling[case]), case


@pytest.mark.parametrize("file", sorted(LOGS.glob("*.txt")), ids=lambda file: file.stem)
def test_an_output_in_a_log_finds_its_entry(box: Box, file: Path) -> None:
    """Between ten lines of a usual log and ten more an output finds its entry; the log alone finds none."""
    above, below = file.read_text(encoding="utf-8").split("-----\n", 1)
    assert (above.count("\n"), below.count("\n")) == (10, 10)
    assert box.find(above + below) == []
    assert missed(box, lambda text: f"{above}{text.rstrip()}\n{below}") == {}


def test_a_harmless_line_drops_no_answer(box: Box) -> None:
    """What a message finds among the first three it also finds below a line that says nothing."""
    texts = [(one.name, line) for one in ENTRIES for line in [one.message, *one.message.strip().splitlines()]]
    known = [(name, text) for name, text in texts if name in box.find(text)[:3]]
    assert len(known) > len(ENTRIES)
    assert [text for name, text in known if name not in box.find(f"{HARMLESS}\n{text}")[:3]] == []


@pytest.mark.parametrize("line", INDEX["common"])
def test_what_any_failure_prints_names_no_entry(box: Box, line: str) -> None:
    """A line that failures of any cause print finds nothing by itself."""
    assert box.find(line.replace(patterns.GAP, "contoso")) == []


def test_a_line_of_another_program_is_not_known(box: Box) -> None:
    """Single lines of other programs find nothing, nor below a line that says nothing."""
    assert len(LINES) > 40
    assert {
        line: found for line in LINES if (found := box.find(line) + box.find(f"{HARMLESS}\n{line}"))
    } == {}


def answer(box: Box, text: str) -> dict:
    """Return what the box answers: entries, and what a text is that is nothing of a feed."""
    return json.loads(box.engine.eval(f"JSON.stringify(handbookMatch.answer(known, {json.dumps(text)}))"))


@pytest.mark.parametrize(("text", "kind"), OTHERS.items())
def test_what_is_not_the_feed_is_called_so(box: Box, text: str, kind: str) -> None:
    """A conflict, a failed build and another tool's message are named, without an entry."""
    found = answer(box, text)
    assert (found["other"] or {}).get("name") == kind and found["entries"] == []


@pytest.mark.parametrize("text", ["401", "403 Forbidden", "HTTP Error 404: Not Found", "status code: 500"])
def test_a_status_alone_leads_to_the_table(box: Box, text: str) -> None:
    """A status with nothing but its usual words leads to the table of statuses; with others it does not."""
    assert answer(box, text)["other"]["page"] == "guides/reference/statuses"
    assert answer(box, f"{text} of the weather")["other"] is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("$ uv sync\nnever seen before", "This looks like uv"),
        ("pip says what nobody has seen", "This looks like pip"),
        ("uv pip install never seen", "This looks like uv"),
        ("##[error]never seen", "This is a pipeline's log"),
        ("Keyring provider set: subprocess with executable /usr/bin/keyring", "pip prints this line with -v"),
        ("never seen before", ""),
    ],
)
def test_an_unknown_text_is_asked_about(box: Box, text: str, says: str) -> None:
    """Of a text that it does not know the box says what to paste, for the client that it recognises."""
    said = box.engine.eval(f"handbookMatch.more(known, {json.dumps(text)})")
    assert said.startswith(says) and bool(said) == bool(says)
