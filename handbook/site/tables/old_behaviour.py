"""What an old release does otherwise than a case says, in at most two results for a reader.

A version record lists every difference (`handbook/tools/verdicts.py`). Most follow from one: what stops
before its first request sends no token, is not refused and installs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from handbook.cases.case import Case
from handbook.cases.version_record import Span

MOST = 2
PROMPT = "the client asked for a user name or a password"


def told(span: Span, case: Case) -> str:
    """Return what happens in a span in which the case does not hold; if it is not safe, only that."""
    found = dict.fromkeys(_unsafe(span)) or dict.fromkeys(_otherwise(span.what.split("; "), case))
    return " and ".join(list(found)[:MOST]) or span.what


def _unsafe(span: Span) -> Iterator[str]:
    for what in filter(None, span.unsafe.split("; ")):
        if about := re.fullmatch(r"asks PyPI for (.+)", what):
            private = all(one.startswith("contoso-") for one in about[1].split(", "))
            yield "asks PyPI for a private name" if private else what
        elif what.startswith("installs "):
            yield "installs the stranger's package"
        else:
            yield _plain(what)


def _otherwise(parts: list[str], case: Case) -> Iterator[str]:
    """Yield the results, the most telling first."""
    exits = next((int(one[5:]) for one in parts if re.fullmatch(r"exit \d+", one)), case.exit)
    silent = _unasked(parts) == sorted(case.asked.get("feed", [])) != []
    if PROMPT in parts:
        yield "asks for a user name or a password"
    if exits and silent:
        yield "fails before it asks the feed"
    elif exits != case.exit:
        yield "ends without an error" if not exits else "fails" if not case.exit else "fails in another way"
    elif silent:
        yield "asks the feed nothing"
    if "sends no credential" in parts and not silent:
        yield "sends no token"
    if "sends another credential" in parts:
        yield "sends another token"
    for one in parts:
        if re.match(r"exit |sends |asks PyPI", one) or one == PROMPT:
            continue
        follows = r"is |does not|uploads less" if silent else r"does not|uploads less"
        if (silent or (exits and not case.exit)) and re.match(follows, one):
            continue  # because it asked nothing, or failed
        yield _plain(one)


def _unasked(parts: list[str]) -> list[str]:
    """Return what a run did not ask the feed for: packages, and "-" for its pages."""
    names = next((one for one in parts if one.startswith("does not ask the feed for ")), "")
    instead = next((one for one in parts if one.startswith("asks PyPI, not the feed, for ")), "")
    listed = (names or instead).rpartition(" for ")[2].split(", ")
    return sorted("-" if one == "its pages" else one for one in listed if one)


def _plain(what: str) -> str:
    """Return one difference of a record in a reader's words."""
    for pattern, words in WORDS.items():
        what = re.sub(rf"^{pattern}$", words, what)
    return what


WORDS = {
    r"(asks|does not ask) (.+) for its pages, (.+)": r"\1 \2 for \3",
    r"asks (.+) for its pages": r"asks \1 for more",
    r"does not ask (.+) for its pages": r"asks \1 for less",
    r"installs (.+) from the file store": r"installs \1 from the feed",
    r"is answered (\d+)": r"gets a \1",
    r"is answered (.+)": r"gets \1",
    r"is not refused": "gets no error from the feed",
    r"does not (.+)": r"doesn't \1",
    r"uploads less": "doesn't upload everything",
}
