"""The reference feed reproduces what public sources show, up to a closed list of substitutions."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import requests

from handbook.cases.names import feed_base
from handbook.feed import answers, packages
from handbook.feed.http import Request, Response
from handbook.feed.reference_feed import ReferenceFeed
from tests.facts.fact import evidence, fact

GUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
# The only parts in which a source and the reference feed may differ.
SUBSTITUTIONS = {
    "{guid}": GUID,
    "{sha256}": r"[0-9a-f]{64}",
    "{hex}": r"[0-9A-Fa-f]+",
    "{scale-unit}": r"[a-z0-9]+(?:\.app)?",
    "{query}": r"[^\s\"]+",
    "{any}": r".*",
}
REQUESTS = {name: entry for name, entry in evidence().items() if "request" in entry}


def pattern(text: str) -> str:
    """Return a regular expression for a source's text; real GUIDs and digests match any others."""
    text = re.sub(GUID, "{guid}", text)
    text = re.sub(r"\b[0-9a-f]{64}\b", "{sha256}", text)
    pieces = re.split(r"(\{[a-z0-9-]+\})", text)
    return "".join(SUBSTITUTIONS.get(piece) or re.escape(piece) for piece in pieces)


def differences(shown: dict, answer: Response) -> list[str]:
    """Return the differences between a response and what a source shows, one line each."""
    body = answer.body.decode("utf-8", "replace")
    found = []
    if shown.get("status", answer.status) != answer.status:
        found.append(f"status {answer.status}, the source shows {shown['status']}")
    if "reason" in shown and not re.fullmatch(pattern(shown["reason"]), answer.reason):
        found.append(f"reason {answer.reason!r}, the source shows {shown['reason']!r}")
    if "body" in shown and not re.fullmatch(pattern(shown["body"]), body):
        found.append(f"body {body!r}, the source shows {shown['body']!r}")
    for piece in shown.get("body_has", []):
        if not re.search(pattern(piece.strip("\n")), body):
            found.append(f"the body lacks {piece!r}")
    found += [f"the body has {piece!r}" for piece in shown.get("body_lacks", []) if piece in body]
    found += [f"header {name} is there" for name in shown.get("header_lacks", []) if answer.values(name)]
    for name, value in shown.get("headers", {}).items():
        wanted = value if isinstance(value, list) else [value]
        seen = answer.values(name)
        if len(wanted) != len(seen) or not all(map(re.fullmatch, map(pattern, wanted), seen)):
            found.append(f"header {name} is {seen}, the source shows {wanted}")
    return found


def feed_of(entry: dict) -> ReferenceFeed:
    """Return the reference feed with the names and files that the source uses."""
    given = entry.get("given", {})
    requires = given.get("requires_python", {})
    files = [packages.from_filename(name, requires.get(name, "")) for name in given.get("files", [])]
    changes = {key: given[key] for key in ("head",) if key in given}
    changes["upstream"] = [packages.from_filename(name) for name in given.get("upstream", [])]
    changes["saved"] = given.get("saved", [])
    if "metadata_versions" in given:
        changes["metadata_versions"] = tuple(given["metadata_versions"])
    organization = given.get("organization", "organization")
    return ReferenceFeed(organization, given.get("project"), given.get("feed", "feed"), files, **changes)


def request_of(entry: dict, feed: ReferenceFeed) -> Request:
    """Return the request that a source describes, as `requests` would send it."""
    asked = entry["request"]
    kind, _, filename = asked["path"].partition(":")
    project = asked.get("project", feed.project)
    url = feed_base(feed.organization, project, asked.get("feed", feed.feed)) + asked["path"]
    if kind in ("link", "store"):
        file = next(file for file in feed.published + feed.upstream if file.filename == filename)
        url = feed.link(file) if kind == "link" else dict(answers.redirect(file).headers)["Location"]
    auth = None if asked["credential"] == "none" else ("any", asked["credential"])
    form = {}
    if "file" in asked:
        file = packages.from_filename(asked["file"])
        fields = {
            "name": file.name,
            "version": file.version,
            "metadata_version": asked.get("metadata_version", "2.1"),
        }
        form = {"data": fields, "files": {"content": (file.filename, file.content)}}
    sent = requests.Request(asked["method"], url, auth=auth, **form).prepare()
    return Request(sent.method, sent.url, tuple(sent.headers.items()), sent.body or b"")


@pytest.mark.parametrize("name", REQUESTS)
def test_reference_feed_reproduces(name: str) -> None:
    """The reference feed answers as the source shows."""
    entry = REQUESTS[name]
    feed = feed_of(entry)
    assert differences(entry.get("response", {}), feed(request_of(entry, feed))) == []


def test_every_transcription_names_its_source() -> None:
    """Each transcription has a grade, a permanent URL, two dates, a quote, and a response or statement."""
    for name, entry in evidence().items():
        assert entry["grade"] in ("documented", "captured", "sibling"), name
        assert entry["source"].startswith("https://"), name
        assert not re.search(r"/(blob|tree)/(main|master)/", entry["source"]), f"{name}: cite the commit"
        assert entry["published"] <= entry["read"], name
        assert entry["quote"].strip(), name
        assert (entry["grade"] == "sibling") <= (entry["protocol"] != "pypi"), name
        assert entry.get("response") or entry.get("statement", {}).get("text"), name


@pytest.mark.parametrize(
    ("names", "inferred", "grade"),
    [
        (["feed-roles"], "", "documented"),
        (["feed-roles", "simple-page-layout"], "", "captured"),
        ([], "the others", "inferred"),
        (["feed-roles", "token-scopes"], "sources disagree", "inferred"),
        ([], "", "names its evidence or says from what it is inferred"),
        (["feed-roles"], "the others", "names its evidence or says from what it is inferred"),
        (["no-such"], "", "tests/evidence/no-such.toml does not exist"),
    ],
)
def test_a_fact_has_evidence_or_says_that_it_is_inferred(names: list[str], inferred: str, grade: str) -> None:
    """A fact names existing evidence or the basis of an inference, and has its weakest evidence's grade."""
    try:
        said = fact(*names, inferred=inferred).kwargs["grade"]
    except ValueError as error:
        said = str(error)
    assert grade in said


SHOWN = {
    "status": 409,
    "reason": "Conflict - taken (DevOps Activity ID: {guid})",
    "body": '{"message":"taken","id":"{guid}"}',
    "body_has": ["taken"],
    "body_lacks": ["yanked"],
    "header_lacks": ["Expires"],
    "headers": {"Cache-Control": "no-store"},
}
SOME_GUID = "2f4a1c1e-0000-4000-8000-000000000001"
ANSWER = Response(
    409,
    f"Conflict - taken (DevOps Activity ID: {SOME_GUID})",
    (("Cache-Control", "no-store"),),
    f'{{"message":"taken","id":"{SOME_GUID}"}}'.encode(),
)


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ({}, 0),
        ({"status": 400}, 1),
        ({"reason": "Conflict"}, 1),
        ({"reason": ANSWER.reason.replace(SOME_GUID, "unknown")}, 1),
        ({"body": ANSWER.body + b" "}, 1),
        ({"body": ANSWER.body.replace(b"taken", b"free")}, 2),
        ({"body": ANSWER.body.replace(b"}", b',"yanked":1}')}, 2),
        ({"headers": ()}, 1),
        ({"headers": (("Cache-Control", "no-cache"),)}, 1),
        ({"headers": (*ANSWER.headers, *ANSWER.headers)}, 1),
        ({"headers": (*ANSWER.headers, ("Expires", "0"))}, 1),
    ],
)
def test_each_difference_is_detected(change: dict, number: int) -> None:
    """A change to any part of a response that the source shows is a difference."""
    assert len(differences(SHOWN, replace(ANSWER, **change))) == number
