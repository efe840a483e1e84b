"""Find code on a page that is in no case, so that nobody has run it; the build warns of each.

Code belongs in a case. On a page it can hide in a fence, an indented block, a directive that prints code, or
inline code that is a whole command. HTML is refused completely: no page needs it, and code can take many
forms in it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser
from sphinx.application import Sphinx
from sphinx.util import logging

from handbook.cases import clients
from handbook.site import metadata
from handbook.site.domain.checkout import commands

OURS = {
    "case", "case-file", "case-commands", "case-output", "case-proof", "grade-counts", "harness-variables",
    "answers-table", "collisions-table", "copy-of", "diagram", "entry-counts", "entry-list", "files-table",
    "certificates-table", "glance-table", "handed-on-table", "include",
    "keyring-networks-table", "proxies-table",
    "paste-box", "places-table", "precedence-table", "proved-with", "requests-chart",
    "statuses-table", "systems-run", "variables-table", "version-changes", "version-overview",
    "windows-networks-table", "your-names",
}  # fmt: skip
PROSE = {
    "admonition", "attention", "caution", "danger", "error", "hint", "important", "note", "seealso", "tip",
    "warning", "toctree", "tab-set", "tab-item", "grid", "grid-item", "grid-item-card", "card", "dropdown",
    "button-ref", "button-link", "div", "figure", "image", "list-table", "table", "rubric", "glossary",
    "versionadded", "versionchanged", "epigraph", "entry", "outcome-table",
}  # fmt: skip
LINKS = {"case", "entry", "fact", "ref", "doc", "numref", "term"}  # roles whose text is a title, not code
PROGRAMS = {
    *clients.CLIENTS,
    "artifacts-keyring",
    "conda",
    "flit",
    "hatch",
    "nox",
    "pdm",
    "pip3",
    "pipenv",
    "pipx",
    "py",
    "pyproject-build",
    "python",
    "python3",
    "rye",
    "tox",
    "uvx",
} - {"bash", "build"}  # fmt: skip  (the command of build is pyproject-build)
# In the same code as a client's name, these make a command; without one, they do so only as the first word.
SHELL = {
    "apt", "apt-get", "bash", "brew", "cd", "choco", "curl", "docker", "dnf", "env", "export", "iwr", "npm",
    "podman", "sh", "sudo", "wget", "winget", "yum", "zsh",
}  # fmt: skip
VERSIONED = re.compile(r"(pip|python)\d+(\.\d+)*")  # pip3.12
CONFIGURED = re.compile(r"[\w.-]+ *= *[\"']?https?://\w")
EXTENSIONS = {"colon_fence", "deflist", "fieldlist", "attrs_inline", "attrs_block", "tasklist"}
DIRECTIVE = re.compile(r"\{([^}]+)\}\s*(.*)")
logger = logging.getLogger(__name__)


def escaped(text: str, commands: Iterable[str] = ()) -> list[tuple[int, str]]:
    """Return (line, reason) for all code in a Markdown page that is in no case.

    `commands` are the texts of every run.sh: an inline command that is part of one of them is allowed.
    """
    known = [_words(one) for one in commands]
    found = []
    for line, kind, code in _walk(text, 0):
        if kind == "HTML":
            found.append((line, "HTML: say it in Markdown, or make code a case"))
        elif kind != "inline":
            found.append((line, f"{kind}: make it a case and print that"))
        elif not any(f" {_words(code).strip()} " in one for one in known):
            found.append((line, f"`{code}` is in no run.sh: make it a case, or name only the option"))
    return found


def inline_commands(text: str) -> list[tuple[int, str]]:
    """Return (line, command) for each piece of inline code that is a command."""
    return [(line, code) for line, kind, code in _walk(text, 0) if kind == "inline"]


def _words(text: str) -> str:
    """Return the text with one space before, between and after its words, and continued lines joined."""
    return f" {' '.join(text.replace(chr(92) + chr(10), ' ').split())} "


def _walk(text: str, before: int) -> Iterator[tuple[int, str, str]]:
    """Yield (line, kind, code); `kind` is "inline" or the reason; `before` lines precede the text."""
    parser = create_md_parser(MdParserConfig(enable_extensions=EXTENSIONS), _NoRenderer)
    line = before + 1
    for token in parser.parse(text):
        line = before + token.map[0] + 1 if token.map else line
        if token.type in ("fence", "colon_fence"):
            yield from _fence(token, line)
        elif token.type == "code_block":
            yield line, "indented code", token.content
        elif token.type == "html_block":
            yield line, "HTML", token.content
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
        elif child.type == "html_inline":
            yield line, "HTML", child.content
        elif _is_code(child) and _is_command(child.content):
            yield line, "inline", child.content
        line += child.content.count("\n")


def _is_code(token: Token) -> bool:
    return token.type == "code_inline" or (token.type == "myst_role" and token.meta["name"] not in LINKS)


def _is_command(code: str) -> bool:
    """Return whether code is a client's name with other words, begins as a command, or sets a URL."""
    # A format character, such as a zero-width space, separates words when they are copied.
    shown = "".join(
        " " if unicodedata.category(one) == "Cf" else one for one in unicodedata.normalize("NFKC", code)
    )
    words = [re.split(r"[/\\]", word.strip("\"'`()[]{}!#$%>&|;:"))[-1].lower() for word in shown.split()]
    words = [word.removesuffix(".exe") for word in words if word]
    client = any(word in PROGRAMS or VERSIONED.fullmatch(word) for word in words)
    return len(words) > 1 and (client or words[0] in SHELL) or bool(CONFIGURED.match(shown))


class _NoRenderer:
    """Replaces the renderer that the parser requires, because only the tokens are read."""

    __output__ = "none"

    def __init__(self, parser: object) -> None:
        self.rules: dict = {}


def check(app: Sphinx, page: str, source: list[str]) -> None:
    """Warn of code outside a case; a company's own pages are not checked."""
    if not page.startswith("company/"):
        for line, reason in escaped(source[0], commands(Path(app.srcdir))):
            logger.warning("%s", reason, location=(page, line), type="handbook", subtype="escape")


def setup(app: Sphinx) -> dict:
    """Register the handler; it runs first, because others add directives of Sphinx to a page."""
    app.connect("source-read", check, priority=100)
    return metadata()
