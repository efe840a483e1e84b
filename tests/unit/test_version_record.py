"""Version records: how they are read and written, and which range of one a page may print."""

from __future__ import annotations

import dataclasses
import shutil
from datetime import date
from pathlib import Path

import pytest

from handbook.cases import clients, version_record
from handbook.cases.case import load
from handbook.cases.version_record import OTHERWISE, SAME, UNMEASURED, WORDS, Record, Span, Subject
from tests import every
from tests.conftest import ROOT

DAY = {"date": date(2026, 1, 1), "dependencies": "today"}
OLD = Span("1.0", "1.2", 2, OTHERWISE, 'exit 2; says "no"', "asks PyPI for contoso-a")
NEW = [Span("1.3", "1.9", 3, WORDS), Span("1.10", "2.0", 2, SAME)]
RECORD = Record(
    "pip",
    "Linux",
    "3.11.2",
    {"1.10": DAY, "1.0": DAY, "2.0": DAY},
    {"pip/b": Subject("a1", (OLD, *NEW)), "pip/a": Subject("b2", (Span("2.0", "2.0", 1, SAME),))},
    {"pip/x": Subject("c3", (Span("1.0", "2.0", 3, UNMEASURED, "it does not start"),))},
    ("1.1", "1.2"),
)


def written(root: Path, text: str) -> Path:
    """Write a record of pip; return the checkout's root."""
    file = root / version_record.FOLDER / "pip.toml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return root


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """A record is the same after writing and reading, with releases and cases each in order."""
    text = version_record.text(RECORD)
    assert version_record.read(written(tmp_path, text), "pip") == RECORD
    assert [text.index(f'"{one}" = {{') for one in ("1.0", "1.10", "2.0")] == sorted(
        text.index(f'"{one}" = {{') for one in ("1.0", "1.10", "2.0")
    )
    assert text.index("pip/a") < text.index("pip/b")


def test_a_span_is_one_line() -> None:
    """Every span is on a line of its own, so that a diff of two records is readable."""
    lines = version_record.text(RECORD).splitlines()
    spans = [
        one for subjects in (RECORD.cases, RECORD.messages) for two in subjects.values() for one in two.spans
    ]
    assert len([line for line in lines if line.strip().startswith("{ first")]) == len(spans)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("spans", "spam"), "'spans'"),
        (('"same"', '"the same"'), "unknown result 'the same' of pip/a"),
        (('client = "pip"', "client ="), "is not a record"),
        (("tried = 2", "tired = 2"), "is not a record"),
    ],
)
def test_a_broken_record_is_one_line(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    """A record that was edited is reported in one line with the file and the cure."""
    written(tmp_path, version_record.text(RECORD).replace(*change))
    with pytest.raises(version_record.RecordError) as error:
        version_record.read(tmp_path, "pip")
    (line,) = str(error.value).splitlines()
    assert line.startswith("tests/versions/pip.toml: is not a record (") and said in line
    assert line.endswith("measure again with `make versions CLIENT=pip`")


def test_a_range_ends_where_it_does_not_hold() -> None:
    """A page's range is exactly the newest releases that did what it says, including other words."""
    found = Subject("", (OLD, *NEW)).range
    assert (found.releases, found.tried) == ("1.3 to 2.0", 5)


@pytest.mark.parametrize(
    "last",
    [
        Span("2.0", "2.0", 1, OTHERWISE, "exit 1"),
        Span("2.0", "2.0", 1, UNMEASURED, "it does not start"),
        Span("2.0", "2.0", 1, SAME, inferred=True),
    ],
)
def test_no_range_without_the_newest(last: Span) -> None:
    """If the newest release did not do it, could not be measured or is inferred, there is no range."""
    assert Subject("", (*NEW, last)).range is None


def test_an_inferred_result_ends_a_range() -> None:
    """A range ends before a release whose result rests on an answer that no fact shows."""
    guessed = Span("1.3", "1.9", 3, SAME, inferred=True)
    assert Subject("", (guessed, NEW[1])).range.releases == "1.10 to 2.0"


@pytest.mark.parametrize(
    ("subject", "now", "pinned", "expected"),
    [
        (Subject("a1", tuple(NEW)), "a1", "2.0", True),
        (Subject("a1", tuple(NEW)), "b2", "2.0", False),  # its files changed
        (Subject("a1", tuple(NEW)), "a1", "2.1", False),  # the pinned release changed
        (Subject("a1", ()), "a1", "2.0", False),
        (None, "a1", "2.0", False),
    ],
)
def test_what_is_out_of_date(subject: Subject | None, now: str, pinned: str, expected: bool) -> None:
    """A record counts as long as the files are the measured ones and the pinned release is in it."""
    assert version_record.current(RECORD, subject, now, pinned) is expected


def test_every_record_can_be_read_and_is_as_it_was_written() -> None:
    """Each record in the checkout belongs to a client, and is byte for byte what the tool writes."""
    files = sorted((ROOT / version_record.FOLDER).glob("*.toml"))
    assert files
    for file in files:
        record = version_record.read(ROOT, file.stem)
        assert record.client == file.stem in clients.CLIENTS
        assert version_record.text(record) == file.read_text(encoding="utf-8")


def test_what_is_out_of_date_is_counted(tmp_path: Path) -> None:
    """A case that changed after its measurement is counted for its client."""
    cases = [case for case in every.CASES if case.client == "uv" and not case.checked]
    before = version_record.stale(ROOT, cases).get("uv", 0)
    record = version_record.read(ROOT, "uv")
    one = next(case for case in cases if case.name in record.cases and not version_record.stale(ROOT, [case]))
    folder = shutil.copytree(one.folder, tmp_path / "changed")
    (folder / "run.sh").write_text("uv --version\n", encoding="utf-8")
    changed = [dataclasses.replace(case, folder=folder) if case is one else case for case in cases]
    assert version_record.stale(ROOT, changed)["uv"] == before + 1


def test_a_title_makes_no_record_stale(tmp_path: Path) -> None:
    """A title, exceptions and Windows' differences are not in a case's digest; other keys and files are."""
    folder = tmp_path / "snippets" / "pip" / "install-env"
    shutil.copytree(ROOT / "snippets" / "pip" / "install-env", folder)
    file = folder / "case.toml"
    text = file.read_text(encoding="utf-8")

    def now() -> str:
        return version_record.digest([load(folder)])

    before = now()
    file.write_text(text.replace('title = "', 'title = "Another ', 1), encoding="utf-8")
    assert now() == before
    more = '\n[windows]\nno = "another reason"\n[exception]\npowershell = "another reason"\n'
    file.write_text(text + more, encoding="utf-8")
    assert now() == before
    file.write_text(text.replace("exit = 0", "exit = 3"), encoding="utf-8")
    assert now() != before
    file.write_text(text, encoding="utf-8")
    (folder / "run.sh").write_text("pip list\n", encoding="utf-8")
    assert now() != before


@pytest.mark.parametrize(
    ("name", "other"),
    [("uv/publish-gitlab", "uv/build-package"), ("twine/publish-env", "uv/build-package")],
    ids=["project", "predecessor"],
)
def test_what_a_case_builds_on_makes_its_record_stale(name: str, other: str, tmp_path: Path) -> None:
    """The files of a case's given project, and of the case that runs before it, are in its digest."""
    for one in (name, other):
        shutil.copytree(ROOT / "snippets" / one, tmp_path / "snippets" / one)
    case = load(tmp_path / "snippets" / name)
    before = version_record.digest([case])
    (tmp_path / "snippets" / other / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    assert version_record.digest([case]) != before


def test_a_run_of_a_few_cases_loses_no_others() -> None:
    """What an earlier record has beyond a new one stays, but nothing of a case that is gone."""
    few = Subject("a9", (Span("2.0", "2.1", 2, SAME),))
    new = dataclasses.replace(
        RECORD, releases={"2.1": DAY}, cases={"pip/b": few}, messages={}, untried=("2.0",)
    )
    found = new.over(RECORD, {"pip/b", "pip/a", "pip/x"})
    assert found.cases == {"pip/b": few, "pip/a": RECORD.cases["pip/a"]}
    assert (found.messages, found.untried) == (RECORD.messages, ("1.1", "1.2"))
    assert sorted(found.releases) == ["1.0", "1.10", "2.0", "2.1"]
    assert new.over(RECORD, {"pip/b"}).cases == {"pip/b": few}
    assert new.over(dataclasses.replace(RECORD, python="3.12.1"), {"pip/a"}) == new


def test_fewer_releases_of_the_same_files_do_not_replace_more() -> None:
    """A run that was ended early leaves an earlier measurement of the same files with more releases."""
    fewer = Subject("a1", (Span("2.0", "2.0", 1, SAME),))
    new = dataclasses.replace(RECORD, cases={"pip/b": fewer})
    assert new.over(RECORD, {"pip/b"}, whole=False).cases["pip/b"] == RECORD.cases["pip/b"]
    assert new.over(RECORD, {"pip/b"}).cases["pip/b"] == fewer
