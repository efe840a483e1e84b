"""Facts about an organization-scoped feed: its URLs contain no project."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from handbook.cases import names
from handbook.feed import packages
from handbook.feed.examples import COMMON, TWICE
from handbook.feed.simple_page import links
from tests.conftest import Asker
from tests.facts.fact import fact

pytestmark = pytest.mark.vcr
FILE = COMMON
FEED_CHANGES = {"project": None, "feed": names.ORGANIZATION_FEED, "files": [COMMON, *TWICE]}
BASE = names.feed_base(names.ORGANIZATION, None, names.ORGANIZATION_FEED)
PAGE = f"{BASE}simple/contoso-common/"
GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def link(feed: Asker) -> str:
    """Return the file's URL on the page, without the digest."""
    page = feed.ask("GET", PAGE).text
    return next(a["href"] for a in links(page) if FILE.filename in a["href"]).partition("#")[0]


@fact("organization-scope", "guid-link-organization-feed")
def test_page_without_project(feed: Asker) -> None:
    """The page of an organization-scoped feed has a URL without a project."""
    assert feed.ask("GET", PAGE).status_code == 200


@fact("guid-link-organization-feed")
def test_links_without_project(feed: Asker) -> None:
    """A link of an organization-scoped feed contains the feed's GUID and no project."""
    path = (
        rf"https://pkgs\.dev\.azure\.com/{names.ORGANIZATION}/_packaging/{GUID}/pypi/download/contoso-common/"
    )
    assert re.match(path, link(feed))


@fact("download-redirect-status", "download-redirect-location")
def test_download_redirects(feed: Asker) -> None:
    """A link of an organization-scoped feed redirects to the file store."""
    assert feed.ask("GET", link(feed)).status_code == 303


@fact("store-headers", "range-through-redirect")
def test_file_store_gives_the_file(feed: Asker) -> None:
    """The file store returns the file of an organization-scoped feed."""
    location = feed.ask("GET", link(feed)).headers["Location"]
    assert feed.ask("GET", location, "none").content == FILE.content


@fact("head-redirected")
def test_head_redirects(feed: Asker) -> None:
    """HEAD on a link of an organization-scoped feed is redirected as well."""
    assert feed.ask("HEAD", link(feed)).is_redirect


@fact("unauthenticated-page")
def test_page_is_closed(feed: Asker) -> None:
    """The page of an organization-scoped feed is closed without a credential."""
    assert feed.ask("GET", PAGE, "none").status_code == 401


@fact("unauthenticated-download", "unauthenticated-download-body")
def test_download_is_closed(feed: Asker) -> None:
    """A link of an organization-scoped feed is closed without a credential."""
    assert feed.ask("GET", link(feed), "none").status_code == 401


@fact(inferred="GET is closed; dependabot-core#15207 (June 2026) has HEAD fail, its status was not read")
def test_head_is_closed(feed: Asker) -> None:
    """HEAD on a link of an organization-scoped feed is closed without a credential."""
    assert feed.ask("HEAD", link(feed), "none").status_code == 401


@fact("upload-accepted", "organization-scope")
def test_upload_is_accepted(feed: Asker) -> None:
    """An organization-scoped feed accepts uploads at its own URL."""
    name = "contoso_common-1.1.0-py3-none-any.whl"
    assert feed.upload(name, path=f"{BASE}upload/").status_code == 200


@fact(inferred="a project's feed without its project is answered so; no capture of the reverse")
def test_organization_feed_with_a_project(feed: Asker) -> None:
    """An organization-scoped feed requested with a project is answered 404."""
    address = names.feed_base(names.ORGANIZATION, names.PROJECT or "platform", names.ORGANIZATION_FEED)
    assert feed.ask("GET", f"{address}simple/contoso-common/").status_code == 404


@fact("organization-scope", "guid-link-organization-feed", "build-identity-roles")
def test_build_identity_reads_a_page(feed: Asker) -> None:
    """A job's token opens a page of an organization-scoped feed."""
    assert feed.ask("GET", PAGE, "collaborator-write").status_code == 200


@fact("download-redirect-status", "download-redirect-location", "build-identity-roles")
def test_build_identity_downloads(feed: Asker) -> None:
    """A job's token downloads a file from an organization-scoped feed."""
    assert feed.ask("GET", link(feed), "collaborator-write").status_code == 303


@fact("package-not-found")
def test_build_identity_asks_for_a_missing_package(feed: Asker) -> None:
    """A package that only another feed has is answered 404 by an organization-scoped feed."""
    assert feed.ask("GET", f"{BASE}simple/contoso-utils/", "collaborator-write").status_code == 404


@fact("package-not-found")
@pytest.mark.parametrize("name", ["contoso-utils", "pip"])
def test_page_of_what_another_feed_has(feed: Asker, name: str) -> None:
    """A package that only another feed has is answered 404 to a reader, too."""
    assert feed.ask("GET", f"{BASE}simple/{name}/").status_code == 404


@fact("expired-challenge", "expired-token-header")
@pytest.mark.parametrize("name", ["contoso-common", "contoso-utils", "pip"])
def test_page_after_the_end_of_a_token(feed: Asker, name: str) -> None:
    """An organization's feed refuses a token that has expired, whatever is asked for: 401."""
    assert feed.ask("GET", f"{BASE}simple/{name}/", "expired").status_code == 401


@fact("forbidden-read", "forbidden-body")
@pytest.mark.parametrize("name", ["contoso-common", "contoso-utils", "pip"])
def test_page_without_a_role(feed: Asker, name: str) -> None:
    """An organization's feed refuses a token without a role, whatever is asked for: 403."""
    assert feed.ask("GET", f"{BASE}simple/{name}/", "no-role").status_code == 403


@fact("simple-page-layout", "simple-page-order")
def test_page_of_a_name_that_another_feed_has(feed: Asker) -> None:
    """A feed lists its own files under a name that another feed has as well, the highest version first."""
    page = feed.ask("GET", f"{BASE}simple/contoso-tools/")
    assert [Path(urlsplit(a["href"]).path).name for a in links(page.text)] == [
        "contoso_tools-2.0.0-py3-none-any.whl",
        "contoso_tools-1.0.0-py3-none-any.whl",
    ]


@fact("download-redirect-status", "download-redirect-location")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("file", TWICE, ids=lambda file: file.version)
def test_download_of_a_name_that_another_feed_has(feed: Asker, file: packages.File, method: str) -> None:
    """The link of such a file redirects to the file store."""
    page = feed.ask("GET", f"{BASE}simple/contoso-tools/").text
    address = next(a["href"] for a in links(page) if file.filename in a["href"]).partition("#")[0]
    assert feed.ask(method, address).status_code == 303


@fact("store-headers", "range-through-redirect")
@pytest.mark.parametrize("file", TWICE, ids=lambda file: file.version)
def test_file_of_a_name_that_another_feed_has(feed: Asker, file: packages.File) -> None:
    """The file store returns this feed's file, not the file of the same name that the other feed has."""
    page = feed.ask("GET", f"{BASE}simple/contoso-tools/").text
    address = next(a["href"] for a in links(page) if file.filename in a["href"]).partition("#")[0]
    location = feed.ask("GET", address).headers["Location"]
    assert feed.ask("GET", location, "none").content == file.content


@fact("package-not-found", "build-identity-roles")
def test_build_identity_asks_for_pip(feed: Asker) -> None:
    """pip is a package like any other to the token of a job, too: 404."""
    assert feed.ask("GET", f"{BASE}simple/pip/", "collaborator-write").status_code == 404
