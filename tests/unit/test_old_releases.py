"""The page about old releases: how a record's differences are told, and which releases a line names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from handbook.cases import version_record
from handbook.cases.case import load
from handbook.cases.version_record import OTHERWISE, SAME, UNMEASURED, UNTRIED, WORDS, Record, Span, Subject
from handbook.site.domain import version_ranges
from handbook.site.tables import old_releases
from handbook.site.tables.old_behaviour import told
from tests.conftest import ROOT

GOOD = load(ROOT / "snippets" / "uv" / "install-env")
GOOD = replace(GOOD, exit=0, asked={"feed": ["contoso-utils"]})
BAD = replace(GOOD, exit=7)
UNASKED = "does not ask the feed for contoso-utils"


@pytest.mark.parametrize(
    ("what", "good", "bad"),
    [
        ("exit 1", "fails", "fails in another way"),
        ("exit 0", None, "ends without an error"),
        (f"exit 1; {UNASKED}; is not refused; sends no credential", *2 * ["fails before it asks the feed"]),
        (f"{UNASKED}; sends no credential", "asks the feed nothing", "fails before it asks the feed"),
        ("exit 1; does not install idna 3.11; sends no credential", "fails and sends no token", None),
        ("exit 1; is answered 401; sends no credential; uploads less", "fails and sends no token", None),
        ("is answered 409; uploads less", "gets a 409 and doesn't upload everything", None),
        (
            "installs contoso-utils 1.1.0 from the file store",
            "installs contoso-utils 1.1.0 from the feed",
            None,
        ),
        ("does not ask PyPI for its pages, idna", "doesn't ask PyPI for idna", None),
        ("does not ask the feed for contoso-tools", "doesn't ask the feed for contoso-tools", None),
        (
            "exit 2; the client asked for a user name or a password",
            "asks for a user name or a password and fails",
            None,
        ),
    ],
)
def test_what_differs_is_told_in_two_results(what: str, good: str | None, bad: str | None) -> None:
    """At most two results are told, the most telling first, and none that follows from another."""
    span = Span("1", "1", 1, OTHERWISE, what)
    assert good is None or told(span, GOOD) == good
    assert bad is None or told(span, BAD) == bad


@pytest.mark.parametrize(
    ("unsafe", "words"),
    [
        ("asks PyPI for contoso-utils", "asks PyPI for a private name"),
        ("asks PyPI for idna", "asks PyPI for idna"),
        (
            "asks PyPI for contoso-a; installs contoso-a 9.9.9 from PyPI",
            "asks PyPI for a private name and installs the stranger's package",
        ),
        ("leaves the token in its output", "leaves the token in its output"),
    ],
)
def test_of_what_is_not_safe_nothing_else_is_told(unsafe: str, words: str) -> None:
    """If a safety claim fails, that is told and nothing else."""
    assert told(Span("1", "1", 1, OTHERWISE, f"exit 0; {unsafe}", unsafe), BAD) == words


TRIED = ("1.0", "1.2", "2.0", "2.1", "3.0", "3.1")


def listing(monkeypatch: pytest.MonkeyPatch, *spans: Span, untried: tuple[str, ...] = ()) -> list[str]:
    """Return the lines about a client with one case, as far as they name releases."""
    subject = Subject("x", spans)
    releases = {one: {"date": date(2026, 1, 1), "dependencies": "today"} for one in TRIED}
    record = Record("uv", "Linux", "3.11", releases, {GOOD.name: subject}, untried=untried)
    monkeypatch.setattr(version_ranges, "record", lambda root, client: record)
    monkeypatch.setattr(version_ranges, "of_case", lambda root, name: subject)
    monkeypatch.setattr(old_releases, "every_case", lambda root: {GOOD.name: GOOD})
    found = old_releases.changes(Path(), "uv")
    lines = [f"{stretch.said}: {', '.join(way.what for way in ways)}" for stretch, ways in found]
    return [old_releases.since(Path(), "uv"), *old_releases.unsafe(Path(), "uv"), *lines]


def bad(first: str, last: str, what: str = "exit 1", unsafe: str = "") -> Span:
    """Return a span in which the case does not hold."""
    return Span(first, last, 1, OTHERWISE, what, unsafe)


def test_which_releases_a_line_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line names its releases, those before one or from one to another, and the newest line comes first."""
    leak = bad("2.0", "2.1", unsafe="asks PyPI for contoso-a")
    spans = (bad("1.0", "1.0"), Span("1.2", "1.2", 1, WORDS), leak, Span("3.0", "3.1", 2, SAME))
    assert listing(monkeypatch, *spans) == [
        "3.0 to 3.1",
        "2.0 to 2.1",
        "2.0 to 2.1: asks PyPI for a private name",
        "Before 1.2: fails",
    ]


def test_releases_that_were_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside a change, a line names the releases that were not tried: they may do either."""
    spans = (Span("1.0", "1.2", 2, SAME), Span("1.3", "1.4", 0, UNTRIED), bad("2.0", "2.0"))
    spans = (*spans, Span("2.1", "3.1", 3, SAME))
    found = listing(monkeypatch, *spans, untried=("1.3", "1.4", "2.0.1"))
    assert found == ["2.1 to 3.1", "2.0, perhaps from 1.3, perhaps to 2.0.1: fails"]


def test_differences_that_are_told_alike_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neighbouring results that are told in the same words are one line."""
    spans = (bad("1.0", "1.2"), bad("2.0", "2.1", "exit 2; does not install idna 3.11"))
    assert listing(monkeypatch, *spans, Span("3.0", "3.1", 2, SAME)) == ["3.0 to 3.1", "Before 3.0: fails"]


def test_what_does_not_hold_in_the_newest_is_no_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """A case that does not hold in the newest release of its record shows no change, and is not listed."""
    assert listing(monkeypatch, bad("1.0", "2.1"), bad("3.0", "3.1", "exit 2")) == ["1.0 to 3.1"]
    unmeasured = Span("3.1", "3.1", 1, UNMEASURED, "why")
    assert listing(monkeypatch, bad("1.0", "2.1"), Span("3.0", "3.0", 1, SAME), unmeasured)[1:] == [
        "Before 3.0: fails"
    ]


def test_every_difference_of_the_records_is_told() -> None:
    """Each difference in the records is told in words, without an exit status and in at most two results."""
    cases = old_releases.every_case(ROOT)
    said = [
        told(span, cases[name])
        for client in old_releases.measured_clients(ROOT)
        for name, subject in version_record.read(ROOT, client).cases.items()
        for span in subject.spans
        if span.result == OTHERWISE and name in cases
    ]
    assert said
    assert [one for one in said if not one or "exit " in one or one.count(" and ") > 1 or ";" in one] == []


@pytest.mark.parametrize(
    ("kinds", "end"),
    [
        (["today", "today"], "3.11.2."),
        (["of its date", "today"], "One of them starts only with dependencies of the release's own date."),
        (["of its date"] * 2, "the dependencies of its own date, because today's break most old ones."),
    ],
)
def test_a_list_says_which_dependencies_were_used(
    kinds: list[str], end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line above a client's list says if releases did not run with the dependencies of today."""
    releases = {f"1.{n}": {"date": date(2026, 1, 1), "dependencies": kind} for n, kind in enumerate(kinds)}
    record = Record("pdm", "Linux", "3.11.2", releases)
    monkeypatch.setattr(version_ranges, "record", lambda root, client: record)
    assert old_releases.about(ROOT, "pdm").endswith(end)
