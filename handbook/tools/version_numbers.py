"""Check that each version number of a client comes from a version record or from a source linked beside it.

A number is a client's if its sentence or table row names a client, or if it is on a client's page or in one
of its entries; not if it follows the name of something else, such as Python. Its source is a link in the same
sentence or row, or in brackets directly after it, whose address names the client. In an entry, it may be that
of the cause; a wording must have one anyway (`handbook/cases/entry.py`). The role {release} prints measured
releases without a number in the text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from handbook.cases.clients import CLIENTS
from handbook.cases.entry import FOLDER

CURE = "print it with the role {release}, link its source in the same sentence, or leave it out"
# The clients that a lock pins, and the package that brings keyring's plug-in: spelling to name.
SPELT = {one.lower(): name for name, row in CLIENTS.items() if row.lock for one in (name, row.spelling)} | {
    "artifacts-keyring": "keyring"
}
NAMES = "|".join(sorted(map(re.escape, SPELT), reverse=True))
NAME = re.compile(rf"(?<![\w/.=-])(?i:{NAMES})(?![\w/=-]|\.\w)")
# Numbers with dots between them, but no measure ("1.3 times"); and a list or range of such.
NUMBER = (
    r"v?\d+(?:\.\d+)+(?:\.x|\.?(?:rc|post|dev)\d+)?(?![\w%+]|\.\w| (?:times|seconds?|s|[kKMG]i?B|screens)\b)"
)
JOINED = r"(?:,? (?:and|or|to|until|through|from|up to) |, |/| ?[–-] ?)"
NUMBERS = re.compile(
    rf"(?<![\w/.=@#+~<>&;-])(?:{NUMBER}|v?\d+(?={JOINED}{NUMBER}))(?:{JOINED}{NUMBER}|{JOINED}\d+(?![\w.]*\w))*"
)
MAJOR = re.compile(  # Poetry 2
    rf"(?<![\w/.=-])(?i:{NAMES}) (?:version )?v?\d+(?:\.x)?(?![\w%.]*\w|{JOINED}{NUMBER})"
)
# Words that make a number a version even if nothing is named.
TIME = re.compile(
    rf"(?:(?i:since|before|until|up to|newer than|older than|version|release) {NUMBER}"
    rf"|{NUMBER} (?:or|and) (?:newer|older))"
)
# What else has a version. In "`contoso-utils` 1.1.0" and "the feed's 1.1.0" it is a package's.
OTHERS = re.compile(
    r"(?:\b(?:C?Python|Wine|Debian|Ubuntu|Alpine|macOS|PowerShell|bash|HTTP|TLS|\.?NET(?: Core)?|Spark|Git"
    r"|GitLab|[Cc]onda|buildah|hadolint|hishel|hatchling|pypiserver|devpi-server|[Mm]etadata version"
    r"|install manager|(?:provider|Provider)(?:'s)?|from versions:|contoso-[\w-]+"
    r"|(?:feed|stranger)(?:'s|(?: also)? has))|`[^`]+`) (?:version |since )?$"
)
LINK = re.compile(r"\[((?:[^][]|\[[^]]*\])*)\]\((https://[^)\s]+)[^)]*\)")
# A project's front page shows no version's behaviour; a section of its README may.
FRONT = re.compile(r"https://(?:github\.com/[^/]+/[^/#]+|[^/]+(?:/(?:en|latest|stable|docs))*)/?")
# The keyring of artifacts-keyring speaks to Microsoft's credential provider.
ALIASES = {"keyring": "(?:keyring|credprovider)"}
TRIED = re.compile(r"\btried\b")  # by somebody: neither the record nor what is linked says so
CODE = re.compile(r"(?:\{([a-z:-]+)\})?(`+)(?!`)(.+?)(?<!`)\2(?!`)", re.DOTALL)
BLOCK = re.compile(r"\n\s*\n|\n(?=\s*(?:[*|] |\d+\. |: ))")
END = r"(?:(?<=[.!?])|(?<=[.!?][)*])|(?<=[.!?]\*\*))(?<!e\.g\.)(?<!i\.e\.)"
SENTENCE = re.compile(rf"{END}\s+(?!\(\[)")


def unsourced(root: Path) -> list[str]:
    """Return a line for each number on a page, in an entry or in a case's words that has no source."""
    pages = sorted([*(root / "guides").rglob("*.md"), root / "index.md", root / "README.md"])
    found = [f"{page.relative_to(root)}: {one}" for page in pages for one in _of_page(page)]
    for file in sorted((root / FOLDER).glob("*/*.toml")):
        found += [f"{file.relative_to(root)}: {one}" for one in _of_entry(file)]
    for file in sorted((root / "snippets").glob("*/*/case.toml")):
        found += [f"{file.relative_to(root)}: {one}" for one in _of_case(file)]
    return found


def _of_page(page: Path) -> Iterator[str]:
    if not page.is_file():
        return
    clients = sorted(set(SPELT.values()))
    about = next((one for one in clients if re.match(rf"{one}(?:-settings)?$", page.stem)), "")
    for block in BLOCK.split(page.read_text(encoding="utf-8")):
        for text in [block] if block.lstrip().startswith("|") else SENTENCE.split(block):
            yield from _of_sentence(text, about)


def _of_entry(file: Path) -> Iterator[str]:
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    about = data.get("client", "") if data.get("client") in SPELT.values() else ""
    causes, sources = data.get("cause", []), data.get("sources", [])
    texts = [(data.get(key, ""), []) for key in ("means", "isnt")]
    texts += [
        (one.get(key, ""), [one["source"]] if "source" in one else [])
        for one in causes
        for key in ("what", "tell", "cure")
    ]
    shown = [*sources, *(one["source"] for one in causes if "source" in one)]
    texts += [(data.get(key, ""), shown) for key in ("since", "until")]
    for text, linked in texts:
        for one in SENTENCE.split(text):
            yield from _of_sentence(one, about, linked)


def _of_case(file: Path) -> Iterator[str]:
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    windows, order = data.get("windows", {}), data.get("precedence", {})
    texts = [data.get("title", ""), *(windows.get(key, "") for key in ("why", "no", "only"))]
    texts += [order.get(key, "") for key in ("wins", "over")]
    for text in texts:
        for one in SENTENCE.split(text):
            yield from _of_sentence(one, data.get("client", ""))


def _of_sentence(text: str, about: str, linked: list[str] | None = None) -> Iterator[str]:
    """Yield what is wrong with a sentence or table row on a page about a client, or about none ("")."""
    plain = CODE.sub(_readable, LINK.sub(r"\1", text))
    named = {SPELT[one[0].lower()] for one in NAME.finditer(plain)} | ({about} if about else set())
    said = [one[0] for one in MAJOR.finditer(plain)]
    said += [
        one[0]
        for one in NUMBERS.finditer(plain)
        if (named or TIME.search(plain)) and not OTHERS.search(plain[: one.start()])
    ]
    if said and (TRIED.search(plain) or not any(_shows(one, named) for one in _linked(text, linked))):
        yield from (f"says {one!r} and shows nothing for it: {CURE}" for one in dict.fromkeys(said))


def _linked(text: str, more: list[str] | None) -> list[str]:
    return [one[2] for one in LINK.finditer(text)] + (more or [])


def _shows(address: str, named: set[str]) -> bool:
    """Return whether an address can be the source of a number of one of the clients."""
    names = "|".join(ALIASES.get(one, re.escape(one)) for one in named) or "."
    return not FRONT.fullmatch(address) and bool(re.search(rf"(?<![a-z])(?:{names})(?![a-z])", address))


def _readable(code: re.Match) -> str:
    """Return what of code or of a role can contain a client's number: a client's name, the text of a link."""
    text = re.fullmatch(r"(.+?)\s*<[^>]+>", code[3], re.DOTALL) if code[1] else None
    if text or (not code[1] and code[3].lower() in SPELT):
        return text[1] if text else code[3]
    return f"`{'x' * len(code[3])}`"
