"""Every case, as printed, by the real client; what passes here is what the pages call checked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from checks import run
from checks.case import Case, all_cases
from checks.observation import compare
from tests.conftest import ROOT

CASES = all_cases(ROOT)
RUN = [case for case in CASES if case.checked is None]
# Failures that one client words alike although their causes differ, and why it does.
COLLISIONS = {
    frozenset(
        {
            "pip/fail-explicit-index",
            "pip/fail-keyring-no-input",
            "pip/fail-missing-feed",
            "pip/fail-missing-project",
            "pip/fail-no-credential",
            "pip/fail-no-role",
            "pip/fail-pipeline-identity",
            "pip/fail-unknown-package",
            "pip/fail-upload-url",
        }
    ): "pip says why it got no page only with -vv; a 401 to a credential is the one exception",
    frozenset(
        {
            "pip/fail-expired-token",
            "pip/fail-file-over-variable",
            "pip/fail-url-over-netrc",
            "pip/fail-variable-over-conf",
            "pip/fail-wrong-token",
        }
    ): "pip says that the feed refuses a token, not why, and not where it found the token",
    frozenset(
        {"uv/fail-expired-first-index", "uv/fail-url-token"}
    ): "uv says 401 to a wrong and to an expired token alike, wherever it found it",
    frozenset(
        {
            "uv/fail-expired-token",
            "uv/fail-keyring-user",
            "uv/fail-variable-name",
            "uv/fail-wrong-token",
        }
    ): "uv says that it has no valid credential, not whether it sent one, and not what the feed said to it",
    frozenset({"uv/fail-missing-feed", "uv/fail-unknown-package"}): "uv does not tell one 404 from another",
    frozenset(
        {
            "poetry/fail-expired-token",
            "poetry/fail-no-role",
            "poetry/fail-old-repository",
            "poetry/fail-wrong-token",
        }
    ): "Poetry has one line for 401 and 403, and says neither which it was nor where it found the token",
    frozenset({"poetry/fail-missing-feed", "poetry/fail-unknown-package"}): "Poetry reads no 404's text",
}


@pytest.mark.parametrize("case", RUN, ids=lambda case: case.name)
def test_case(case: Case, laboratory: run.Laboratory, tmp_path: Path, record_property) -> None:
    """The case does what its page says, and no other case of its client expects the same."""
    record_property("case", case.name)
    seen = run.observe(laboratory, [case], tmp_path / "run")
    assert compare(seen, case) == []
    for other in RUN:
        if other.client == case.client and other != case:
            assert compare(seen, other, output=False), f"{other.name} expects what {case.name} does"
    record_property("proof", run.proof_of(ROOT, case, seen))


def test_twins_agree() -> None:
    """pip, uv and Poetry ask the same hosts for the same package and install the same file."""
    twins = [case for case in RUN if case.name.endswith("/install-env")]
    assert {case.client for case in twins} == {"pip", "uv", "poetry"}
    assert len({str((case.asked, case.result, case.given)) for case in twins}) == 1


def said(case: Case) -> str:
    """Return how a client words a failure if not asked for more, whatever the package's name is.

    pip marks its errors and warnings; of the other clients it is all that they print.
    """
    marked = re.findall(r"^(?:ERROR|WARNING): .+", case.output, re.MULTILINE)
    return re.sub(r"contoso-[a-z]+", "contoso-name", "\n".join(marked) or case.output)


def test_different_failures_look_different() -> None:
    """Failures of one client that are worded alike are exactly those of the table of collisions."""
    worded: dict[tuple[str, str], set[str]] = {}
    for case in RUN:
        if case.verb == "fail":
            assert case.output is not None, f"{case.name} has no output.txt"
            worded.setdefault((case.client, said(case)), set()).add(case.name)
    assert {frozenset(names) for names in worded.values() if len(names) > 1} == set(COLLISIONS)


def test_uv_installs_from_the_feed_as_it_was(tmp_path: Path) -> None:
    """Where HEAD is refused, as up to mid-2025, uv fetches the whole file and installs the same."""
    case = next(case for case in RUN if case.name == "uv/install-explicit")
    with run.Laboratory(ROOT, parts=run.BEFORE) as laboratory:
        seen = run.observe(laboratory, [case], tmp_path / "run")
    assert (seen.exit, seen.faults, seen.refused) == (0, [], ["405"])
    assert seen.installed == case.result["installed"]
