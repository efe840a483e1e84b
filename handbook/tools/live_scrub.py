"""Scrub a live feed's answers for writing: remove every name, identity and credential.

Words that the model's own answers contain may stay; every other word is masked. The result is checked once
more before it is written.
"""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from handbook.cases import names
from handbook.feed import hosts
from handbook.feed.http import Response
from handbook.feed.phrases import declared
from handbook.feed.recording import DROPPED_RESPONSE_HEADERS

MASK = "{any}"
PACKAGE = "contoso-utils"
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
DIGEST = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{32,}(?![0-9A-Za-z])")
WORD = re.compile(r"[^\W\d_][^\W_]*|\d{7,}")
# Words of pages, headers and file names in any server's answer.
KNOWN = set(
    re.findall(
        r"\w+",
        """
a abi3 accept accepted age allow allowed an and any api application attachment attribute authenticate
authorization b basic bearer body br by bytes cache charset close code connection content control core
cors cp data date deny description disposition dist doctype does download encoding error etag exist
expires feed file filename for forbidden found frame gmt gz h1 head header hop href html http https index
info internal is json keep last length link links list location macosx manylinux match max message meta
metadata method missing modified must musllinux name no none normalized nosniff ok vss innerexception
null typename typekey errorcode eventid id count customproperties true false not of on only options
origin package packages page path permission phrase platform policy private project proxy public py py2
py3 pypi python range realm reason redirect repository request requires resource response result robots
same scope secure security see server sha256 signature simple store strict successful tar text that the
timestamp title to token transfer transport type unauthorized unsupported upload url user utf utf8 v1
value vary version via view vnd w3c was whl with without www x xhtml xml yanked zip
""",
    )
)
TAG = re.compile(r"(cp|py|pp|macosx|manylinux|musllinux|win|linux|rc|dev|post|a|b|v)\d*", re.IGNORECASE)
FEED_PATH = re.compile(r"^/([^/]+)/(?:([^/]+)/)?_packaging/([^/]+)/pypi/simple/$")
PLACEHOLDER = "00000000-0000-0000-0000-"  # and twelve digits: replaces a live GUID, the same one everywhere


class LeakError(Exception):
    """The text to be written contains something of the live feed; nothing is written."""


@functools.cache
def _spoken() -> frozenset[str]:
    """Return the GUIDs that are part of a phrase."""
    return frozenset(one for phrase in declared().values() for one in GUID.findall(phrase.text))


def _renamed(text: str, live: str, example: str) -> str:
    return re.sub(rf"(?i)(?<![A-Za-z0-9]){re.escape(live)}(?![A-Za-z0-9])", example, text)


@functools.cache
def said() -> frozenset[str]:
    """Return every word that may stay: those of pages and headers, and those of the declared phrases."""
    texts = [one.text for one in declared().values()]
    texts += [*names.EXAMPLES.values(), PACKAGE, hosts.FEED, "vsblob.vsassets.io login.windows.net"]
    return frozenset(word.lower() for text in texts for word in re.findall(r"[^\W_]+", text)) | KNOWN


@dataclass
class Scrubber:
    """Removes the names and tokens of one live feed.

    address: the URL of the simple index. package: the requested package. tokens: the tokens that must never
    be written.
    """

    address: str
    package: str
    tokens: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        segments = [unquote(one) for one in parts.path.split("/") if one]
        self.host = parts.netloc
        self.names = [
            one for one in [*segments, *re.split(r"[.:]", parts.hostname or "")] if self._is_name(one)
        ]
        self._guids: dict[str, str] = {}

    def _is_name(self, word: str) -> bool:
        """Return whether a part of the URL is a name, and not a word that every such URL contains."""
        words = [one.lower() for one in re.findall(r"[^\W_]+", word)]
        return any(one not in said() and not one.isdecimal() for one in words)

    def _examples(self) -> dict[str, str]:
        """Return the example for each name of the feed in its URL, if the URL has the usual form."""
        path = FEED_PATH.search(unquote(urlsplit(self.address).path))
        if not path:
            return {}
        found = zip(path.groups(), names.EXAMPLES.values(), strict=True)
        return {live: example for live, example in found if live}

    def text(self, text: str) -> str:
        """Return a text with the example names in place of the live ones, and everything else masked."""
        for form in sorted({self.address, self.address.rstrip("/")}, key=len, reverse=True):
            example = names.feed_base(*names.EXAMPLES.values()) + "simple/"
            text = text.replace(form, example if form.endswith("/") else example.rstrip("/"))
        text = text.replace(self.host, hosts.FEED)
        for live, example in self._examples().items():
            text = _renamed(text, live, example)
        normal = hosts.normalized(self.package)
        for form in sorted(
            {self.package, normal, normal.replace("-", "_"), normal.replace("-", ".")}, key=len
        ):
            written = (
                PACKAGE.replace("-", "_") if "_" in form or "-" not in form and "-" in normal else PACKAGE
            )
            text = _renamed(text, form, written)
        text = GUID.sub(self._guid, text)
        text = DIGEST.sub(lambda found: "0" * len(found[0]), text)
        return WORD.sub(self._word, text)

    def _guid(self, found: re.Match[str]) -> str:
        if found[0].lower() in _spoken():
            return found[0]
        number = len(self._guids) + 1
        return self._guids.setdefault(found[0].lower(), f"{PLACEHOLDER}{number:012}")

    @staticmethod
    def _word(found: re.Match[str]) -> str:
        word = found[0]
        return word if word.lower() in said() or TAG.fullmatch(word) or word.startswith("000000") else MASK

    def answer(self, answer: Response, body: bool) -> Response:
        """Return an answer that may be written; `body`: whether its body is text to keep."""
        kept = [one for one in answer.headers if one[0].lower() not in DROPPED_RESPONSE_HEADERS]
        headers = tuple((self.text(name), self._value(name, value)) for name, value in kept)
        words = self.text(answer.body.decode("utf-8", "replace")).encode() if body else b""
        return Response(answer.status, self.text(answer.reason), headers, words)

    def _value(self, name: str, value: str) -> str:
        if name.lower() in ("set-cookie", "date", "last-modified", "expires", "etag"):
            return MASK
        return self.text(value.partition("?")[0] + ("?" + MASK if "?" in value else ""))

    def check(self, written: str) -> None:
        """Raise LeakError if a text to be written contains a token, a live name or a live GUID."""
        low = written.lower()
        for token in self.tokens:
            forms = {token, quote(token, safe=""), base64.b64encode(token.encode()).decode().rstrip("=")}
            forms |= {base64.b64encode(f"{names.USER}:{token}".encode()).decode().rstrip("=")}
            if any(form.lower() in low for form in forms):
                raise LeakError("a token would be written")
        for name in self.live_names():
            if re.search(rf"(?<![a-z0-9]){re.escape(name.lower())}(?![a-z0-9])", low):
                raise LeakError("a name of the live feed would be written")
        own = _spoken()
        if any(not one.startswith(PLACEHOLDER) and one not in own for one in GUID.findall(written)):
            raise LeakError("a GUID of the live feed would be written")

    def live_names(self) -> Iterable[str]:
        """Return the names of the feed, its host and the package."""
        normal = hosts.normalized(self.package)
        found = {*self.names, self.host, self.package, normal, normal.replace("-", "_")}
        return sorted(found - {PACKAGE, PACKAGE.replace("-", "_"), hosts.FEED, *names.EXAMPLES.values()})
