"""Read and validate an entry of the troubleshooting pages: one error message, its meaning and causes.

An entry is one file, `guides/errors/<group>/<slug>.toml`.

`load` reads and validates a file; every error is one line that names the file and the cure. `owed` lists what
is missing between entries and cases.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from handbook.cases import clients, keys
from handbook.cases.case import Case

T = TypeVar("T")
FOLDER = Path("guides") / "errors"
CLIENTS = {  # the programs that print messages, in the order of the lists, spelled as their makers do
    **{name: one.spelling for name, one in clients.CLIENTS.items() if name != "bash"},  # bash has none
    "tasks": "Azure Pipelines",
    "feed": "the feed",
    "sign-in": "Microsoft Entra",
    "windows": "Windows, PowerShell or cmd",
    "python": "Python",
    "conda": "conda",
    "docker": "Docker",
    "functions": "Azure Functions",
    "github": "GitHub Actions",
    "dependabot": "Dependabot",
    "renovate": "Renovate",
}
CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
HTML = re.compile(r"<[A-Za-z/!?][^\s>]*")
DATE = re.compile(r"20\d\d(-(0[1-9]|1[0-2])(-\d\d)?)?")


class EntryError(ValueError):
    """An entry that cannot be used; the message is one line: `path: what is wrong: cure`."""


@dataclass(frozen=True)
class Wording:
    """The same message, as other versions print it."""

    text: str
    versions: str
    source: str


@dataclass(frozen=True)
class Quotation:
    """A program's words in the entry's prose: another case prints them, or a source shows them."""

    text: str
    case: str
    source: str
    date: str


@dataclass(frozen=True)
class Cause:
    """A reason why a client prints the message: a case reproduces it, or a dated source describes it."""

    what: str
    tell: str
    cure: str
    case: str
    source: str
    date: str


@dataclass(frozen=True)
class Entry:
    """A validated entry. `name` is `group/slug`; `means`, `isnt` and the causes' texts are MyST."""

    name: str
    file: Path
    title: str
    client: str
    since: str
    until: str
    message: str
    means: str
    isnt: str
    sources: tuple[str, ...]
    wordings: tuple[Wording, ...]
    quotations: tuple[Quotation, ...]
    causes: tuple[Cause, ...]

    @property
    def slug(self) -> str:
        """The last part of the name, which is the entry's anchor on its page."""
        return self.name.rpartition("/")[2]

    @property
    def cases(self) -> list[str]:
        """The names of the cases that reproduce the message, each once, in the order of the causes."""
        return list(dict.fromkeys(cause.case for cause in self.causes if cause.case))

    def prose(self) -> Iterator[str]:
        """Yield each text that is printed as MyST."""
        yield from (self.means, self.isnt)
        for cause in self.causes:
            yield from (cause.what, cause.tell, cause.cure)


def all_entries(root: Path) -> list[Entry]:
    """Return every entry of the checkout, ordered by name; raise EntryError for the first broken one."""
    return [load(file) for file in sorted((root / FOLDER).glob("*/*.toml"))]


def load(file: Path) -> Entry:
    """Return the entry in `file` (`…/guides/errors/<group>/<slug>.toml`), or raise EntryError."""
    for word in (file.parent.name, file.stem):
        if not re.fullmatch(r"[a-z]+(-[a-z]+)*", word):
            raise _wrong(file, f"{word!r} is not lower-case words joined by hyphens", "rename it")
    try:
        data = tomllib.loads(file.read_bytes().decode())
    except FileNotFoundError:
        raise _wrong(file, "does not exist", "create it, or correct the name") from None
    except UnicodeDecodeError:
        raise _wrong(file, "is not UTF-8", "save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise _wrong(file, f"is not TOML: {error}", "correct that line") from None
    keys.check(data, keys.EntryFile, lambda what, cure: _wrong(file, what, cure))
    _check_values(file, data)
    return Entry(
        name=f"{file.parent.name}/{file.stem}",
        file=file,
        title=data["title"],
        client=data["client"],
        since=data.get("since", ""),
        until=data.get("until", ""),
        message=data["message"].strip("\n") + "\n",
        means=data["means"],
        isnt=data["isnt"],
        sources=tuple(data.get("sources", [])),
        wordings=tuple(Wording(**one) for one in data.get("wording", [])),
        quotations=tuple(_filled(Quotation, one) for one in data.get("quotation", [])),
        causes=tuple(_filled(Cause, one) for one in data["cause"]),
    )


def _filled(kind: type[T], table: dict[str, str]) -> T:
    """Return a table as an object; a missing key becomes ""."""
    return kind(**(dict.fromkeys(kind.__dataclass_fields__, "") | table))


def lines(text: str) -> list[str]:
    """Return the non-empty lines of a message or an output, stripped of surrounding space."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def reproduced(entry: Entry) -> bool:
    """Return whether a case of this handbook prints the message."""
    return bool(entry.cases)


def worded(case: Case) -> str:
    """Return a failure's wording at the default verbosity, regardless of the package's name.

    For pip, this is the lines that it marks as errors and warnings; for other clients, the whole output.
    """
    output = case.output or ""
    marked = re.findall(r"^(?:ERROR|WARNING): .+", output, re.MULTILINE) if case.client == "pip" else []
    return re.sub(r"contoso-[a-z]+", "contoso-name", "\n".join(marked) or output)


def collisions(cases: Iterable[Case]) -> list[list[Case]]:
    """Return the groups of at least two failures that the same client words identically."""
    found: dict[tuple[str, str], list[Case]] = {}
    for case in cases:
        if case.verb == "fail":
            found.setdefault((case.client, worded(case)), []).append(case)
    return [group for group in found.values() if len(group) > 1]


def owed(entries: Iterable[Entry], cases: Iterable[Case]) -> list[str]:
    """Return what is missing between entries and cases, in both directions, in one line each."""
    known = {case.name: case for case in cases}
    owner: dict[str, str] = {}
    found = []
    for entry in entries:
        said: set[str] = set()
        for name in entry.cases:
            if name not in known:
                found.append(
                    f"{shown_path(entry.file)}: case {name} does not exist: create it or correct the name"
                )
                continue
            if name in owner:
                found.append(
                    f"{shown_path(entry.file)}: case {name} is also a cause of {owner[name]}: keep one"
                )
            owner.setdefault(name, entry.name)
            output = known[name].output
            if output is None:
                cure = f"write it with python3 -m handbook test {name} --write"
                found.append(f"{shown_path(entry.file)}: case {name} has no output.txt: {cure}")
            said |= set(lines(output or ""))
        if reproduced(entry):
            found += [
                f"{shown_path(entry.file)}: no output of its cases has the line {line!r}: copy it from one"
                for line in lines(entry.message)
                if line not in said
            ]
    for name, case in known.items():
        if case.verb == "fail" and name not in owner:
            found.append(
                f"snippets/{name}: is a cause of no entry: add it to the one whose message it prints"
            )
    for group in collisions(known.values()):
        owners = sorted({owner[case.name] for case in group if case.name in owner})
        if len(owners) > 1:
            names = ", ".join(case.name for case in group)
            found.append(f"{' and '.join(owners)}: {names} print the same words: make them one entry")
    return found


def shown_path(file: Path) -> str:
    """Return the path starting at `guides`, which is the same on every machine."""
    return (FOLDER / file.parent.name / file.name).as_posix()


def _wrong(file: Path, what: str, cure: str) -> EntryError:
    return EntryError(f"{shown_path(file)}: {what}: {cure}")


def _check_values(file: Path, data: dict) -> None:
    """Check the values that have a closed list or a fixed form."""
    for where, table in (("", data), *((f"cause {n}: ", one) for n, one in enumerate(data["cause"], 1))):
        for key, value in table.items():
            if isinstance(value, str) and not value.strip():
                raise _wrong(file, f"{where}key {key!r} is empty", "say it, or leave the key out")
    if data["client"] not in CLIENTS:
        cure = f"use one of {', '.join(CLIENTS)}, or add it to handbook/cases/entry.py"
        raise _wrong(file, f"unknown client {data['client']!r}", cure)
    if "\n" in data["title"]:
        raise _wrong(file, "title is not one line", "use the shortest piece that a reader recognises")
    if not data["cause"]:
        raise _wrong(file, "has no cause", "add [[cause]]")
    for key in {"since", "until"} & data.keys():
        if any("case" in one for one in data["cause"]):
            cure = "take it out: `make versions` measures which releases print what a case prints"
            raise _wrong(file, f"says {key!r}", cure)
    for number, one in enumerate(data.get("quotation", []), 1):
        if ("case" in one) == bool({"source", "date"} & set(one)) or ("source" in one) != ("date" in one):
            cure = "give the case that prints it, or a source and its date"
            raise _wrong(file, f"quotation {number}: nothing shows it", cure)
    for number, cause in enumerate(data["cause"], 1):
        where = f"cause {number}: "
        if "case" not in cause and not {"source", "date"} <= set(cause):
            raise _wrong(file, f"{where}nothing shows it", "give its case, or a source and its date")
        if not re.fullmatch(r"[a-z-]+/[a-z-]+", cause.get("case", "pip/fail")):
            raise _wrong(file, f"{where}case is {cause['case']!r}", "name it client/verb-qualifier")
        if not DATE.fullmatch(cause.get("date", "2026")):
            raise _wrong(file, f"{where}date is {cause['date']!r}", 'write it like "2025-08"')
        if len(data["cause"]) > 1 and "tell" not in cause:
            raise _wrong(file, f"{where}key 'tell' is missing", "say what tells this cause from the others")
    texts = {key: data[key] for key in ("means", "isnt")}
    for number, cause in enumerate(data["cause"], 1):
        texts |= {f"cause {number}: {key}": cause[key] for key in ("what", "tell", "cure") if key in cause}
    for key, text in texts.items():
        if found := HTML.search(CODE.sub("", text)):
            raise _wrong(file, f"{key} holds HTML {found[0]!r}", "say it in words, or put code in backticks")
    addresses = [*data.get("sources", []), *(one["source"] for one in data.get("wording", []))]
    addresses += [one["source"] for one in data.get("quotation", []) if "source" in one]
    for address in [*addresses, *(one["source"] for one in data["cause"] if "source" in one)]:
        if not isinstance(address, str) or not re.fullmatch(r"https://\S+", address):
            raise _wrong(file, f"source {address!r} is not an address", "give one that begins with https://")
