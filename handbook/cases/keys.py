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
    """What exists before the commands run."""

    dist: key(Names, "files to publish, which are put into the project folder") = UNSET
    feed: key(Names, "files that are already in the feed") = UNSET
    public: key(
        Names,
        "clients that are on PyPI, with their dependencies, as their locks pin them; the version is `locked`",
    ) = UNSET
    after: key(Names, "cases that are run first, in the same home folder") = UNSET
    programs: key(Names, "clients on PATH in addition to the case's own") = UNSET
    hosts: key(Names, "host names that resolve to the relay; such a case runs only behind the wall") = UNSET
    project: key(str, "a case whose files are also put into the project folder") = UNSET
    identity: key(
        str,
        "the class of the token that the identity service issues, to `az` and over HTTP; both are stand-ins",
    ) = UNSET
    variables: key(
        dict[str, str], "variables to set; `{reader-read}` is replaced with a token of that class"
    ) = UNSET
    visibility: key(
        Literal["public"],
        "of the feed: a request without a token belongs to the class `anonymous`, not `none`",
    ) = UNSET
    session: key(str, "the class of the session that an earlier sign-in with Microsoft's provider left") = (
        UNSET
    )


class Asked(Table, rename="kebab"):
    """Which kinds of host get requests, and for which packages; `-` is a request about no package."""

    feed: key(Names, "the feed") = UNSET
    file_store: key(Names, "where the feed redirects a download") = UNSET
    identity: key(Names, "the service that issues tokens") = UNSET
    public_index: key(Names, "PyPI") = UNSET
    other: key(Names, "any other host; a request to one fails the case") = UNSET


class Result(Table):
    """What exists after the commands have run."""

    installed: key(
        dict[str, str],
        '`"package version"` to the kind of host that supplied it; `nowhere` if it was already there',
    ) = UNSET
    uploaded: key(Names, "files that the feed accepted") = UNSET
    refused: key(Names, "the error statuses with which the feed finally answered a request") = UNSET
    sent: key(
        Names, "the classes of the tokens that reached the feed; if missing, all that the case sets"
    ) = UNSET
    written: key(Names, "where a token is left: a file below the home folder, or `output`") = UNSET
    printed: key(Names, "lines that the output must contain") = UNSET


class Checked(Table):
    """For a case that can't run here."""

    no: must(str, "why not")
    source: must(str, "the https:// address of the reason")
    date: must(datetime.date, "the date on which that was read")


class Exceptions(Table):
    """What only this case is allowed to do, each with its reason. An unneeded exception is an error."""

    powershell: key(str, "why the commands have no PowerShell form") = UNSET
    rules: key(
        dict[str, Any], "rules of `handbook/tools/equivalent.py` that don't apply here: name to reason"
    ) = UNSET
    mutants: key(dict[str, Any], "mutants that change nothing here: name, without the case, to reason") = (
        UNSET
    )


class Precedence(Table, rename={"kind": "class"}):
    """For a case with two credentials, of which the feed accepts only one: which one the client uses."""

    wins: must(str, "where the credential that wins is, in the words of the table; code in backticks")
    over: must(str, "where the other credential is")
    kind: must(str, "the class of the credential that wins; the feed accepts it exactly if the case succeeds")


class Windows(Table):
    """What is different for a reader on Windows; anything left out is the same. `make windows` runs it."""

    why: key(str, "what is different, as a page says it after `On Windows:`") = UNSET
    exit: key(int, "the exit status on Windows") = UNSET
    asked: key(Asked, "all hosts that get requests on Windows") = UNSET
    result: key(Result, "what is different; `written` may name `Credential Manager: NAME`") = UNSET
    no: key(str, "instead: why the case doesn't run on Windows") = UNSET
    only: key(str, "instead: why it runs only on Windows") = UNSET


class CaseFile(Table):
    """`case.toml`, in the same folder as the reader's files and `run.sh`."""

    title: must(str, "what the case does, in one line")
    client: must(str, "the first part of the folder's name, a row of `handbook/cases/clients.toml`", CLIENTS)
    exit: key(int, "the exit status of the commands, 0 to 255") = UNSET
    place: key(
        dict[str, Any],
        "file to the path where a reader puts it: one path, or one each for linux, macos and windows",
    ) = UNSET
    saved: key(
        dict[str, str], "file to the encoding in which Windows PowerShell saves it: `utf-8-sig` or `utf-16`"
    ) = UNSET
    credential: key(
        dict[str, str], "a variable, a word in a file or `stdin` to the class of the token that it contains"
    ) = UNSET
    given: key(Given, "what exists before the commands run") = UNSET
    asked: key(Asked, "which kinds of host get requests, and for which packages") = UNSET
    result: key(Result, "what exists after the commands have run") = UNSET
    checked: key(Checked, "for a case that can't run here: why not, and the source of that") = UNSET
    windows: key(Windows, "what is different for a reader on Windows") = UNSET
    precedence: key(Precedence, "which of two credentials the client uses") = UNSET
    exception: key(Exceptions, "what only this case is allowed to do, each with its reason") = UNSET


class WordingTable(Table):
    """The same message as other versions print it. The paste box then recognises it."""

    text: must(str, "the message")
    versions: must(str, "which versions print it")
    source: must(str, "the https:// address of a page or file that shows it")


class QuotationTable(Table):
    """A program's words that the entry's prose quotes and that no output of its cases contains."""

    text: must(str, "the words")
    case: key(str, "the case that prints them") = UNSET
    source: key(str, "instead: the https:// address that shows them") = UNSET
    date: key(str, "the date on which the source was read") = UNSET


class CauseTable(Table):
    """A cause of the message. The most likely cause comes first."""

    what: must(str, "the cause, in one sentence")
    cure: must(str, "how to fix it")
    tell: key(str, "how to tell this cause from the others; not needed if it is the only one") = UNSET
    case: key(str, "the case that reproduces it") = UNSET
    source: key(str, "instead: the https:// address of a report of it") = UNSET
    date: key(str, "the date on which the source was read") = UNSET


class EntryFile(Table):
    """An entry on an error page, `guides/errors/<group>/<slug>.toml`."""

    title: must(str, "the shortest part of the message that a reader recognises")
    client: must(str, "what prints it: a client, or another name from `handbook/cases/entry.py`")
    message: must(str, "the message; each line must be in the output of one of its cases")
    means: must(str, "what it means, in MyST")
    isnt: must(str, "what it doesn't mean, in MyST")
    cause: must(list[CauseTable], "the causes")
    since: key(str, "for an entry without a case: the first version that prints it, from its sources") = UNSET
    until: key(str, "for such an entry: the last version that prints it") = UNSET
    sources: key(Names, "the https:// addresses of what was read") = UNSET
    wording: key(list[WordingTable], "the same message as other versions print it") = UNSET
    quotation: key(list[QuotationTable], "where words come from that no output of its cases contains") = UNSET


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
    text = (
        "# Keys\n\n`make keys` writes this file from `handbook/cases/keys.py`. A key in bold is required.\n"
    )
    text += "A case without `checked` also needs `exit`, `asked` and `result`.\n"
    for kind in (CaseFile, EntryFile):
        text += f"\n## {kind.__doc__}\n"
        for title, table in (("", kind), *inside(kind)):
            heading = f"\n### `{title}`\n\n{table.__doc__}\n" if title else ""
            rows = [
                f"| {'**' if needed else ''}`{name}`{'**' if needed else ''} | {means} |"
                for name, means, needed in meanings(table)
            ]
            text += "\n".join([heading, "| Key | Meaning |", "|---|---|", *rows, ""])
    return text
