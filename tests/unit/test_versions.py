"""Measuring old releases: what a run proves, where the search continues, what the model answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from handbook.cases import version_record
from handbook.cases.case import Case, load
from handbook.cases.version_record import (
    DEPENDENCIES,
    OTHERWISE,
    SAME,
    TODAY,
    UNMEASURED,
    UNTRIED,
    WORDS,
    Record,
    Span,
)
from handbook.feed import credentials, examples, hosts
from handbook.feed.http import Request
from handbook.runner import model_player, observation
from handbook.tools import releases, verdicts, version_numbers, versions
from handbook.tools.releases import Release
from tests.conftest import ROOT
from tests.unit.test_recording import recorded as recorded  # a fixture

CASE = load(ROOT / "snippets" / "uv" / "fail-wrong-token")
QUIET = load(ROOT / "snippets" / "uv" / "install-explicit")


def seen(case: Case, **changes: object) -> dict:
    """Return the observation of a run that does everything that a case expects."""
    output = case.output if case.output is not None else "Installed\n"
    return {**observation.expected(case), "output": output, "faults": [], "guessed": 0, **changes}


def verdict(case: Case, **changes: object) -> Span:
    """Return the result of such a run in an old release."""
    return verdicts.verdict(case, seen(case, **changes), "0.5.0", "0.13.9")


def test_the_same() -> None:
    """A run that does and prints what the case says is the same, whatever its release number."""
    assert verdict(CASE).result == SAME
    known = replace(CASE, output="uv 0.13.9 fails\n", result={})
    assert verdict(known, output="uv 0.5.0 fails\n").result == SAME
    assert verdict(known, output="uv 0.5.01 fails\n").result == WORDS


def test_what_virtualenv_brings_is_no_difference() -> None:
    """A wheel package that no index supplied is not the client's doing; one from PyPI is."""
    assert verdict(CASE, installed={"wheel 0.43.0": "nowhere"}).result == SAME
    assert verdict(CASE, installed={"wheel 0.43.0": "public-index"}).what == "installs wheel 0.43.0 from PyPI"


def test_only_words() -> None:
    """If only the output differs, the result is other words: the case still does what its page says."""
    found = verdict(CASE, output="error: no\n")
    assert (found.result, found.holds, found.unsafe) == (WORDS, True, "")


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"exit": 0}, "exit 0"),
        ({"refused": []}, "is not refused"),
        ({"sent": []}, "sends no credential"),
        ({"installed": {"idna 3.11": "nowhere"}}, "installs idna 3.11 from elsewhere"),
        ({"faults": ["TLS failed: host"]}, "TLS failed"),
    ],
)
def test_otherwise(changes: dict, what: str) -> None:
    """Any other difference gives the result otherwise, and the record says what differs."""
    found = verdict(CASE, **changes)
    assert (found.result, found.holds, found.what) == (OTHERWISE, False, what)


@pytest.mark.parametrize(
    ("changes", "unsafe"),
    [
        ({"asked": {"public-index": ["contoso-utils"]}}, "asks PyPI for contoso-utils"),
        ({"written": ["output"]}, "leaves the token in its output"),
        ({"installed": {"contoso-utils 9.9.9": "public-index"}}, "installs contoso-utils 9.9.9 from PyPI"),
    ],
)
def test_safety(changes: dict, unsafe: str) -> None:
    """Asking PyPI for a private name, leaving a token and installing a stranger's package are unsafe."""
    found = verdict(CASE, **changes)
    assert (found.result, found.unsafe) == (OTHERWISE, unsafe)


def test_another_public_package_is_safe_where_pypi_is_asked_anyway() -> None:
    """Where a case asks PyPI, one more public package is a difference; a private one is unsafe."""
    build = load(ROOT / "snippets" / "hatch" / "build-package")
    more = {
        name: verdict(build, asked={"public-index": ["hatchling", name]})
        for name in ("editables", "contoso-utils")
    }
    assert [one.result for one in more.values()] == [OTHERWISE, OTHERWISE]
    assert [one.unsafe for one in more.values()] == ["", "asks PyPI for contoso-utils"]


def test_what_is_not_measurable() -> None:
    """A run that did not take place, or that needs what the example pins for the newest, proves nothing."""
    assert verdicts.verdict(CASE, {"why": "it does not start"}, "1", "2") == Span(
        "1", "1", 1, UNMEASURED, "it does not start"
    )
    build = load(ROOT / "snippets" / "uv" / "build-package")
    assert verdict(build, exit=2, asked={"public-index": ["uv-build"]}).result == UNMEASURED
    assert verdict(build, exit=2, asked={"public-index": ["contoso-greeting"]}).result == OTHERWISE


def test_an_answer_that_nobody_recorded_makes_it_inferred() -> None:
    """A result that rests on an answer of the model that no fact shows is inferred."""
    assert verdict(QUIET, guessed=1).inferred and not verdict(QUIET).inferred


def test_spans_join_what_is_one() -> None:
    """Adjacent releases with the same result form one span, with the number of releases that were tried."""
    results = [Span(one, one, 1, SAME) for one in ("1", "2")] + [Span("3", "3", 1, OTHERWISE, "exit 1")]
    assert [(one.releases, one.tried) for one in verdicts.spans(results)] == [("1 to 2", 2), ("3", 1)]


def test_no_span_reaches_across_what_was_not_tried() -> None:
    """A minor series of which nothing was tried is a span of its own: behaviour comes and goes."""
    results = [Span(one, one, 1, SAME) for one in ("0.4.30", "0.5.31", "0.7.0")]
    known = ["0.4.30", "0.5.0", "0.5.31", "0.6.0", "0.6.17", "0.7.0"]
    found = [(one.releases, one.result) for one in verdicts.spans(results, known)]
    assert found == [("0.4.30 to 0.5.31", SAME), ("0.6.0 to 0.6.17", UNTRIED), ("0.7.0", SAME)]


KNOWN = [
    Release(one, date(2026, 1, 1))
    for one in ("0.4.30", "0.5.0", "0.5.1", "0.5.2", "0.5.31", "0.6.0", "0.6.1", "0.6.2", "0.7.0")
]


def test_first_and_last_of_each_series() -> None:
    """The search starts with the first and last patch of each minor series, in a coarse and a fine part."""
    chosen = releases.chosen(KNOWN)
    assert [one.version for one in chosen] == ["0.4.30", "0.5.0", "0.5.31", "0.6.0", "0.6.2", "0.7.0"]
    first, rest = versions.ordered(chosen)
    assert [one.version for one in first] == ["0.7.0", "0.4.30", "0.6.2", "0.5.31"]
    assert {*first, *rest} == {*chosen}


def test_the_search_finds_what_comes_and_goes() -> None:
    """Between differing neighbours, the search bisects until both edges of a temporary fault are known."""
    faulty = range(37, 52)  # of 100 releases, of which 50 is in the grid
    results: dict[int, Span] = {}
    wanted = [0, 25, 50, 75, 99]
    while wanted:
        assert len(results) < 25, "it runs nearly every release"
        results |= {n: Span(str(n), str(n), 1, OTHERWISE if n in faulty else SAME) for n in wanted}
        wanted = versions.middles(results, verdicts.same)
    assert {36, 37, 51, 52} <= results.keys()


def test_a_message_is_printed_or_not() -> None:
    """A message counts as printed if each case prints the same lines of it as in the pinned release."""
    entry = next(
        one for one in versions.all_entries(ROOT) if CASE.name in one.cases and len(set(one.cases)) > 1
    )
    other = next(load(ROOT / "snippets" / one) for one in entry.cases if one != CASE.name)
    good, none = Span("1", "1", 1, SAME), Span("1", "1", 1, UNMEASURED, "x")
    heard, silent = (CASE, good, seen(CASE)), (other, good, seen(other, output="other words\n"))
    assert verdicts.message(entry, [heard], "1", "2").result == SAME
    assert verdicts.message(entry, [heard, silent], "1", "2").what == f"not printed by {other.name}"
    assert verdicts.message(entry, [silent], "1", "2").what == "not printed"
    assert verdicts.message(entry, [(CASE, none, {})], "1", "2").result == UNMEASURED


def test_the_model_answers_as_the_recording(recorded: dict) -> None:
    """The model answers every recorded request in the same words, so no observed result is inferred."""
    wrong, number = [], 0
    unsaved = [one for one in examples.UPSTREAM if one is not examples.SAVED]
    for question, found in recorded.items():
        if question.method == "POST" and question.file:
            continue  # its body is not recorded
        if "%0A" in question.url or any(f"%22{one.filename}%22" in question.url for one in unsaved):
            continue  # HTTP cuts its reason at the line feed; it is stored only once somebody has saved it
        word, request = question.credential, Request(question.method, question.url)
        secrets = {word: word} | credentials.sessions()
        without = word in credentials.WITHOUT
        headers = () if without else (("Authorization", f"Bearer {word}"),)
        # The file store answers both callers without a token alike.
        callers = credentials.WITHOUT if without and hosts.kind(request.host) != "feed" else (word,)
        for caller in callers:
            classify = credentials.classifier(secrets, without=caller)
            answer = model_player.ModelPlayer(recorded, classify, question.uploaded)(
                Request(question.method, question.url, headers)
            )
            number += 1
            if not model_player.alike(found.response, answer, request):
                wrong.append(f"{question} by {caller}: {answer.status}")
    assert number > 100
    assert wrong == []


PAGE = """# A page

{text}
"""


PULL = "[pypa/pip#1](https://github.com/pypa/pip/pull/1)"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("uv 0.4.24 does it.", ["0.4.24"]),
        ("uv 0.5.24, 0.5.31 and 0.6.0 do it.", ["0.5.24, 0.5.31 and 0.6.0"]),
        ("It works with pip 23.1 to 26.3.", ["23.1 to 26.3"]),
        ("It works with pip 10 to 26.3.", ["10 to 26.3"]),
        ("It works since 0.7.0.", ["0.7.0"]),
        ("Use 2.3.3 or newer.", ["2.3.3"]),
        ("Poetry does it since 2.0.1.", ["2.0.1"]),
        ("In 0.7 that changed for `uv sync`, and uv stops.", ["0.7"]),
        ("Poetry 2 refuses it.", ["Poetry 2"]),
        ("{case}`uv 0.7.0 <uv/install-env>` does it.", ["0.7.0"]),
        ("| pip 23.1 | a |\n| pip 24 | [b](https://pip.pypa.io/en/stable/news/) |", ["23.1"]),
        ("* pip 23.1 does it.\n* pip 24 does it.", ["23.1", "pip 24"]),
        ("`artifacts-keyring` 0.2.9 does it.", ["0.2.9"]),
        # a link that is not beside the number, or cannot be its source
        (f"pip 23.1 does it. It also reads a file ({PULL}).", ["23.1"]),
        (f"* pip 23.1 does it.\n* pip asks ({PULL}).", ["23.1"]),
        ("uv 0.7.0 does it, and pip 23.1, too ({doc}`/guides/names`).", ["0.7.0", "23.1"]),
        ("pip 23.1 does it ([here](#names), [there](names.md)).", ["23.1"]),
        ("pip 23.1 does it ([pip](https://pip.pypa.io/en/stable/)).", ["23.1"]),
        ("pip 23.1 does it ([pip](https://github.com/pypa/pip)).", ["23.1"]),
        (f"Poetry 2.0.1 does it ({PULL}).", ["2.0.1"]),
        (f"pip 23.1 does it, as tried in November ({PULL}).", ["23.1"]),
        # good
        (f"pip 23.1 does it ({PULL}).", []),
        (f"pip 23.1 does it.\n({PULL}, May 2026)", []),
        ("Since [23.1](https://github.com/pypa/pip/pull/1) pip does it.", []),
        (
            "uv 0.4.24, 0.5.0 do it ([log](https://github.com/astral-sh/uv/blob/main/changelogs/0.5.x.md)).",
            [],
        ),
        ("{release}`uv/install-env` do it, and the feed has `contoso-utils` 1.0.0 and 1.1.0.", []),
        ("pip installs the stranger's 9.9.9, and uv the feed's 1.1.0.", []),
        ("pip trusts it with Python 3.10 or 3.11, on Debian since 12.1, and under Wine 8.0.", []),
        ("Windows PowerShell 5.1 writes it for uv, in HTTP/1.1 and over HTTP 1.1.", []),
        ("uv is 1.5 times as fast, and waits 0.5 seconds for 2.5 MB.", []),
        ("Write `uv>=0.7.0`, and `pip==26.3` for pip.", []),
        ("GitLab 17.0 and buildah 1.28.2 do it.", []),
    ],
)
def test_a_number_needs_a_source(tmp_path: Path, text: str, found: list[str]) -> None:
    """A client's version number is reported if nothing beside it can be its source."""
    (tmp_path / "guides").mkdir()
    (tmp_path / "guides" / "a.md").write_text(PAGE.format(text=text))
    said = version_numbers.unsourced(tmp_path)
    assert [one.split("'")[1] for one in said] == found
    assert all(one.startswith("guides/a.md: says ") and one.endswith(version_numbers.CURE) for one in said)


ENTRY = """client = "poetry"
means = "It stops since 2.1.0."
isnt = "Version 2.0 [does not](https://github.com/python-poetry/poetry/pull/1)."
sources = ["https://github.com/python-poetry/poetry/blob/2.1.0/a.py"]

[[cause]]
what = "Before 1.8 it is otherwise."
cure = "Use `contoso-utils` 1.1.0."
case = "poetry/fail-a"

[[cause]]
what = "Before 1.7 it is otherwise."
cure = "Update."
source = "https://github.com/python-poetry/poetry/issues/2"
date = "2026-11"
"""


def test_a_number_in_an_entry(tmp_path: Path) -> None:
    """In an entry every number is its client's; a source of the whole entry supports only its keys."""
    file = tmp_path / "guides" / "errors" / "poetry" / "a.toml"
    file.parent.mkdir(parents=True)
    file.write_text(ENTRY)
    assert [one.split("'")[1] for one in version_numbers.unsourced(tmp_path)] == ["2.1.0", "1.8"]
    file.write_text('client = "pip"\nsince = "pip 10.0"\nsources = ["https://example.org/log"]\n')
    assert [one.split("'")[1] for one in version_numbers.unsourced(tmp_path)] == ["10.0"]
    file.write_text('client = "pip"\nsince = "pip 10.0"\nsources = ["https://pip.pypa.io/en/stable/news/"]\n')
    assert version_numbers.unsourced(tmp_path) == []


def test_a_number_in_a_case(tmp_path: Path) -> None:
    """The title of a case and what it says about Windows name no release."""
    file = tmp_path / "snippets" / "uv" / "install-env" / "case.toml"
    file.parent.mkdir(parents=True)
    file.write_text('title = "Install, since 0.7.0"\nclient = "uv"\n[windows]\nwhy = "before 0.6 it fails"\n')
    assert [one.split("'")[1] for one in version_numbers.unsourced(tmp_path)] == ["0.7.0", "0.6"]


def test_every_number_of_the_handbook_has_one() -> None:
    """No page or entry names a client version that neither a record nor a linked source supports."""
    assert version_numbers.unsourced(ROOT) == []


def test_the_window_of_each_client_has_a_reason() -> None:
    """Every client that is measured says with which release its window starts, and why."""
    for client, one in releases.measured_clients().items():
        assert {"first", "why"} <= set(one) <= {"first", "why", "dependencies"} and one["why"].strip(), client
        assert one.get("dependencies", TODAY) in DEPENDENCIES, client


def test_a_release_that_cannot_be_had_is_new_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client is new if its record knows nothing of its newest release, not even that it was not tried."""
    newest = Release("2.0", date(2026, 12, 1))
    monkeypatch.setattr(releases, "measured_clients", lambda: {"pip": {}, "uv": {}, "tox": {}})
    monkeypatch.setattr(releases, "releases", lambda client: [newest])
    known = {
        "pip": Record("pip", "Linux", "3.11.2", {"2.0": {}}),
        "uv": Record("uv", "Linux", "3.11.2", {"1.0": {}}),
        "tox": Record("tox", "Linux", "3.11.2", {"1.0": {}}, untried=("2.0",)),
    }
    monkeypatch.setattr(version_record, "read", lambda root, client: known[client])
    assert versions.named("new") == ["uv"]
    assert versions.named("due") == ["uv"]
