"""The obligations between entries and cases, and the errors for a broken entry."""

from __future__ import annotations

from pathlib import Path

import pytest

from handbook.cases import entry as entries
from handbook.cases import quotations
from handbook.cases.case import Case
from handbook.feed import phrases
from handbook.site.domain import unrun_code
from tests.conftest import ROOT
from tests.every import CASES

ENTRIES = entries.all_entries(ROOT)
COMMANDS = [case.commands for case in CASES]
GOOD = {
    "title": '"No matching distribution found"',
    "client": '"pip"',
    "message": '"""\nERROR: No matching distribution\n"""',
    "means": '"pip found nothing."',
    "isnt": '"It is not the name."',
}
CAUSE = {"case": '"pip/fail-a"', "what": '"A"', "tell": '"B"', "cure": '"C"'}


def test_entries_and_cases_owe_one_another_nothing() -> None:
    """Each failing case has one entry, equal messages share one, and each line of a message was printed."""
    assert entries.owed(ENTRIES, CASES) == []


HELD = quotations.held(CASES)
SAID = [
    quotations.Said(phrases.GAP.sub("…", one.text), one.grade != phrases.INFERRED)
    for one in phrases.declared().values()
]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_an_entry_makes_nobody_say_what_nothing_shows(entry: entries.Entry) -> None:
    """Title, message and quoted words are printed by a run, declared as a phrase, or quoted from a source."""
    assert quotations.unshown(entry, {case.name: case for case in CASES}, SAID, HELD) == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_no_code_escapes_into_an_entry(entry: entries.Entry) -> None:
    """An entry contains no command that no case runs."""
    assert [one for text in entry.prose() for one in unrun_code.escaped(text, COMMANDS)] == []


def write(folder: Path, head: dict[str, str], *causes: dict[str, str], name: str = "pip/none-found") -> Path:
    """Write an entry's file; return its path."""
    file = folder / entries.FOLDER / f"{name}.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    tables = [[f"{key} = {value}" for key, value in table.items()] for table in (head, *causes)]
    file.write_text("\n[[cause]]\n".join("\n".join(table) for table in tables) + "\n")
    return file


def case(name: str, output: str | None) -> Case:
    """Return a case in which only the name and the output matter."""
    client, _, folder = name.partition("/")
    empty: dict = {}
    texts = ("run\n", output)
    return Case(name, Path(client) / folder, "T", client, 1, *(empty,) * 5, None, *texts)


def test_an_entry_is_read(tmp_path: Path) -> None:
    """An entry has the texts of its file, each of its cases once, and a slug."""
    told = {**CAUSE, "source": '"https://example.org/"', "date": '"2025-08"'}
    del told["case"]
    write(tmp_path, GOOD, CAUSE, CAUSE, told)
    [found] = entries.all_entries(tmp_path)
    assert (found.name, found.slug, found.cases) == ("pip/none-found", "none-found", ["pip/fail-a"])
    assert found.message == "ERROR: No matching distribution\n"
    assert [cause.date for cause in found.causes] == ["", "", "2025-08"]
    assert list(found.prose())[:2] == ["pip found nothing.", "It is not the name."]


BROKEN = [
    ({"means": '"It <b>is</b> so."'}, {}, "means holds HTML '<b': say it in words"),
    ({"isnt": "'Not <script>x()</script>'"}, {}, "isnt holds HTML '<script': say it in words"),
    ({}, {"cure": '"a <!-- b -->"'}, "cause 1: cure holds HTML '<!--': say it in words"),
    ({}, {"what": '"``a`` <img/> `b`"'}, "cause 1: what holds HTML '<img/': say it in words"),
    ({"heading": '"a"'}, {}, "unknown key 'heading': use title"),
    ({"since": '"1.0"'}, {}, "says 'since': take it out: `make versions` measures"),
    ({"title": "1"}, {}, "key 'title' has the wrong type: make it a string"),
    ({"title": '" "'}, {}, "key 'title' is empty"),
    ({"title": '"a\\nb"'}, {}, "title is not one line"),
    ({"client": '"npm"'}, {}, "unknown client 'npm': use one of pip"),
    ({"isnt": None}, {}, "key 'isnt' is missing: add it as a string"),
    ({"sources": '["x"]'}, {}, "source 'x' is not an address"),
    ({}, {"case": None}, "cause 1: nothing shows it: give its case, or a source and its date"),
    ({}, {"case": '"fail-a"'}, "cause 1: case is 'fail-a': name it client/verb-qualifier"),
    ({}, {"date": '"2025-13"'}, "cause 1: date is '2025-13'"),
    ({}, {"cure": None}, "cause 1: key 'cure' is missing"),
    ({}, {"why": '"a"'}, "cause 1: unknown key 'why'"),
    ({"wording": '["a"]'}, {}, "wording is not a table: write [[wording]]"),
    ({"means": "a"}, {}, "is not TOML"),
]


@pytest.mark.parametrize(("head", "cause", "message"), BROKEN, ids=[one[2] for one in BROKEN])
def test_a_broken_entry(tmp_path: Path, head: dict, cause: dict, message: str) -> None:
    """An error in an entry is reported in one line with its file and the cure."""
    tables = [
        {k: v for k, v in (whole | change).items() if v is not None}
        for whole, change in ((GOOD, head), (CAUSE, cause))
    ]
    file = write(tmp_path, *tables)
    with pytest.raises(entries.EntryError) as said:
        entries.load(file)
    assert str(said.value).startswith(f"guides/errors/pip/none-found.toml: {message}")
    assert "\n" not in str(said.value)


def test_several_causes_are_told_apart(tmp_path: Path) -> None:
    """Each of several causes says how to tell it from the others; a single one need not."""
    silent = {key: value for key, value in CAUSE.items() if key != "tell"}
    entries.load(write(tmp_path, GOOD, silent))
    with pytest.raises(entries.EntryError, match="cause 2: key 'tell' is missing"):
        entries.load(write(tmp_path, GOOD, CAUSE, silent))


@pytest.mark.parametrize("name", ["pip/none-found-2", "Pip/none"])
def test_a_name_is_words_and_hyphens(tmp_path: Path, name: str) -> None:
    """A group and a slug are lower-case words joined by hyphens."""
    with pytest.raises(entries.EntryError, match="is not lower-case words joined by hyphens: rename it"):
        entries.load(write(tmp_path, GOOD, CAUSE, name=name))


def test_what_is_owed_is_said(tmp_path: Path) -> None:
    """Missing or shared cases, cases without output or entry, and lines that nothing printed are reported."""
    line = "ERROR: No matching distribution\n"
    write(tmp_path, GOOD, CAUSE)
    [good] = entries.all_entries(tmp_path)
    assert entries.owed([good], [case("pip/fail-a", line), case("pip/install-a", None)]) == []

    def owed(*cases: Case) -> list[str]:
        return [
            one.removeprefix("guides/errors/pip/none-found.toml: ") for one in entries.owed([good], cases)
        ]

    assert owed()[0].startswith("case pip/fail-a does not exist: ")
    assert owed(case("pip/fail-a", None))[0].startswith("case pip/fail-a has no output.txt: ")
    assert owed(case("pip/fail-a", "ERROR: No\n"))[0].startswith(
        "no output of its cases has the line 'ERROR: No"
    )
    assert owed(case("pip/fail-a", line), case("pip/fail-b", "x\n")) == [
        "snippets/pip/fail-b: is a cause of no entry: add it to the one whose message it prints"
    ]
    write(tmp_path, GOOD, CAUSE, name="pip/other")
    twice = entries.owed(entries.all_entries(tmp_path), [case("pip/fail-a", line)])
    assert [one for one in twice if "is also a cause of pip/none-found" in one]


def test_equal_words_are_one_entry(tmp_path: Path) -> None:
    """Failures that a client words identically, whatever the package's name, must be causes of one entry."""
    a = case("pip/fail-a", "Looking at A\nERROR: No matching distribution\nERROR: contoso-utils\n")
    b = case("pip/fail-b", "ERROR: No matching distribution\nERROR: contoso-tools\n")
    c = case("uv/fail-c", "ERROR: No matching distribution\nERROR: contoso-tools\n")
    assert entries.collisions([a, b, c]) == [[a, b]]
    write(tmp_path, GOOD, CAUSE)
    write(tmp_path, GOOD, CAUSE | {"case": '"pip/fail-b"'}, name="pip/other")
    found = entries.owed(entries.all_entries(tmp_path), [a, b])
    assert found == [
        "pip/none-found and pip/other: pip/fail-a, pip/fail-b print the same words: make them one entry"
    ]


PRINTED = "Looking\nERROR: No matching distribution\nERROR: The index refused you\n"
ASIDE = '[[quotation]]\ntext = "pip asked another index"\n'
SLIPPED = [
    ({}, {}, ""),
    ({"title": '"No matching release found"'}, {}, "no output, phrase or quotation says the title"),
    ({"title": '"You need to have a role"'}, {}, "the title 'You need to have a role' is inferred"),
    ({"means": '"It says `the index is empty`."'}, {}, "means: no output, phrase or quotation says"),
    ({"isnt": '"It is not `The index refused you`."'}, {}, ""),
    ({"isnt": '"It is not `pip index versions`."'}, {}, ""),
    ({}, {"tell": '"It says `pip asked another index`."'}, "tell: no output, phrase or quotation says"),
    ({}, {"tell": '"It says `a role is missing`."'}, ""),
]


@pytest.mark.parametrize(("head", "cause", "message"), SLIPPED)
def test_a_sentence_slipped_into_an_entry_is_found(
    tmp_path: Path, head: dict[str, str], cause: dict[str, str], message: str
) -> None:
    """Each title or quotation that no run, phrase or source supports is reported, and no other is."""
    write(tmp_path, {**GOOD, "title": '"No matching distribution"', **head}, {**CAUSE, **cause})
    [entry] = entries.all_entries(tmp_path)
    said = [
        quotations.Said("You need to have a role", False),
        quotations.Said("A role is missing in …", True),
    ]
    found = quotations.unshown(entry, {"pip/fail-a": case("pip/fail-a", PRINTED)}, said, ["pipindexversions"])
    assert [message in one for one in found] == [True] * bool(message)
    assert all("\n" not in one and one.startswith("guides/errors/pip/none-found.toml: ") for one in found)


@pytest.mark.parametrize(
    ("shown", "ends"),
    [
        ('source = "https://example.org/"\ndate = "2025-08"', None),
        ('case = "pip/fail-b"', None),
        ('case = "pip/fail-a"', "quote what it prints"),
    ],
)
def test_a_quotation_is_as_good_as_what_shows_it(tmp_path: Path, shown: str, ends: str | None) -> None:
    """A quotation is accepted only if it has a source or the named case prints it."""
    head = {**GOOD, "title": '"No matching distribution"', "means": '"It says `pip asked another index`."'}
    file = write(tmp_path, head, CAUSE)
    file.write_text(file.read_text().replace("[[cause]]", f"{ASIDE}{shown}\n[[cause]]"))
    [entry] = entries.all_entries(tmp_path)
    cases = {
        "pip/fail-a": case("pip/fail-a", PRINTED),
        "pip/fail-b": case("pip/fail-b", "pip asked another index\n"),
    }
    found = quotations.unshown(entry, cases, [], [])
    assert bool(found) == bool(ends) and (not ends or found[0].endswith(ends))


def test_a_quotation_names_what_shows_it(tmp_path: Path) -> None:
    """A quotation with neither case nor source, or with a source and no date, is refused."""
    for shown in ("", 'source = "https://example.org/"', 'case = "pip/fail-a"\ndate = "2025"'):
        file = write(tmp_path, GOOD, CAUSE)
        file.write_text(file.read_text().replace("[[cause]]", f"{ASIDE}{shown}\n[[cause]]"))
        with pytest.raises(entries.EntryError, match="quotation 1: nothing shows it: give the case"):
            entries.load(file)
