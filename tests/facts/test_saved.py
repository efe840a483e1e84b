"""Facts about an upstream package of which one version is saved, and about a package that requires it."""

from __future__ import annotations

import re

import pytest

from handbook.feed.simple_page import links
from tests.conftest import SAVED, UPSTREAM, WITH_REQUIREMENT, Asker
from tests.facts.fact import NO_SAVERS, READERS, SAVERS, fact

pytestmark = pytest.mark.vcr
UNSAVED = UPSTREAM[2]
FILES = {"web": WITH_REQUIREMENT, "saved": SAVED}


@fact("upstream-saving", "upstream-external-versions")
@pytest.mark.parametrize("credential", READERS)
def test_page_lists_saved_and_unsaved_versions(feed: Asker, credential: str) -> None:
    """One saved version hides none of the others that the upstream source has."""
    page = feed.ask("GET", "simple/certifi/", credential).text
    assert re.findall(r">(certifi-[^<]+)</a>", page) == [UNSAVED.filename, SAVED.filename]


@fact("simple-page-layout")
@pytest.mark.parametrize("credential", READERS)
def test_page_of_a_package_with_a_requirement(feed: Asker, credential: str) -> None:
    """A page does not list a package's requirements: its one link has the usual attributes."""
    (link,) = links(feed.ask("GET", "simple/contoso-web/", credential).text)
    assert set(link) <= {"href", "data-requires-python"}


@fact("download-redirect-status", "download-redirect-location")
@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
@pytest.mark.parametrize("credential", ["reader-read", "collaborator-write"])
def test_its_file_redirects(feed: Asker, file, credential: str) -> None:
    """A saved file redirects a Reader to the file store, like a published one."""
    assert feed.ask("GET", feed.link(file.filename), credential).status_code == 303


@fact("head-redirected")
@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_head_on_its_file(feed: Asker, file) -> None:
    """HEAD on a saved file redirects to the file store, as for any other file."""
    assert feed.ask("HEAD", feed.link(file.filename)).is_redirect


@fact("store-headers", "range-through-redirect")
@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_its_file_comes_whole(feed: Asker, file) -> None:
    """The file store returns a saved file, byte for byte."""
    location = feed.ask("GET", feed.link(file.filename)).headers["Location"]
    assert feed.ask("GET", location, "none").content == file.content


@fact(
    "upstream-not-saved-forbidden",
    "upstream-not-saved-missing",
    "read-scope-is-a-reader",
    inferred="sources disagree: 403 (npm, January 2020) or 404 (NuGet, June 2024)",
)
@pytest.mark.parametrize("credential", NO_SAVERS)
def test_next_version_is_refused(feed: Asker, credential: str) -> None:
    """A version that no one has saved is refused to a Reader, although an older one is saved."""
    assert feed.ask("GET", feed.link(UNSAVED.filename, credential), credential).status_code == 403


@fact("feed-roles", "upstream-saving", "download-redirect-status")
@pytest.mark.parametrize("credential", SAVERS)
def test_next_version_is_saved(feed: Asker, credential: str) -> None:
    """A role and scope that may save a version also get the next one."""
    assert feed.ask("GET", feed.link(UNSAVED.filename, credential), credential).status_code == 303


@fact("upstream-saving", "store-headers", "range-through-redirect")
def test_next_version_comes_whole(feed: Asker) -> None:
    """The file store returns the version that was just saved, byte for byte."""
    answer = feed.ask("GET", feed.link(UNSAVED.filename, "collaborator-write"), "collaborator-write")
    assert feed.ask("GET", answer.headers["Location"], "none").content == UNSAVED.content


@fact("unauthenticated-page", "wrong-credential-page")
@pytest.mark.parametrize("credential", ["none", "wrong"])
@pytest.mark.parametrize("name", ["certifi", "contoso-web"])
def test_page_is_closed(feed: Asker, name: str, credential: str) -> None:
    """A private feed opens these pages neither without a credential nor with a wrong one."""
    assert feed.ask("GET", f"simple/{name}/", credential).status_code == 401


@fact("unauthenticated-download")
@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_its_file_is_closed(feed: Asker, file) -> None:
    """A private feed answers 401 for a saved file without a credential."""
    assert feed.ask("GET", feed.link(file.filename), "none").status_code == 401


@fact(inferred="GET is closed; dependabot-core#15207 (June 2026) has HEAD fail, its status was not read")
@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_head_on_its_file_is_closed(feed: Asker, file) -> None:
    """HEAD on a saved file is answered 401 without a credential."""
    assert feed.ask("HEAD", feed.link(file.filename), "none").status_code == 401
