"""Recorded responses of the feed: merge the cassettes of pytest-recording and play them back.

A request is identified by its method, URL, credential class, the set of files uploaded so far and, for an
upload, the name of its file. The rest of it (body, other headers) does not count. This module decides what is
written and what is dropped, so that recording twice gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vcr.serialize import deserialize
from vcr.serializers import yamlserializer

from handbook.feed import credentials, hosts, phrases, upload_form
from handbook.feed.http import Request, Response, part_of
from handbook.feed.phrases import Phrase

# No other request header is written to a cassette.
KEPT_REQUEST_HEADERS = ("accept", "authorization", "range")
# The sender of the response sets these anew.
DROPPED_RESPONSE_HEADERS = ("connection", "content-length", "date", "server", "transfer-encoding")
SUMMARY = re.compile(rb"\S+ sha256=[0-9a-f]{64} metadata=[\d.]*\n")


class RecordingError(Exception):
    """A cassette that cannot be used; the message names the file and the cure."""


@dataclass(frozen=True)
class Question:
    """The parts of a request that distinguish one response from another."""

    method: str
    url: str
    credential: str
    uploaded: frozenset[str] = frozenset()
    file: str = ""

    def __str__(self) -> str:
        what = f" of {self.file}" if self.file else ""
        after = f" after the upload of {', '.join(sorted(self.uploaded))}" if self.uploaded else ""
        return f"{self.method} {self.url}{what} [{self.credential}]{after}"


@dataclass
class Recorded:
    """One recorded response, the cassettes that contain it and the digest line of an upload.

    A cassette is about its last request; the requests before only lead to it. `about` names the cassettes
    that are about this one. `phrases` are those that an error response states, its sentence first.
    """

    response: Response
    upload: bytes = b""
    cassettes: list[str] = field(default_factory=list)
    about: list[str] = field(default_factory=list)
    phrases: list[Phrase] = field(default_factory=list)


def scrub_request(request: Any) -> Any:
    """Prepare a vcrpy request for writing: replace the credential by its class, an upload by its digest."""
    message = Request(request.method, request.uri, tuple(_flat(request.headers)), _bytes(request.body or b""))
    upload = upload_form.read(message) if request.method == "POST" else None
    kept = {key: value for key, value in message.headers if key.lower() in KEPT_REQUEST_HEADERS}
    request.headers = {key.title(): value for key, value in kept.items() if key.lower() != "authorization"}
    header = message.header("Authorization")
    if header is not None:
        known = header if header in credentials.CLASSES else credentials.self_named()(header)
        request.headers["Authorization"] = known
    # vcrpy scrubs again when it reads a cassette: keep a summary that is already one.
    if not SUMMARY.fullmatch(message.body):
        request.body = upload.summary if upload else b""
    return request


def scrub_response(response: dict[str, Any]) -> dict[str, Any]:
    """Drop the headers of a vcrpy response that differ between two recordings of the same response."""
    kept = {k: v for k, v in response["headers"].items() if k.lower() not in DROPPED_RESPONSE_HEADERS}
    return {**response, "headers": dict(sorted(kept.items()))}


def _flat(headers: Any) -> Iterable[tuple[str, str]]:
    for key, values in dict(headers).items():
        for value in values if isinstance(values, list) else [values]:
            yield key, value.decode() if isinstance(value, bytes) else value


def load(folder: Path, parts: Iterable[str]) -> dict[Question, Recorded]:
    """Merge the cassettes of some sub-folders; refuse two responses to one request.

    Cassettes are named relative to `folder`. Raises RecordingError, with a one-line message, for a sub-folder
    without cassettes, a broken file, a contradiction, and an error response with words that no phrase
    declares.
    """
    merged: dict[Question, Recorded] = {}
    for part in parts:
        if not any((folder / part).glob("*.yaml")):
            raise RecordingError(f"{folder / part}: no cassette: record the feed with `make record`")
    for path in sorted(path for part in parts for path in (folder / part).glob("*.yaml")):
        found = _read(path)
        for number, (question, recorded) in enumerate(found, 1):
            name = path.relative_to(folder).as_posix()
            if question not in merged:
                recorded.phrases = _said(path, question, recorded.response)
            known = merged.setdefault(question, recorded)
            known.cassettes.append(name)
            known.about += [name] if number == len(found) else []
            if (known.response, known.upload) != (recorded.response, recorded.upload):
                raise RecordingError(
                    f"{path}: answers {question} otherwise than {known.cassettes[0]} does: "
                    "record both again with `make record`"
                )
    return merged


def _said(path: Path, question: Question, answer: Response) -> list[Phrase]:
    if answer.status < 400:
        return []
    try:
        return phrases.said(answer, question.method)
    except phrases.PhraseError as error:
        raise RecordingError(f"{path}: {question} is answered {error}") from None


def _read(path: Path) -> list[tuple[Question, Recorded]]:
    try:
        text = path.read_text(encoding="utf-8")
        content = deserialize(text, yamlserializer)
        pairs = list(zip(content[0], content[1], strict=True))
        if not pairs or not text.endswith("\nversion: 1\n"):
            raise ValueError("it ends too early")
        return _questions(pairs)
    except Exception as error:
        # vcrpy and yaml raise half a dozen types of error for a damaged file; report all of them in one line.
        detail = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RecordingError(
            f"{path}: broken cassette ({detail}): record it again with `make record`"
        ) from None


def _questions(pairs: list[tuple[Any, dict[str, Any]]]) -> list[tuple[Question, Recorded]]:
    uploaded: frozenset[str] = frozenset()
    found = []
    for request, response in pairs:
        credential = dict(_flat(request.headers)).get("Authorization", "none")
        summary = _bytes(request.body or b"")
        filename = summary.decode().partition(" ")[0]
        question = Question(request.method, request.uri, credential, uploaded, filename)
        if response["status"]["code"] == 206:
            # Part of a stored file: the player cuts it from the whole file.
            continue
        answer = Response(
            int(response["status"]["code"]),
            response["status"]["message"],
            tuple(_flat(response["headers"])),
            _bytes(response["body"]["string"]),
        )
        found.append((question, Recorded(answer, summary)))
        if filename and answer.status == 200:
            uploaded |= {filename}
    return found


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


@dataclass
class Player:
    """Answer a client's requests from a recording, and keep a record of them.

    `uploaded` is the set of files that count as uploaded before the run. `missed` lists the requests that
    were not recorded (each was answered 404), `consumed` the cassettes that contain a response that was sent,
    `rests_on` those of them that are about it, `said` the phrases of the error responses, and `cut` the
    requests that got only a part of a response.
    """

    recorded: dict[Question, Recorded]
    classify: credentials.Classify
    uploaded: frozenset[str] = frozenset()
    missed: list[str] = field(default_factory=list)
    consumed: set[str] = field(default_factory=set)
    rests_on: set[str] = field(default_factory=set)
    said: set[Phrase] = field(default_factory=set)
    cut: list[str] = field(default_factory=list)

    def __call__(self, request: Request) -> Response:
        """Return the recorded response, or a 404 that names the request."""
        upload = upload_form.read(request) if request.method == "POST" else None
        question = self.question(request, upload.filename if upload else "")
        found = self._find(question, request)
        if found is None:
            self.missed.append(str(question))
            body = f"not in the recording: {question}\n".encode()
            return Response(404, "Not Found", (("Content-Type", "text/plain"),), body)
        self.consumed.update(found.cassettes)
        self.rests_on.update(found.about or found.cassettes)
        self.said.update(found.phrases)
        if upload and upload.summary != found.upload:
            same = upload.sha256.encode() in found.upload
            what = "another core metadata version" if same else "another file of that name"
            self.missed.append(f"{question}: {what} was recorded")
            return Response(
                404, "Not Found", (("Content-Type", "text/plain"),), b"another file was recorded\n"
            )
        if upload and found.response.status == 200:
            self.uploaded |= {upload.filename}
        if hosts.kind(request.host) != "file-store":
            return found.response
        answer, what = part_of(found.response, request)
        if what:
            self.cut.append(f"{question} ({what})")
        return answer

    def question(self, request: Request, file: str) -> Question:
        """Return what a request asks; `file` is the name of what it uploads, "" where that is nothing."""
        credential = self.classify(request.header("Authorization"))
        if credential in credentials.WITHOUT and hosts.kind(request.host) != "feed":
            credential = "none"  # only a feed is public
        return Question(request.method, request.url, credential, self.uploaded, file)

    def _find(self, question: Question, request: Request) -> Recorded | None:
        """Look a request up. The file store's HEAD is answered from its GET, regardless of uploads."""
        if hosts.kind(request.host) == "file-store":
            method = "GET" if question.method == "HEAD" else question.method
            return next(
                (
                    found
                    for known, found in self.recorded.items()
                    if (known.method, known.url, known.credential)
                    == (method, question.url, question.credential)
                ),
                None,
            )
        return self.recorded.get(question)
