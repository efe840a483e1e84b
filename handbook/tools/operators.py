"""Mutation operators: the ways to break a case that `handbook.tools.mutate` tries on every file.

One table of substitutions lists the changes for each format; three functions do what no pattern can: remove a
line, swap two lines, move a file. A change that means the same as the original in the file's own language is
not a mutant, and two changes that mean the same are one mutant.
"""

from __future__ import annotations

import ast
import configparser
import difflib
import re
import shlex
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import yaml

from handbook.cases import names, pipeline_steps
from handbook.cases.case import Case
from handbook.cases.clients import CLIENTS
from handbook.cases.machine import HERE

SCRIPT = "run.sh"
OWN = {file: kind for one in CLIENTS.values() for file, kind in one.files.items()}
FORMATS = [  # of any other file: the first pattern that matches its name
    ("toml", r".+\.toml"),
    ("ini", r".+\.(ini|cfg)"),
    ("requirements", r"(requirements|constraints).*\.(txt|in)"),
    ("shell", r".+\.sh"),
    ("python", r".+\.py"),
    ("yaml", r".+\.ya?ml"),
]
ALL = ("toml", "ini", "requirements", "shell", "python", "yaml", "text")
LINE = r".+"
URL = r"https?://[^\s\"']+"
BRACKETS = r"(?<= )[\[{].+[\]}]$"
SOURCES = "|".join(names.SOURCES)
OPTION, VALUE = r" --?[a-z][\w-]*", r" (?:\"[^\"]*\"|'[^']*'|[^\s-]\S*)"


def wrong_letter(found: re.Match[str]) -> str:
    """Return a word with its last letter replaced: contoso, contosp; TOKEN, TOKEO."""
    at = max(i for i, letter in enumerate(found[0]) if letter.isalpha())
    letter = found[0][at]
    other = {"z": "y", "Z": "Y"}.get(letter) or chr(ord(letter) + 1)
    return found[0][:at] + other + found[0][at + 1 :]


@dataclass(frozen=True)
class Substitution:
    """One change: in each part of a text that matches `where`, each match of `what` becomes `new`."""

    operator: str
    formats: tuple[str, ...]
    where: str
    what: str
    new: str | Callable[[re.Match[str]], str]


def _choices(key: str, values: tuple[str, ...]) -> list[Substitution]:
    """Return the substitutions that set a TOML key to each other value of a closed list."""
    return [
        Substitution(
            f"{key}-becomes-{value}", ("toml",), rf"^{key} = .+", rf'"(?!{value}")[\w-]+"', f'"{value}"'
        )
        for value in values
    ]


SUBSTITUTIONS = [
    Substitution(
        "wrong-letter-in-organization",
        ALL,
        URL,
        rf"(?<=\.com/){names.EXAMPLES['ORGANIZATION']}",
        wrong_letter,
    ),
    Substitution(
        "wrong-letter-in-project", ALL, URL, rf"(?<=/){names.EXAMPLES['PROJECT']}(?=/)", wrong_letter
    ),
    Substitution(
        "wrong-letter-in-feed",
        ALL,
        URL,
        rf"(?<=/)(?:{names.EXAMPLES['FEED']}|{names.ORGANIZATION_FEED})(?=/)",
        wrong_letter,
    ),
    Substitution(
        "wrong-letter-in-source",
        ALL,
        LINE,
        rf"(?<![\w-])(?<!_packaging/)(?:{SOURCES})(?![\w-])",
        wrong_letter,
    ),
    Substitution("wrong-letter-in-source", ALL, LINE, rf"(?<=_)(?:{SOURCES.upper()})(?=_)", wrong_letter),
    Substitution("wrong-letter-in-variable", ALL, LINE, r"\b[A-Z][A-Z\d]*(?:_[A-Z\d]+)+\b", wrong_letter),
    Substitution("wrong-letter-in-section", ("toml", "ini"), r"^\[.+\]$", r"[\w-]+", wrong_letter),
    Substitution("wrong-letter-in-package", ALL, LINE, r"\bcontoso[-_][a-z_]+|\bidna\b", wrong_letter),
    Substitution("simple-and-upload-swapped", ALL, URL, r"(?<=/)simple\b", "upload"),
    Substitution("simple-and-upload-swapped", ALL, URL, r"(?<=/)upload\b", "simple"),
    Substitution("slash-lost", ALL, URL, r"(?<![:/])/(?!/)", ""),
    Substitution("segment-lost", ALL, URL, r"(?<=[^:/]/)[^/]+/?", ""),
    Substitution(
        "index-url-and-extra-index-url-swapped", ALL, LINE, r"(?<!extra-)\bindex-url\b", "extra-index-url"
    ),
    Substitution("index-url-and-extra-index-url-swapped", ALL, LINE, r"\bextra-index-url\b", "index-url"),
    Substitution("key-misspelt", ("toml", "ini"), LINE, r"(?<![\w.-])[A-Za-z][\w-]*(?= ?= )", wrong_letter),
    Substitution(
        "key-misspelt", ("requirements", "shell"), LINE, r"(?<= --)[a-z-]+|^--[a-z-]+", wrong_letter
    ),
    Substitution("flag-flipped", ("toml", "ini"), LINE, r"(?<== )true\b", "false"),
    Substitution("flag-flipped", ("toml", "ini"), LINE, r"(?<== )false\b", "true"),
    *_choices("priority", ("primary", "supplemental", "explicit")),
    *_choices("index-strategy", ("first-index", "unsafe-first-match", "unsafe-best-match")),
    Substitution("item-dropped", ("toml",), BRACKETS, r"(?:[\w-]+ = )?\"[^\"]*\", ", ""),
    Substitution("item-dropped", ("toml",), BRACKETS, r", (?:[\w-]+ = )?\"[^\"]*\"", ""),
    Substitution("flag-dropped", ("shell",), LINE, rf"{OPTION}(?= |$)", ""),
    Substitution("flag-dropped", ("shell",), LINE, r"(?<= -)[a-z](?=[a-z]+ )", ""),
    Substitution("flag-dropped", ("shell",), LINE, r"(?<= -[a-z])[a-z](?=[a-z]* )", ""),
    Substitution("flag-dropped", ("shell",), LINE, r"(?<= -[a-z][a-z])[a-z](?=[a-z]* )", ""),
    Substitution("flag-and-value-dropped", ("shell",), LINE, rf"{OPTION}{VALUE}(?= |$)", ""),
    Substitution("export-lost", ("shell",), LINE, r"^export (?=\w+=)", ""),
    Substitution("dollar-lost", ALL, LINE, r"\$(?=[A-Z{])", ""),
    Substitution("braces-lost", ALL, LINE, r"\$\{(\w+)\}", r"$\1"),
]


@dataclass(frozen=True)
class Mutant:
    """One broken case. `text` is the new text of `file`, `place` its new place; at most one is set.

    If both are None, the file is left out. `line` is the original line that is broken; for two swapped lines,
    the upper one and the lower one. `original` is the file's text in the case.
    """

    case: str
    file: str
    operator: str
    number: int
    line: str
    text: str | None = None
    place: str | None = None
    original: str = field(default="", repr=False)

    @property
    def id(self) -> str:
        """The mutant's name, the same in every run: case, file, operator, number."""
        return f"{self.case}:{self.within}"

    @property
    def within(self) -> str:
        """The mutant's name within its case."""
        return f"{self.file}:{self.operator}:{self.number}"

    @property
    def diff(self) -> str:
        """The change as a unified diff, or as one sentence if the file is moved or left out."""
        if self.text is None:
            return f"{self.file} is put at {self.place}\n" if self.place else f"{self.file} is left out\n"
        old, new = self.original.splitlines(keepends=True), self.text.splitlines(keepends=True)
        return "".join(difflib.unified_diff(old, new, f"a/{self.file}", f"b/{self.file}", n=1))


def format_of(file: str) -> str:
    """Return the format of a file by its name; "text" if it is unknown."""
    name = PurePosixPath(file).name
    return OWN.get(name) or next((kind for kind, pattern in FORMATS if re.fullmatch(pattern, name)), "text")


def _requirements(text: str) -> object:
    """Return options in order, requirements in any: pip reads all options before it looks for a package."""
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [line for line in lines if line[0][0] == "-"], sorted(line for line in lines if line[0][0] != "-")


def _ini(text: str) -> object:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    return {name: {key: value.split() for key, value in parser[name].items()} for name in parser}


PARSERS: dict[str, Callable[[str], object]] = {
    "toml": tomllib.loads,
    "ini": _ini,
    "requirements": _requirements,
    "shell": lambda text: [
        words for line in text.splitlines() if (words := shlex.split(line, comments=True))
    ],
    "python": lambda text: ast.dump(ast.parse(text)),
    "yaml": lambda text: yaml.load(text, pipeline_steps.LOADER),
}


def meaning(kind: str, text: str) -> object:
    """Return the meaning of a text in its own language; an invalid text means only itself."""
    try:
        return PARSERS[kind](text) if kind in PARSERS else text
    except (ValueError, SyntaxError, configparser.Error, yaml.YAMLError):
        return ("broken", text)


def _substituted(kind: str, text: str) -> Iterator[tuple[str, str, str]]:
    for change in SUBSTITUTIONS:
        if kind not in change.formats:
            continue
        for part in re.finditer(change.where, text, re.MULTILINE):
            for found in re.finditer(change.what, part[0], re.MULTILINE):
                start = part.start() + found.start()
                new = change.new(found) if callable(change.new) else found.expand(change.new)
                line = text[text.rfind("\n", 0, start) + 1 :].partition("\n")[0]
                yield change.operator, line, text[:start] + new + text[start + len(found[0]) :]


def _lines_removed(kind: str, text: str) -> Iterator[tuple[str, str, str]]:
    lines = text.splitlines(keepends=True)
    for at, line in enumerate(lines):
        yield "line-removed", line.rstrip("\n"), "".join(lines[:at] + lines[at + 1 :])


def _lines_swapped(kind: str, text: str) -> Iterator[tuple[str, str, str]]:
    """Swap adjacent lines, but in a shell not two exports, which do not depend on each other."""
    lines = text.splitlines(keepends=True)
    for at, (upper, lower) in enumerate(zip(lines, lines[1:], strict=False)):
        if kind == "shell" and upper.startswith("export ") and lower.startswith("export "):
            continue
        yield (
            "lines-swapped",
            upper + lower.rstrip("\n"),
            "".join([*lines[:at], lower, upper, *lines[at + 2 :]]),
        )


def broken(kind: str, text: str) -> Iterator[tuple[str, str, str, object]]:
    """Yield (operator, line, new text, its meaning) for each change that changes the meaning."""
    says = meaning(kind, text)
    for way in (_substituted, _lines_removed, _lines_swapped):
        for operator, line, new in way(kind, text):
            if (said := meaning(kind, new)) != says:
                yield operator, line, new, said


def moved(place: str) -> dict[str, str]:
    """Return operator -> place for a file that is put in the wrong folder: one level up, one level down."""
    home, path = ("~/" if place.startswith("~/") else ""), PurePosixPath(place.removeprefix("~/"))
    if home and len(path.parts) == 1:
        return {"file-one-folder-down": path.name}  # in the project folder instead of the home
    above = f"{home}{path.parent.parent / path.name}" if len(path.parts) > 1 else f"~/{path}"
    return {"file-one-folder-up": above, "file-one-folder-down": f"{home}{path.parent / 'other' / path.name}"}


def mutants(case: Case) -> list[Mutant]:
    """Return every mutant of a case, in a stable order and without duplicates."""
    found: list[Mutant] = []
    known: list[tuple[str, object]] = []
    numbers: dict[tuple[str, str], int] = {}

    def add(says: object, file: str, operator: str, **rest: str | None) -> None:
        number = numbers[file, operator] = numbers.get((file, operator), 0) + 1
        if (file, says) not in known:
            known.append((file, says))
            found.append(Mutant(case.name, file, operator, number, **rest))

    if not case.runs_on(HERE):  # a case that runs only on Windows cannot be tried here
        return found
    for file in [*case.files, SCRIPT]:
        kind, text = format_of(file), case.commands if file == SCRIPT else case.text(file)
        for operator, line, new, said in broken(kind, text):
            add(said, file, operator, line=line, text=new, original=text)
    for file in case.files:
        where = case.place[file]["linux"]
        for operator, place in {"file-left-out": None, **moved(where)}.items():
            add(place, file, operator, line=where, place=place)
    return found
