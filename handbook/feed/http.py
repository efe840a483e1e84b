"""HTTP requests and responses as plain values, shared by the relay and everything that answers it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_BREAK = re.compile(r"[\r\n\0]")


@dataclass(frozen=True)
class Request:
    """A request with its absolute URL. Header names keep their case; `header` ignores it."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the first value of a header, or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def host(self) -> str:
        """The host of the URL, in lower case and without the port."""
        return (urlsplit(self.url).hostname or "").lower()

    @property
    def path(self) -> str:
        """The path of the URL as sent, still percent-encoded."""
        return urlsplit(self.url).path


@dataclass(frozen=True)
class Response:
    """A response; `headers` may contain a name several times, `reason` is the HTTP/1.1 reason phrase.

    ValueError if either contains a line break, which would end the head where a client does not expect it.
    """

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def __post_init__(self) -> None:
        for said in (self.reason, *(part for pair in self.headers for part in pair)):
            if _BREAK.search(said):
                raise ValueError(f"a line break in the head of a response: {said!r}")

    def values(self, name: str) -> list[str]:
        """Return all values of a header, in order."""
        return [value for key, value in self.headers if key.lower() == name.lower()]


def on_one_line(text: str) -> str:
    """Return a text for the head of a response, with a blank in place of each CR, LF and NUL.

    RFC 9112 section 4 allows none of them in a reason; RFC 9110 section 5.5 replaces them so in a field.
    """
    return _BREAK.sub(" ", text)


def part_of(answer: Response, request: Request) -> tuple[Response, str]:
    """Return the part of a stored file that HEAD or `Range` asks for, and which of them applied.

    The second value is "" (response unchanged), "head" or "range". For "head" the body stays; the sender
    omits it. Only a 200 is cut. Source: RFC 9110 sections 9.3.2 (HEAD) and 14 (range requests).
    """
    if answer.status != 200:
        return answer, ""
    wanted = _span(request.header("Range"), len(answer.body))
    if wanted is not None:
        first, last = wanted
        size = len(answer.body)
        if first > last:
            return Response(416, "Range Not Satisfiable", (("Content-Range", f"bytes */{size}"),)), "range"
        span = ("Content-Range", f"bytes {first}-{last}/{size}")
        body = answer.body[first : last + 1]
        answer = Response(206, "Partial Content", (*answer.headers, span), body)
        return answer, "range"
    return answer, "head" if request.method == "HEAD" else ""


def _span(value: str | None, size: int) -> tuple[int, int] | None:
    """Return the first and last byte of a single-range header, or None if there is no range to honour."""
    found = re.fullmatch(r"bytes=([0-9]*)-([0-9]*)", value or "")
    start, end = found.groups() if found else ("", "")
    if not start and not end:
        return None
    if not start:
        return max(0, size - int(end)), size - 1
    if end and int(end) < int(start):
        return None
    return int(start), min(int(end) if end else size - 1, size - 1)
