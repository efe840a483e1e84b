"""Wrap lines of code: no text is hidden, and a continued line can be told from a new one.

A long line is one span with a hanging indent: its rows after the first are indented. In commands, a row ends
only at a space, so that no option is torn; only a word that is longer than the screen breaks inside. Copied
text is unchanged, because spans add no characters. `_static/code.css` does the rest; no span here may have
the name of a Pygments class (`w`, `l`).
"""

import html
import re
from collections.abc import Iterable, Iterator

SHORT = 34  # the number of characters that fit in a row on the smallest phone
INDENTS = 12  # the deepest indent that the style sheet supports
PIECE = re.compile(r"(<span[^>]*>)?([^<]+)(?:</span>)?")
BLANKS = re.compile(r"([ \t]+)")
FIRM = re.compile(r"[\w./:=$]+", re.ASCII)  # a browser ends no row inside such a word


def hanging(source: Iterable[tuple[int, str]], commands: bool) -> Iterator[tuple[int, str]]:
    """Yield Pygments' lines, long ones with a hanging indent; with `commands`, keep their words whole."""
    for is_line, line in source:
        yield is_line, hung(line, commands) if is_line else line


def hung(line: str, commands: bool) -> str:
    """Return one line of HTML with a hanging indent, or unchanged if it fits on every screen."""
    bare = line.rstrip("\n")
    text = plain(bare)
    if len(text) <= SHORT:
        return line
    indent = min(len(text) - len(text.lstrip(" ")), INDENTS) // 2 * 2
    look = f"hang hang-{indent}" if indent else "hang"
    inside = "".join(whole(bare)) if commands else bare
    return f'<span class="{look}">{inside}</span>{line[len(bare) :]}'


def plain(markup: str) -> str:
    """Return the text of HTML."""
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def whole(line: str) -> Iterator[str]:
    """Yield a line of commands, split at its spaces; a word that a browser might tear gets its own span."""
    word: list[str] = []
    for begin, text in PIECE.findall(line):
        end = "</span>" if begin else ""
        for part in [text] if "-V" in begin else BLANKS.split(text):  # a name mark is one element
            if part and (part.isspace() or not word):
                yield joined(word)
                word = []
            if part:
                word.append(f"{begin}{part}{end}")
            if part.isspace():
                yield word.pop()
    yield joined(word)


def joined(word: list[str]) -> str:
    """Return a word that stays whole; one that fits on no phone, or may grow, gets the class `long`."""
    markup = "".join(word)
    text = plain(markup)
    if FIRM.fullmatch(text) and len(text) <= SHORT or not text:
        return markup
    return f'<span class="{"word long" if len(text) > SHORT or "-V" in markup else "word"}">{markup}</span>'
