"""How a line of code wraps: no text is hidden, and a line that goes on is told from a new one.

A long line is one span, which hangs: what follows its first row is indented. In commands a row ends at a
blank alone, so that no option is torn; only a word that is longer than the screen breaks inside.
What is copied stays as it was: spans add no letter. `_static/code.css` does the rest; no class of Pygments'
(`w`, `l`) may be the name of a span here.
"""

import html
import re
from collections.abc import Iterable, Iterator

SHORT = 34  # letters that fit beside each other on the smallest phone
INDENTS = 12  # the deepest indent that the style sheet knows
PIECE = re.compile(r"(<span[^>]*>)?([^<]+)(?:</span>)?")
BLANKS = re.compile(r"([ \t]+)")
FIRM = re.compile(r"[\w./:=$]+", re.ASCII)  # after no letter of such a word a browser ends a row


def hanging(source: Iterable[tuple[int, str]], commands: bool) -> Iterator[tuple[int, str]]:
    """Yield Pygments' lines, the long ones as hanging lines; `commands` keep their words whole."""
    for is_line, line in source:
        yield is_line, hung(line, commands) if is_line else line


def hung(line: str, commands: bool) -> str:
    """Return one line of HTML that hangs, as it was where it fits on every screen."""
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
    """Yield a line of commands cut at its blanks; what a browser might tear is a span of its own."""
    word: list[str] = []
    for begin, text in PIECE.findall(line):
        end = "</span>" if begin else ""
        for part in [text] if "-V" in begin else BLANKS.split(text):  # a mark is one element
            if part and (part.isspace() or not word):
                yield joined(word)
                word = []
            if part:
                word.append(f"{begin}{part}{end}")
            if part.isspace():
                yield word.pop()
    yield joined(word)


def joined(word: list[str]) -> str:
    """Return a word that stays whole; one that fits on no phone, or may grow, has a look of its own."""
    markup = "".join(word)
    text = plain(markup)
    if FIRM.fullmatch(text) and len(text) <= SHORT or not text:
        return markup
    return f'<span class="{"word long" if len(text) > SHORT or "-V" in markup else "word"}">{markup}</span>'
