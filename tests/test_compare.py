"""What a comparison of a run with its case reports."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks.observation import Observation, compare
from tests.every import CASES

EXPECTED = {
    "exit": 1,
    "asked": {"feed": ["contoso-utils"], "file-store": ["contoso-utils"]},
    "installed": {"contoso-utils 1.1.0": "file-store"},
    "uploaded": ["a.whl"],
    "refused": ["401"],
    "sent": ["wrong"],
    "written": ["~/.netrc"],
}
CASE = replace(
    next(case for case in CASES if case.client == "pip"),
    **{key: EXPECTED[key] for key in ("exit", "asked")},
    result={"printed": ["said"]} | {key: EXPECTED[key] for key in EXPECTED if key not in ("exit", "asked")},
    output="said\n",
)
KEPT = {"exchanges": [], "faults": [], "cassettes": [], "rests_on": [], "grade": "documented"}
SEEN = Observation(**EXPECTED, **KEPT, output="said\n", seconds=0.0, bare_seconds=0.0)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"exit": 0}, "exit"),
        ({"asked": {**EXPECTED["asked"], "public-index": ["contoso-utils"]}}, "asked"),
        ({"installed": {"contoso-utils 1.1.0": "public-index"}}, "installed"),
        ({"installed": {"contoso-utils 1.0.0": "file-store"}}, "installed"),
        ({"uploaded": []}, "uploaded"),
        ({"refused": ["403"]}, "refused"),
        ({"sent": ["unknown"]}, "sent"),
        ({"written": []}, "written"),
        ({"written": ["output", "~/.netrc"]}, "written"),
        ({"faults": ["a fault"]}, "a fault"),
        ({"output": "said\nmore\n"}, "output.txt"),
    ],
)
def test_each_difference_is_reported(change: dict[str, object], word: str) -> None:
    """A change to any part of an observation is one difference that begins with the part's name."""
    (line,) = compare(replace(SEEN, **change), CASE)
    assert line.startswith(word)


def test_equal_is_no_difference() -> None:
    """An observation that meets the case is proved; a case without a quoted output does not compare it."""
    assert compare(SEEN, CASE) == []
    assert compare(replace(SEEN, output="said\nmore\n"), replace(CASE, output=None)) == []
    assert compare(replace(SEEN, output="said\nmore\n"), CASE, output=False) == []


def test_unquoted_warning_is_a_difference() -> None:
    """A warning of the client that the case does not quote is a difference; a quoted one is none."""
    seen = replace(SEEN, output="said\nwarning: old\n")
    (line,) = compare(seen, CASE, output=False)
    assert line == "the client warned, and no page says so: warning: old"
    assert compare(seen, replace(CASE, output=seen.output)) == []


def test_what_a_command_must_print() -> None:
    """A line that a case promises and the client does not print is a difference, quoted output or not."""
    (line,) = compare(replace(SEEN, output="unsaid\n"), CASE, output=False)
    assert line == "printed: no line says 'said'"


def test_every_given_credential_is_sent() -> None:
    """Where a case does not say what is sent, each credential that it gives must reach the feed."""
    case = replace(CASE, result={**CASE.result, "sent": []}, credential={"AZURE_ARTIFACTS_TOKEN": "expired"})
    assert [line.partition(":")[0] for line in compare(SEEN, case)] == ["sent"]
    del case.result["sent"]
    assert compare(replace(SEEN, sent=["expired"]), case) == []
    assert compare(SEEN, case) == ["sent: expected ['expired'], saw ['wrong']"]
