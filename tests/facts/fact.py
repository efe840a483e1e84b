"""Definition of a fact: a test that checks one statement about the feed and names its evidence.

The rights of each credential class are written out here. The code under test has its own rules for them, and
the two meet only in the feed's answers.
"""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

import pytest

from handbook.cases.grades import weakest

EVIDENCE = Path(__file__).parents[1] / "evidence"
# Each credential class: whether it may read, save a version from an upstream source, publish.
MAY = {
    "none": (False, False, False),
    "wrong": (False, False, False),
    "expired": (False, False, False),
    "no-role": (False, False, False),
    "reader-read": (True, False, False),
    "reader-write": (True, False, False),
    "collaborator-read": (True, False, False),
    "collaborator-write": (True, True, False),
    "contributor-read": (True, False, False),
    "contributor-write": (True, True, True),
}
READERS = [name for name, (reads, _, _) in MAY.items() if reads]
SAVERS = [name for name, (_, saves, _) in MAY.items() if saves]
NO_SAVERS = [name for name in READERS if name not in SAVERS]
NO_PUBLISHERS = [name for name, (reads, _, publishes) in MAY.items() if reads and not publishes]


@functools.cache
def evidence() -> dict[str, dict]:
    """Return every transcription, keyed by its file's name without the extension."""
    return {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(EVIDENCE.glob("*.toml"))
    }


def fact(*names: str, inferred: str = "") -> pytest.MarkDecorator:
    """Mark a test as a fact that rests on the named evidence, or state the basis of an inference.

    The fact's grade is the weakest of its evidence; an unknown name is an error at collection. If sources
    disagree, a fact names them all and is inferred, because none of them supports it alone.
    """
    if len(names) == 1 if inferred else not names:
        raise ValueError(
            "a fact names its evidence or says from what it is inferred; with both, all that disagree"
        )
    for name in names:
        if name not in evidence():
            raise ValueError(f"tests/evidence/{name}.toml does not exist: correct the name or add the file")
    grade = "inferred" if inferred else weakest(evidence()[name]["grade"] for name in names)
    return pytest.mark.fact(evidence=names, inferred=inferred, grade=grade)
