"""The keys of our TOML files: editors and contributors read the same definitions that the code checks."""

import json
import tomllib

import jsonschema
import pytest

from handbook.cases import keys
from handbook.tools import write_keys
from tests.every import CASES


class Refused(Exception):
    """The error that a check raises in these tests."""


def said(data: dict, kind: type[keys.Table]) -> str:
    """Return what is wrong with a file, with the cure."""
    with pytest.raises(Refused) as error:
        keys.check(data, kind, lambda what, cure: Refused(f"{what}: {cure}"))
    return str(error.value)


@pytest.mark.parametrize("name", write_keys.made())
def test_what_is_made_is_current(name: str) -> None:
    """The list of keys and the schemas equal those that the code generates."""
    assert (write_keys.FOLDER / name).read_text(encoding="utf-8") == write_keys.made()[name], (
        "run `make keys`"
    )


def test_every_key_has_a_meaning() -> None:
    """Each key of each table has a meaning."""
    for kind in (keys.CaseFile, keys.EntryFile):
        for table in (kind, *(one for _, one in keys.inside(kind))):
            assert all(means for _, means, _ in keys.meanings(table)), table


def test_the_schema_accepts_every_case() -> None:
    """The schema for editors accepts every case of the handbook, and refuses an unknown key."""
    schema = json.loads((write_keys.FOLDER / "case.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    texts = [case.folder / "case.toml" for case in CASES]
    found = [tomllib.loads(file.read_text(encoding="utf-8")) for file in texts]
    plain = [
        {key: value for key, value in one.items() if key != "checked"} for one in found
    ]  # JSON has no date
    assert all(validator.is_valid(one) for one in plain)
    assert not validator.is_valid(plain[0] | {"colour": 1})


CASE = {"title": "a", "client": "pip"}
ENTRY = {"title": "a", "client": "b", "message": "c", "means": "d", "isnt": "e"}
CAUSE = {"what": "a", "cure": "b"}


@pytest.mark.parametrize(
    ("data", "kind", "message"),
    [
        (CASE | {"exit": True}, keys.CaseFile, "key 'exit' has the wrong type: make it a whole number"),
        (
            CASE | {"given": {"npm": []}},
            keys.CaseFile,
            "unknown key 'given.npm': use dist, feed, public, after, ",
        ),
        (
            CASE | {"asked": {"feed": "x"}},
            keys.CaseFile,
            "key 'asked.feed' has the wrong type: make it a list",
        ),
        (
            CASE | {"result": {"printed": [1]}},
            keys.CaseFile,
            "key 'result.printed' has the wrong type: make it a list",
        ),
        (
            CASE | {"result": {"installed": {"a 1": 1}}},
            keys.CaseFile,
            "key 'result.installed' has the wrong type: make each value a string",
        ),
        (
            CASE | {"checked": {"no": "a", "source": "b"}},
            keys.CaseFile,
            "key 'checked.date' is missing: add it as a date",
        ),
        (
            CASE | {"checked": {"no": "a", "source": "b", "date": "c"}},
            keys.CaseFile,
            "key 'checked.date' has the wrong type: make it a date without quotes",
        ),
        (ENTRY | {"cause": "a"}, keys.EntryFile, "key 'cause' has the wrong type: make it tables, [[cause]]"),
        (ENTRY | {"cause": ["a"]}, keys.EntryFile, "cause is not a table: write [[cause]]"),
        (
            ENTRY | {"cause": [CAUSE, {"what": "a"}]},
            keys.EntryFile,
            "cause 2: key 'cure' is missing: add it as a string",
        ),
        (
            ENTRY | {"cause": [{**CAUSE, "why": "c"}]},
            keys.EntryFile,
            "cause 1: unknown key 'why': use what, cure, ",
        ),
        (
            ENTRY | {"cause": [CAUSE], "sources": [1]},
            keys.EntryFile,
            "key 'sources' has the wrong type: make it a list",
        ),
    ],
)
def test_a_mistake_names_the_key_and_the_cure(data: dict, kind: type[keys.Table], message: str) -> None:
    """Each kind of mistake is reported in one line: the key with its table, what is wrong, the cure."""
    assert said(data, kind).startswith(message)
