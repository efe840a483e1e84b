"""Find code in a page that no case holds, and that therefore nobody ran.

Code belongs in a case. In a page it escapes as a fence, an indented block, HTML, a directive that prints
code, or inline code that is a whole command.
"""

import re
from collections.abc import Iterable, Iterator

from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

OURS = {
    "case", "case-file", "case-commands", "case-output", "case-proof", "grade-counts", "harness-variables",
    "answers-table", "collisions-table", "copy-of", "diagram", "entry-counts", "entry-list", "files-table",
    "include",
    "paste-box", "places-table", "precedence-table", "proved-with", "requests-chart", "role-table",
    "settings-table", "statuses-table", "systems-run", "variables-table",
}  # fmt: skip
PROSE = {
    "admonition", "attention", "caution", "danger", "error", "hint", "important", "note", "seealso", "tip",
    "warning", "toctree", "tab-set", "tab-item", "grid", "grid-item", "grid-item-card", "card", "dropdown",
    "button-ref", "button-link", "div", "figure", "image", "list-table", "table", "rubric", "glossary",
    "versionadded", "versionchanged", "epigraph", "entry", "outcome-table",
}  # fmt: skip
LINKS = {"case", "entry", "fact", "ref", "doc", "numref", "term"}  # roles whose text is a title, not code
CLIENTS = {
    "az", "artifacts-keyring", "conda", "flit", "hatch", "keyring", "nox", "pdm", "pip", "pip3", "pipenv",
    "pipx", "poetry", "py", "python", "python3", "rye", "tox", "twine", "uv", "uvx",
}  # fmt: skip
EXTENSIONS = {"colon_fence", "deflist", "fieldlist", "attrs_inline", "attrs_block", "tasklist"}
DIRECTIVE = re.compile(r"\{([^}]+)\}\s*(.*)")


def escaped(text: str, commands: Iterable[str] = ()) -> list[tuple[int, str]]:
    """Return (line, reason) for all code in a Markdown page that no case holds.

    `commands` are the texts of every run.sh: an inline command that stands in one of them is no escape.
    """
    known = [_words(one) for one in commands]
    found = []
    for line, kind, code in _walk(text, 0):
        if kind != "inline":
            found.append((line, f"{kind}: make it a case and print that"))
        elif not any(f" {_words(code).strip()} " in one for one in known):
            found.append((line, f"`{code}` is in no run.sh: make it a case, or name only the option"))
    return found


def inline_commands(text: str) -> list[tuple[int, str]]:
    """Return (line, command) for inline code of two words or more that begins with a client's name."""
    return [(line, code) for line, kind, code in _walk(text, 0) if kind == "inline"]


def _words(text: str) -> str:
    """Return the text with one space before, between and after its words, continued lines joined."""
    return f" {' '.join(text.replace(chr(92) + chr(10), ' ').split())} "


def _walk(text: str, before: int) -> Iterator[tuple[int, str, str]]:
    """Yield (line, kind, code), `kind` "inline" or the reason; `before` lines come ahead of the text."""
    parser = create_md_parser(MdParserConfig(enable_extensions=EXTENSIONS), _NoRenderer)
    line = before + 1
    for token in parser.parse(text):
        line = before + token.map[0] + 1 if token.map else line
        if token.type in ("fence", "colon_fence"):
            yield from _fence(token, line)
        elif token.type == "code_block":
            yield line, "indented code", token.content
        elif token.type == "html_block" and re.search(
            r"<(pre|code|samp|kbd)\b", token.content, re.IGNORECASE
        ):
            yield line, "code in HTML", token.content
        elif token.type == "inline":
            yield from _inline(token, line)


def _fence(token: Token, line: int) -> Iterator[tuple[int, str, str]]:
    directive = DIRECTIVE.match(token.info.strip())
    if not directive:
        yield line, f"a fence in {token.info.strip() or 'no language'}", token.content
        return
    name, argument = directive[1].strip(), directive[2]
    if name not in OURS | PROSE:
        yield line, f"directive {name!r} may print code", token.content
    elif name in PROSE:
        yield from _walk(argument, line - 1)
        yield from _walk(token.content, line)


def _inline(token: Token, line: int) -> Iterator[tuple[int, str, str]]:
    for child in token.children or []:
        if child.type in ("softbreak", "hardbreak"):
            line += 1
        elif child.type == "html_inline" and re.match(
            r"<(pre|code|samp|kbd)\b", child.content, re.IGNORECASE
        ):
            yield line, "code in HTML", child.content
        elif _is_code(child) and _is_command(child.content):
            yield line, "inline", child.content
        line += child.content.count("\n")


def _is_code(token: Token) -> bool:
    return token.type == "code_inline" or (token.type == "myst_role" and token.meta["name"] not in LINKS)


def _is_command(code: str) -> bool:
    """Return whether the code runs a client with an argument, after a prompt sign, sudo or assignments."""
    words = code.split()
    while words and (words[0] in ("$", ">", "%", "sudo", "env") or re.match(r"\w+=", words[0])):
        words.pop(0)
    return len(words) > 1 and words[0].rpartition("/")[2].removesuffix(".exe").lower() in CLIENTS


class _NoRenderer:
    """Stands where the parser wants a renderer; only tokens are read."""

    __output__ = "none"

    def __init__(self, parser: object) -> None:
        self.rules: dict = {}
