"""Check that each version number after a client's name comes from a version record or a linked source.

On a page, a linked source must be in the same paragraph, list item or row; in an entry, it may be one of the
entry's own. The role {release} prints measured releases without a number in the text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from handbook.cases.clients import CLIENTS
from handbook.cases.entry import FOLDER

CURE = "print it with the role {release}, link its source beside it, or leave it out"
# A name followed by a number, or a word of time with one: "since 0.7.0". A pin such as pip==26.3 is code.
NAMES = "|".join(
    sorted(
        {re.escape(one) for name, row in CLIENTS.items() if row.lock for one in (name, row.spelling)},
        reverse=True,
    )
)
SAID = re.compile(
    rf"(?<![\w/.=`-])(?:(?i:{NAMES}) (?:version )?v?\d+(?:\.\d+)*(?:\.x)?"
    r"|(?i:since|before) (?:version )?\d+\.\d+(?:\.\d+)*)(?![\w%])"
)
SOURCE = re.compile(r"\]\(https://")
BLOCK = re.compile(r"\n\s*\n|\n(?=\s*(?:[*|] |\d+\. |: ))")


def unsourced(root: Path) -> list[str]:
    """Return a line for each number on a page or in an entry that has no source."""
    pages = sorted([*(root / "guides").rglob("*.md"), root / "index.md"])
    found = [f"{page.relative_to(root)}: {one}" for page in pages for one in _of_page(page)]
    entries = sorted((root / FOLDER).glob("*/*.toml"))
    return found + [f"{file.relative_to(root)}: {one}" for file in entries for one in _of_entry(file)]


def _of_page(page: Path) -> Iterator[str]:
    if not page.is_file():
        return
    for block in BLOCK.split(page.read_text(encoding="utf-8")):
        if not SOURCE.search(block):
            yield from (_told(one[0]) for one in SAID.finditer(block))


def _of_entry(file: Path) -> Iterator[str]:
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    causes = data.get("cause", [])
    if data.get("sources") or any("source" in one for one in causes):
        return
    texts = [data.get(key, "") for key in ("means", "isnt")]
    texts += [one.get(key, "") for one in causes for key in ("what", "tell", "cure")]
    for text in texts:
        if not SOURCE.search(text):
            yield from (_told(one[0]) for one in SAID.finditer(text))


def _told(said: str) -> str:
    return f"says {said!r} and shows nothing for it: {CURE}"
