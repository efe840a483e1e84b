"""Phrases that a text for readers never uses, each with the better one: `plain_english.toml`.

Checks the pages, the entries' prose, the titles of cases, README, CONTRIBUTING and CHANGELOG, but no code, no
messages, no quoted words and no addresses: those belong to a program or another author.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from handbook.cases import case, entry
from handbook.tools.environments import ROOT

FILE = Path(__file__).with_suffix(".toml")
LIST = "handbook/tools/plain_english.toml"
OTHERS = ("index.md", "README.md", "CONTRIBUTING.md", "CHANGELOG.md")
NOT_PROSE = (  # the order matters: the contents of a fence are not inline code
    re.compile(r"^ *(`{3,}).*?^ *\1 *$", re.MULTILINE | re.DOTALL),  # code, and directives with backticks
    re.compile(
        r"^ *:{3,}.*$|^ *:[\w-]+:.*$|^%.*$|^\([\w-]+\)=$", re.MULTILINE
    ),  # directives, options, labels
    re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL),
    re.compile(r'"[^"\n]+"|“[^”\n]+”'),
    re.compile(r"\]\([^)\s]*\)|<https?:[^>]*>"),
)
ROLE = re.compile(r"\{[\w-]+\}`([^`<]+?) *<[^`<>]*>`")  # its label is prose


@cache
def phrases() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return each phrase as a pattern of whole words, with what to write instead."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["phrase"]
    return tuple(
        (re.compile(rf"(?<!\w)(?:{row['never']})(?!\w)", re.IGNORECASE), row["write"]) for row in rows
    )


def strict() -> tuple[str, ...]:
    """Return the prefixes of the names of the files in which a phrase fails the lint."""
    return tuple(tomllib.loads(FILE.read_text(encoding="utf-8"))["strict"])


def prose(text: str) -> str:
    """Return a MyST text without code, quotations or addresses. Lines keep their numbers."""
    text = ROLE.sub(lambda one: one[1], text)
    for pattern in NOT_PROSE:
        text = pattern.sub(lambda one: "…" + "\n" * one[0].count("\n"), text)
    return text


def found(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield the line, the words and what to write instead, for each phrase in a MyST text."""
    # A phrase may continue on the next line, but not in the next paragraph.
    joined = re.sub(r"(?<!\n)\n(?!\s*\n)", " ", plain := prose(text))
    for pattern, write in phrases():
        for one in pattern.finditer(joined):
            yield plain.count("\n", 0, one.start()) + 1, one[0].strip(), write


def texts(root: Path) -> Iterator[tuple[str, str, bool]]:
    """Yield the file name and the text, and whether the text is the whole file, so that its lines count."""
    for page in sorted([*(root / "guides").rglob("*.md"), *(root / name for name in OTHERS)]):
        if page.is_file():
            yield page.relative_to(root).as_posix(), page.read_text(encoding="utf-8"), True
    for one in entry.all_entries(root):
        captions = (wording.versions for wording in one.wordings)
        yield one.file.relative_to(root).as_posix(), "\n\n".join([*one.prose(), *captions]), False
    for one in case.all_cases(root):
        yield f"snippets/{one.name}/case.toml", one.title, False


def lines(root: Path, among: tuple[str, ...]) -> list[str]:
    """Return one line for each phrase in the files whose names start with `among`: file, words, cure."""
    return [
        f"{name}{f':{line}' if lined else ''}: says {words!r}: write {write!r} ({LIST})"
        for name, text, lined in texts(root)
        if name.startswith(among)
        for line, words, write in found(text)
    ]


def main() -> None:
    """Print every phrase in every text, even where it doesn't fail the lint, then the number of each."""
    counted = Counter(write for _, text, _ in texts(ROOT) for _, _, write in found(text))
    print("\n".join(lines(ROOT, ("",))))
    print("\n".join(f"{count:4} {write}" for write, count in counted.most_common()), file=sys.stderr)


if __name__ == "__main__":
    main()
