"""The keys of case.toml and of an entry's file, with their types and meanings, defined once.

The checks, the list in KEYS.md and the JSON Schemas that complete keys in an editor are derived from them.
"""

import datetime
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any, Literal, get_args, get_type_hints

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from handbook.cases.clients import CLIENTS

KINDS = {  # msgspec's name for the type that it expected -> a person's name for it
    "str": "a string",
    "int": "a whole number",
    "bool": "true or false",
    "array": "a list of strings",
    "object": "a table",
    "date": "a date without quotes",
}
Names = list[str]


def key(kind: Any, means: str) -> Any:
    """Return the type of an optional key, with its meaning."""
    return Annotated[kind, Meta(description=means)] | UnsetType


def must(kind: Any, means: str, words: Iterable[str] = ()) -> Any:
    """Return the type of a required key, with its meaning; an editor offers `words` as its values."""
    return Annotated[kind, Meta(description=means, extra_json_schema={"enum": [*words]} if words else None)]


class Table(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A table of a TOML file; an unknown key is an error."""


class Given(Table):
    """What is there before the commands run."""

    dist: key(Names, "files to publish that lie in the project folder") = UNSET
    feed: key(Names, "files that were uploaded to the feed before") = UNSET
    public: key(
        Names,
        "clients that PyPI has, with all that they need, as their locks pin them; their version is `locked`",
    ) = UNSET
    after: key(Names, "cases that ran before, in the same home") = UNSET
    programs: key(Names, "clients on the path, beside the case's own") = UNSET
    hosts: key(Names, "host names that lead to the relay; such a case runs behind the wall alone") = UNSET
    project: key(str, "a case whose files lie in the project folder, too") = UNSET
    identity: key(
        str, "the class of the token that the identity service gives: to `az` and over HTTP, two stand-ins"
    ) = UNSET
    variables: key(
        dict[str, str], "variables that are set; `{reader-read}` becomes a token of that class"
    ) = UNSET
    visibility: key(
        Literal["public"], "of the feed: who shows no token is of the class `anonymous`, not of `none`"
    ) = UNSET
    session: key(str, "the class of the session that a sign-in with Microsoft's provider left") = UNSET


class Asked(Table, rename="kebab"):
    """Which kinds of host are asked, for which packages; `-` is a question about none."""

    feed: key(Names, "the feed") = UNSET
    file_store: key(Names, "where the feed redirects a download") = UNSET
    identity: key(Names, "where tokens are issued") = UNSET
    public_index: key(Names, "PyPI") = UNSET
    other: key(Names, "any other host; contact with one fails a case") = UNSET


class Result(Table):
    """What is there afterwards."""

    installed: key(
        dict[str, str], '`"package version"` to the kind of host that supplied it; `nowhere`: it was there'
    ) = UNSET
    uploaded: key(Names, "files that the feed took in") = UNSET
    refused: key(Names, "the statuses that were the feed's last word to a question") = UNSET
    sent: key(Names, "the classes that reached the feed; left out: all that are given") = UNSET
    written: key(Names, "where a token stays: a file below home, or `output`") = UNSET
    printed: key(Names, "lines of the output that matter") = UNSET


class Checked(Table):
    """Of a case that cannot run here."""

    no: must(str, "why")
    source: must(str, "the https:// address of the reason")
    date: must(datetime.date, "when that was read")


class Exceptions(Table):
    """What this case alone may do, each with its reason. One that nothing needs any more fails."""

    powershell: key(str, "why its commands have no PowerShell form") = UNSET
    rules: key(
        dict[str, Any], "rules of `handbook/tools/equivalent.py` that do not hold here: name to reason"
    ) = UNSET
    mutants: key(dict[str, Any], "mutants that change nothing here: name without the case to reason") = UNSET


class Precedence(Table, rename={"kind": "class"}):
    """Of a case with two credentials, one that opens the feed and one that does not: which one wins."""

    wins: must(str, "where the winner is, in the words of the table; code in backticks")
    over: must(str, "where the other one is")
    kind: must(str, "the class of the winner: it opens the feed where the case ends well, and only there")


class Windows(Table):
    """What is otherwise for a Windows reader; what is not said is the same. Run by `make windows`."""

    why: key(str, "what is otherwise, in the words of a page after `On Windows:`") = UNSET
    exit: key(int, "the exit status there") = UNSET
    asked: key(Asked, "which hosts are asked there, all of them") = UNSET
    result: key(Result, "what is otherwise; `Credential Manager: NAME` is a place in `written`") = UNSET
    no: key(str, "or: why the case does not run there") = UNSET
    only: key(str, "or: why it runs there alone") = UNSET


class CaseFile(Table):
    """`case.toml`, beside a reader's files and `run.sh`."""

    title: must(str, "what the case does, in a line")
    client: must(str, "the folder's first part: a row of `handbook/cases/clients.toml`", CLIENTS)
    exit: key(int, "the exit status of the commands, 0 to 255") = UNSET
    place: key(
        dict[str, Any],
        "each file to where a reader puts it: one path, or one for each of linux, macos and windows",
    ) = UNSET
    saved: key(dict[str, str], "a file to how Windows PowerShell saves it: `utf-8-sig` or `utf-16`") = UNSET
    credential: key(
        dict[str, str], "a variable, a word of a file or `stdin` to the class of the token behind it"
    ) = UNSET
    given: key(Given, "what is there before") = UNSET
    asked: key(Asked, "which kinds of host are asked, and for which packages") = UNSET
    result: key(Result, "what is there afterwards") = UNSET
    checked: key(Checked, "of a case that cannot run here: why, and the source of that") = UNSET
    windows: key(Windows, "what is otherwise for a Windows reader") = UNSET
    precedence: key(Precedence, "which of two credentials wins") = UNSET
    exception: key(Exceptions, "what this case alone may do, each with its reason") = UNSET


class WordingTable(Table):
    """The same message as other versions print it; the box knows it then."""

    text: must(str, "the message")
    versions: must(str, "which versions print it")
    source: must(str, "the https:// address that shows it")


class QuotationTable(Table):
    """Words of a program that the entry's prose names and no output of its cases has."""

    text: must(str, "the words")
    case: key(str, "the case that prints them") = UNSET
    source: key(str, "or the https:// address that shows them") = UNSET
    date: key(str, "with the date of that") = UNSET


class CauseTable(Table):
    """A cause of the message, the likeliest first."""

    what: must(str, "the cause, in a sentence")
    cure: must(str, "what helps")
    tell: key(str, "what tells this cause from the others; an only one need not say") = UNSET
    case: key(str, "the case that reproduces it") = UNSET
    source: key(str, "or the https:// address that tells of it") = UNSET
    date: key(str, "with the date of that") = UNSET


class EntryFile(Table):
    """An entry of the troubleshooting pages, `guides/errors/<group>/<slug>.toml`."""

    title: must(str, "the shortest piece of the message that a reader recognises")
    client: must(str, "who prints it: a client, or another name of `handbook/cases/entry.py`")
    message: must(str, "the message; each line is in the output of one of its cases")
    means: must(str, "what it means, in MyST")
    isnt: must(str, "what it does not mean, in MyST")
    cause: must(list[CauseTable], "the causes")
    since: key(str, "the first version that prints it, of an entry without a case: from its sources") = UNSET
    until: key(str, "the last version that prints it, of such an entry") = UNSET
    sources: key(Names, "https:// addresses of what was read") = UNSET
    wording: key(list[WordingTable], "the same message of other versions") = UNSET
    quotation: key(list[QuotationTable], "what shows words that no output of its cases has") = UNSET


Wrong = Callable[[str, str], Exception]  # what is wrong, the cure -> the error to raise
UNKNOWN = re.compile(r"Object contains unknown field `(?P<key>.+?)`(?: - at `\$\.?(?P<path>.*)`)?")
MISSING = re.compile(r"Object missing required field `(?P<key>.+?)`(?: - at `\$\.?(?P<path>.*)`)?")
EXPECTED = re.compile(r"Expected `(?P<kind>\w+)[^`]*`, got `\w+`(?: - at `(?:key in )?\$\.?(?P<path>.*)`)?")


def check(data: dict, kind: type[Table], wrong: Wrong) -> None:
    """Check the keys of a TOML file and their types; raise `wrong` for the first error."""
    try:
        msgspec.convert(data, kind, builtin_types=(datetime.date, datetime.datetime))
    except msgspec.ValidationError as error:
        raise wrong(*_told(str(error), kind)) from None


def _told(message: str, kind: type[Table]) -> tuple[str, str]:
    """Return msgspec's message as a pair: what is wrong, and the cure."""
    for pattern in (UNKNOWN, MISSING, EXPECTED):
        if found := pattern.fullmatch(message):
            break
    else:
        raise AssertionError(message)
    path, table, holder, where, names = found["path"] or "", kind, kind, "", []
    for part in filter(None, path.replace("[...]", "").split(".")):
        name, _, number = part.rstrip("]").partition("[")
        tables = dict(inside(table))
        if number and name in tables:  # one of an array of tables
            where, names = f"{name} {int(number) + 1}: ", []
        else:
            names.append(name)
        holder, table = table, tables.get(name, table)
    plain = ".".join(names)
    if pattern is EXPECTED and not plain:
        name = path.partition("[")[0]
        return f"{name} is not a table", f"write [[{name}]]"
    if pattern is EXPECTED:
        each = "each value " if path.endswith("[...]") else ""
        what = (
            kinds(holder).get(names[-1])
            if found["kind"] == "array" or path.endswith("]") and not each
            else ""
        )
        cure = f"make {each or 'it '}{what or KINDS[found['kind']]}"
        return f"{where}key {plain!r} has the wrong type", cure
    name = f"{plain}.{found['key']}" if plain else found["key"]
    if pattern is UNKNOWN:
        return f"{where}unknown key {name!r}", f"use {', '.join(fields(table))}"
    return f"{where}key {name!r} is missing", f"add it as {kinds(table)[found['key']]}"


def fields(table: type[Table]) -> list[str]:
    """Return the keys of a table as they are written in a file."""
    return list(table.__struct_encode_fields__)


def inside(table: type[Table]) -> Iterator[tuple[str, type[Table]]]:
    """Yield each key that holds a table with known keys, or a list of such tables, with that table."""
    for name, kind in zip(fields(table), get_type_hints(table).values(), strict=True):
        for one in (kind, *get_args(kind), *(two for part in get_args(kind) for two in get_args(part))):
            if isinstance(one, type) and issubclass(one, Table):
                yield name, one


def kinds(table: type[Table]) -> dict[str, str]:
    """Return the type of each key in the words that an error message uses."""
    schema = msgspec.json.schema(table)
    properties = schema["$defs"][table.__name__]["properties"]
    words = {
        "string": "a string",
        "integer": "a whole number",
        "array": "a list of strings",
        "date": "a date without quotes",
    }
    found = {}
    for name, one in properties.items():
        plain = words.get(one.get("format") or one.get("type"), "a table")
        found[name] = f"tables, [[{name}]]" if "$ref" in one.get("items", {}) else plain
    return found


def schema(kind: type[Table]) -> dict:
    """Return the JSON Schema of a kind of file."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(kind)}


def meanings(table: type[Table]) -> Iterator[tuple[str, str, bool]]:
    """Yield each key of a table with its meaning, and whether it is required."""
    properties = msgspec.json.schema(table)["$defs"][table.__name__]
    for name, one in properties["properties"].items():
        yield name, one["description"], name in properties.get("required", [])


def described() -> str:
    """Return the document that lists all keys, in Markdown."""
    text = "# Keys\n\n`make keys` writes this from `handbook/cases/keys.py`. A key in bold must be there.\n"
    text += "So must `exit`, `asked` and `result` of a case that has no `checked`.\n"
    for kind in (CaseFile, EntryFile):
        text += f"\n## {kind.__doc__}\n"
        for title, table in (("", kind), *inside(kind)):
            heading = f"\n### `{title}`\n\n{table.__doc__}\n" if title else ""
            rows = [
                f"| {'**' if needed else ''}`{name}`{'**' if needed else ''} | {means} |"
                for name, means, needed in meanings(table)
            ]
            text += "\n".join([heading, "| Key | Says |", "|---|---|", *rows, ""])
    return text
