"""The sentences, codes and header names of the service, each declared once, in phrases.toml.

The reference feed builds its errors from these phrases, and recordings are checked against them, so that no
page can print words of the service without evidence or a declared inference.
"""

from __future__ import annotations

import functools
import json
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from handbook.feed.http import Response

FILE = Path(__file__).with_name("phrases.toml")
SENTENCES = ("message", "routing", "code", "challenge")  # a response contains exactly one of these
PLACES = (*SENTENCES, "reason", "type", "value", "header")
INFERRED = "inferred"
# Headers that need no declaration, because HTTP defines them.
STANDARD_HEADERS = {"cache-control", "www-authenticate", "location"}
GAP = re.compile(r"\{(\w+)\}")
# Clients wrap lines and draw boxes; neither is part of the message.
_FOLDED = re.compile(r"[\s│┃|╭╮╰╯─]+")


class PhraseError(ValueError):
    """Words that no phrase declares, or more than one does; the message is one line with the cure."""


@dataclass(frozen=True)
class Phrase:
    """One sentence, code or header name of the service, with the grade of its evidence."""

    id: str
    text: str
    where: str
    grade: str
    evidence: tuple[str, ...] = ()
    inferred: str = ""
    status: int = 0
    type: str = ""
    header: str = ""

    @property
    def gaps(self) -> set[str]:
        """The names of the gaps."""
        return set(GAP.findall(self.text))

    def filled(self, gaps: dict[str, str]) -> str:
        """Return the text with the gaps filled; raise PhraseError if a gap is missing or unknown."""
        if set(gaps) != self.gaps:
            wrong = ", ".join(sorted(set(gaps) ^ self.gaps))
            raise PhraseError(
                f"{FILE.name}: {self.id} has other gaps ({wrong}): fill each gap of its text once"
            )
        return GAP.sub(lambda found: gaps[found[1]], self.text)

    def says(self, words: str) -> bool:
        """Return whether these words are the phrase, whatever fills its gaps."""
        return re.fullmatch("".join(_pattern(self.text)), words, re.DOTALL) is not None

    @property
    def pieces(self) -> list[str]:
        """The fixed pieces that identify the phrase, each of at least three words or fifteen characters."""
        pieces = [piece.strip() for piece in GAP.sub("\0", self.text).replace("\n", "\0").split("\0")]
        return [piece for piece in pieces if len(piece.split()) >= 3 or len(piece) >= 15]

    def stands_in(self, output: str) -> bool:
        """Return whether a client's output contains a fixed piece of the phrase, however its lines wrap."""
        printed = folded(output)
        return any(folded(piece) in printed for piece in self.pieces)


def folded(text: str) -> str:
    """Return a text without white space and box-drawing lines, so that wrapping does not matter."""
    return _FOLDED.sub("", text)


def _pattern(text: str) -> Iterable[str]:
    for piece in re.split(r"(\{\w+\})", text):
        yield ".*" if GAP.fullmatch(piece) else re.escape(piece)


@functools.cache
def declared() -> dict[str, Phrase]:
    """Return every phrase by its id; raise PhraseError if a declaration is invalid."""
    found = {}
    for name, entry in tomllib.loads(FILE.read_text(encoding="utf-8")).items():
        shown = bool(entry.get("evidence"))
        if (
            entry.get("where") not in PLACES
            or shown == bool(entry.get("inferred"))
            or shown != ("grade" in entry)
        ):
            raise PhraseError(
                f"{FILE.name}: {name} is incomplete: give text, where (one of {', '.join(PLACES)}), "
                "and either evidence with its grade, or inferred with the reason"
            )
        entry = {"grade": INFERRED, **entry, "evidence": tuple(entry.get("evidence", ()))}
        found[name] = Phrase(id=name, **entry)
    return found


def sentence(answer: Response, method: str = "GET") -> Phrase | None:
    """Return the one phrase that an error response states, or None for HEAD, whose response may be silent.

    Raises PhraseError if its words match no phrase, or more than one.
    """
    where, words = _words(answer)
    if not words and method == "HEAD":
        return None
    known = [one for one in declared().values() if one.where == where and one.status == answer.status]
    found = [one for one in known if one.says(words)]
    if len(found) != 1:
        many = "two phrases say" if found else "no phrase says"
        raise PhraseError(f"{answer.status}: {many} {words!r}: declare it once in handbook/feed/{FILE.name}")
    return found[0]


def said(answer: Response, method: str = "GET") -> list[Phrase]:
    """Return all phrases of an error response: its sentence, then type, headers, challenge, activity.

    Raises PhraseError if no phrase declares one of the service's words.
    """
    first = sentence(answer, method)
    found = [first] if first else []
    body = _json(answer)
    beside = [("type", body["typeName"])] if "typeName" in body else []
    challenge = "\n".join(answer.values("WWW-Authenticate"))
    beside += [("challenge", challenge)] if challenge and (not first or first.where != "challenge") else []
    beside += [("reason", one) for one in re.findall(r"\(DevOps Activity ID: [^)]*\)", answer.reason)]
    for name, value in answer.headers:
        if name.lower() == "content-type":
            beside.append(("value", value))
        elif name.lower() not in STANDARD_HEADERS:
            beside.append(("header", name))
    for where, words in beside:
        match = [one for one in declared().values() if one.where == where and one.says(words)]
        if len(match) != 1:
            raise PhraseError(
                f"{answer.status}: no phrase declares {where} {words!r}: add it to feed/{FILE.name}"
            )
        found += match
    return found


def _json(answer: Response) -> dict:
    try:
        body = json.loads(answer.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _words(answer: Response) -> tuple[str, str]:
    """Return where an error response states its sentence, and the sentence."""
    body = _json(answer)
    if "message" in body:
        return "message", body["message"]
    if isinstance(body.get("value"), dict) and "Message" in body["value"]:
        return "routing", body["value"]["Message"]
    if code := re.search(rb"<Code>([^<]*)</Code>", answer.body):
        return "code", code[1].decode()
    standard = HTTPStatus(answer.status).phrase
    reason = re.sub(r" \(DevOps Activity ID: [^)]*\)$", "", answer.reason)
    if reason.startswith(f"{standard} - "):
        return "message", reason.removeprefix(f"{standard} - ")
    if answer.body or reason != standard:
        return "message", answer.body.decode("utf-8", "replace") or reason
    return "challenge", "\n".join(answer.values("WWW-Authenticate"))
