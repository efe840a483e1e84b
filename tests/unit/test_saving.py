"""The state of a feed with an upstream source: steps that change answers, which no recording can contain."""

from __future__ import annotations

import re

from handbook.feed import packages
from handbook.feed.http import Request, Response
from handbook.feed.reference_feed import ReferenceFeed

BASE = "https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/"
OLD, NEW = (packages.wheel("certifi", version) for version in ("2025.11.12", "2026.1.4"))


def ask(feed: ReferenceFeed, url: str, credential: str) -> Response:
    """Return the answer to a GET."""
    return feed(Request("GET", url, (("Authorization", f"Bearer {credential}"),)))


def listed(feed: ReferenceFeed, credential: str = "reader-read") -> list[str]:
    """Return the files that the package's page lists."""
    page = ask(feed, f"{BASE}simple/certifi/", credential).body.decode()
    return re.findall(r">(certifi-[^<]+)</a>", page)


def test_saving_one_version_hides_no_other() -> None:
    """After one version is saved, the page still lists the others."""
    feed = ReferenceFeed(upstream=[OLD, NEW])
    assert listed(feed) == [NEW.filename, OLD.filename]
    assert ask(feed, feed.link(NEW), "collaborator-write").status == 303
    assert listed(feed) == [NEW.filename, OLD.filename]


def test_a_saved_version_is_for_everybody() -> None:
    """A version that a Collaborator saved is open to Readers and, on a public feed, to all; no other is."""
    feed = ReferenceFeed(upstream=[OLD, NEW])
    callers = {"reader-read": 403, "anonymous": 401}
    assert {one: ask(feed, feed.link(NEW), one).status for one in callers} == callers
    ask(feed, feed.link(NEW), "collaborator-write")
    assert {one: ask(feed, feed.link(NEW), one).status for one in callers} == dict.fromkeys(callers, 303)
    assert {one: ask(feed, feed.link(OLD), one).status for one in callers} == callers


def test_a_published_name_hides_the_upstream() -> None:
    """A published name offers none of the upstream's versions, neither on the page nor by link."""
    feed = ReferenceFeed(files=[OLD], upstream=[NEW])
    assert listed(feed) == [OLD.filename]
    assert ask(feed, feed.link(NEW), "collaborator-write").status == 404
