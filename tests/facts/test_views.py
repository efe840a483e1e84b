"""Facts about views: `feed@Release` shows promoted versions, `feed@Local` published and saved ones."""

from __future__ import annotations

import re

import pytest

from handbook.cases import names
from handbook.feed.simple_page import links
from tests.conftest import FILES, Asker
from tests.facts.fact import fact

pytestmark = pytest.mark.vcr
OLD, NEW = (file.filename for file in FILES)
FEED_CHANGES = {"promoted": {"Prerelease": (), "Release": (OLD,)}}
GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
LINKS = (
    "a link holds the feed's GUID, and a view has one of its own; the one trace of a view's link is redacted"
)


def base(view: str, sign: str = "@") -> str:
    """Return the URL of a view up to `pypi/`."""
    feed = names.FEED.partition("@")[0]
    address = names.feed_base(names.ORGANIZATION, names.PROJECT, f"{feed}@{view}")
    return address.replace("@", sign)


def link(feed: Asker, view: str, filename: str) -> str:
    """Return a file's URL on a view's page, without the digest."""
    page = feed.ask("GET", f"{base(view)}simple/contoso-utils/").text
    return next(a["href"] for a in links(page) if filename in a["href"]).partition("#")[0]


@fact("view-documented", "view-address")
@pytest.mark.parametrize("sign", ["@", "%40"], ids=["sign", "encoded"])
def test_view_shows_what_was_promoted(feed: Asker, sign: str) -> None:
    """The page of a view lists only promoted versions, however the @ in its URL is written."""
    page = feed.ask("GET", f"{base('Release', sign)}simple/contoso-utils/").text
    assert re.findall(r">(contoso_utils-[^<]+)</a>", page) == [OLD]


@fact("view-documented", "view-address")
def test_local_shows_what_was_published(feed: Asker) -> None:
    """The view @Local lists everything that was published to the feed."""
    page = feed.ask("GET", f"{base('Local')}simple/contoso-utils/").text
    assert re.findall(r">(contoso_utils-[^<]+)</a>", page) == [NEW, OLD]


@fact("view-without-unsaved")
def test_local_lacks_what_nobody_saved(feed: Asker) -> None:
    """The view @Local lacks a package that only an upstream source has and that no one has saved."""
    assert feed.ask("GET", f"{base('Local')}simple/idna/").status_code == 404


@fact(inferred="a package that the feed does not hold is answered so; no capture from a view")
def test_view_lacks_what_was_not_promoted(feed: Asker) -> None:
    """A view answers 404 for a package of which no version was promoted to it."""
    assert feed.ask("GET", f"{base('Prerelease')}simple/contoso-utils/").status_code == 404


@fact(inferred="a package that the feed does not hold is answered so; no capture from a view")
def test_view_lacks_pip(feed: Asker) -> None:
    """A view answers 404 when pip looks for a newer pip."""
    assert feed.ask("GET", f"{base('Release')}simple/pip/", "reader-read").status_code == 404


@fact(inferred="a feed that does not exist is answered so; no capture of a view")
def test_unknown_view(feed: Asker) -> None:
    """A view that does not exist is answered 404."""
    assert feed.ask("GET", f"{base('NoSuchView')}simple/contoso-utils/").status_code == 404


@fact("unauthenticated-page")
def test_view_is_closed(feed: Asker) -> None:
    """A view is closed without a credential."""
    assert feed.ask("GET", f"{base('Release')}simple/contoso-utils/", "none").status_code == 401


@fact(inferred=LINKS)
def test_links_hold_the_view(feed: Asker) -> None:
    """A link on a view's page contains the GUIDs of the feed and the view, joined by @."""
    found = link(feed, "Release", OLD)
    assert re.search(rf"/{GUID}/_packaging/{GUID}@{GUID}/pypi/download/contoso-utils/1/", found)


@fact(inferred=LINKS)
def test_view_redirects_to_the_file_store(feed: Asker) -> None:
    """A link on a view's page redirects to the file store, like the feed's own link."""
    assert feed.ask("GET", link(feed, "Release", OLD)).status_code == 303


@fact(inferred=LINKS)
def test_download_from_a_view_is_closed(feed: Asker) -> None:
    """A link on a view's page is closed without a credential."""
    assert feed.ask("GET", link(feed, "Release", OLD), "none").status_code == 401


@fact(inferred="Microsoft documents that nothing is published to a view, not how it is refused")
def test_upload_to_a_view(feed: Asker) -> None:
    """An upload to a view is refused."""
    address = f"{base('Release')}upload/"
    assert feed.upload("contoso_utils-1.2.0-py3-none-any.whl", path=address).status_code == 400
