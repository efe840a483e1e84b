"""Facts about two organizations: the token of one is a wrong token for the other's feed."""

from __future__ import annotations

import pytest

from handbook.cases import names
from handbook.feed.examples import DATA, MEMBERS
from handbook.feed.simple_page import links
from tests.conftest import Asker
from tests.facts.fact import fact

pytestmark = pytest.mark.vcr
FEED_CHANGES = {
    "organization": names.OTHER_ORGANIZATION,
    "project": None,
    "feed": names.ORGANIZATION_FEED,
    "files": [DATA],
    "upstream": [],
    "saved": [],
    "members": MEMBERS,
}
BASE = names.feed_base(names.OTHER_ORGANIZATION, None, names.ORGANIZATION_FEED)
OWN = "other-organization"
ONE_ORGANIZATION = (
    "a token is of one organization; another organization's was not seen, and a wrong one is so answered"
)


def link(feed: Asker) -> str:
    """Return the file's URL on the page, without the digest."""
    page = feed.ask("GET", f"{BASE}simple/contoso-data/", OWN).text
    return next(a["href"] for a in links(page) if DATA.filename in a["href"]).partition("#")[0]


@fact("organization-scope", "guid-link-organization-feed")
def test_page_opens_with_the_organizations_own_token(feed: Asker) -> None:
    """A token of the organization opens the page of a package."""
    assert feed.ask("GET", f"{BASE}simple/contoso-data/", OWN).status_code == 200


@fact("download-redirect-status", "download-redirect-location")
def test_download_opens_with_the_organizations_own_token(feed: Asker) -> None:
    """A token of the organization opens the link of a file."""
    assert feed.ask("GET", link(feed), OWN).status_code == 303


@fact("head-redirected")
def test_head_opens_with_the_organizations_own_token(feed: Asker) -> None:
    """HEAD on the link of a file redirects as well."""
    assert feed.ask("HEAD", link(feed), OWN).is_redirect


@fact("store-headers", "range-through-redirect")
def test_file_store_gives_the_file(feed: Asker) -> None:
    """The file store returns the file of the organization's feed."""
    location = feed.ask("GET", link(feed), OWN).headers["Location"]
    assert feed.ask("GET", location, "none").content == DATA.content


@fact("package-not-found")
@pytest.mark.parametrize("name", ["contoso-utils", "contoso-common"])
def test_page_of_what_only_the_first_organization_has(feed: Asker, name: str) -> None:
    """A package that only a feed of another organization has is answered 404."""
    assert feed.ask("GET", f"{BASE}simple/{name}/", OWN).status_code == 404


@fact(inferred=ONE_ORGANIZATION)
@pytest.mark.parametrize("name", ["contoso-data", "contoso-utils"])
def test_page_is_closed_to_another_organizations_token(feed: Asker, name: str) -> None:
    """A token of another organization is refused, whatever is asked for: 401."""
    assert feed.ask("GET", f"{BASE}simple/{name}/", "reader-read").status_code == 401


@fact(inferred=ONE_ORGANIZATION)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_download_is_closed_to_another_organizations_token(feed: Asker, method: str) -> None:
    """The link of a file is closed to a token of another organization: 401."""
    assert feed.ask(method, link(feed), "reader-read").status_code == 401


@fact("unauthenticated-challenges-status", "unauthenticated-challenges")
def test_page_without_a_credential(feed: Asker) -> None:
    """Without a credential, the page is closed: 401, with the ways to sign in."""
    assert feed.ask("GET", f"{BASE}simple/contoso-data/", "none").status_code == 401


@fact("guid-links-maintainer")
@pytest.mark.parametrize("name", ["contoso-data"])
def test_page_opens_at_the_address_with_the_guid(feed: Asker, name: str) -> None:
    """The page also opens at an address with the feed's GUID, which a link to a file shows."""
    base = link(feed).partition("download/")[0]
    assert feed.ask("GET", f"{base}simple/{name}/", OWN).status_code == 200


@fact("unauthenticated-download")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_download_without_a_credential(feed: Asker, method: str) -> None:
    """Without a credential, the link of a file is closed: 401."""
    assert feed.ask(method, link(feed), "none").status_code == 401
