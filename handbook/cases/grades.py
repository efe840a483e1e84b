"""Grades: how good the evidence of a recorded answer is, and what a run that rests on several is worth.

The evidence is in tests/evidence/. A fact names it (tests/facts/fact.py), and `make record` writes the fact's
grade into the file provenance.json beside its recorded answer.
"""

import json
from collections.abc import Iterable
from pathlib import Path

PROVENANCE = "provenance.json"
GRADES = {  # best to worst, with the words that a reader sees
    "local": "no server asked",
    "live": "recorded live",
    "documented": "documented",
    "captured": "captured in public",
    "sibling": "captured for a sibling protocol",
    "inferred": "inferred",
}


class GradeError(ValueError):
    """A provenance file that cannot be read; the message is one line: `path: what is wrong: cure`."""


def weakest(found: Iterable[str]) -> str:
    """Return the worst of the grades, of which there must be at least one."""
    return max(found, key=list(GRADES).index)


def of_run(answers: Iterable[str], kinds: Iterable[str]) -> str:
    """Return the grade of a run, given the grades of its answers and the kinds of host that it asked."""
    index = ["documented"] if {"public-index", "identity"} & set(kinds) else []
    return weakest([*answers, *index] or ["local"])


def of_answers(folder: Path) -> dict[str, str]:
    """Return the grade of each cassette in a folder, from the provenance file beside them."""
    file = folder / PROVENANCE
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
        found = {cassette.name: entries[cassette.name]["grade"] for cassette in folder.glob("*.yaml")}
        weakest(found.values())  # raises ValueError for an unknown grade
        return found
    except (OSError, ValueError, KeyError, TypeError):
        raise GradeError(f"{file}: missing or broken: record the feed with `make record`") from None
