"""What a fact is: one test that asks the feed one thing, and the evidence that it names."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

import pytest

from checks.proof import weakest

EVIDENCE = Path(__file__).parent / "evidence"


@functools.cache
def evidence() -> dict[str, dict]:
    """Return every transcription, by its file's name without the ending."""
    return {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(EVIDENCE.glob("*.toml"))
    }


def fact(*names: str, inferred: str = "") -> pytest.MarkDecorator:
    """Mark a test as a fact that rests on the named evidence, or say from what it is inferred.

    Its grade is the weakest of the evidence it names; an unknown name is an error at collection.
    Where sources disagree a fact names them all and is inferred, because none of them carries it alone.
    """
    if not names and not inferred:
        raise ValueError("a fact names its evidence or says from what it is inferred")
    for name in names:
        if name not in evidence():
            raise ValueError(f"tests/evidence/{name}.toml does not exist: correct the name or add the file")
    grade = "inferred" if inferred else weakest(evidence()[name]["grade"] for name in names)
    return pytest.mark.fact(evidence=names, inferred=inferred, grade=grade)
