"""Every case and its mutants, read and generated once for all tests of a process."""

from __future__ import annotations

import functools
from pathlib import Path

from handbook.cases.case import all_cases
from handbook.tools.operators import Mutant, mutants

CASES = all_cases(Path(__file__).parents[1])


@functools.cache
def mutants_of(name: str) -> list[Mutant]:
    """Return every mutant of the case with that name."""
    return mutants(next(case for case in CASES if case.name == name))
