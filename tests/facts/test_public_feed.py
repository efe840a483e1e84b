"""Facts about a public feed, asked without a credential: the class `anonymous`."""

from __future__ import annotations

import re

import pytest

from handbook.feed.simple_page import links
from tests.conftest import FILES, ONLY_HERE, SAVED, UPSTREAM, WITH_REQUIREMENT, Asker
from tests.facts.fact import fact

pytestmark = pytest.mark.vcr
IDNA, UNSAVED = UPSTREAM[0], UPSTREAM[2]
HELD = {"utils": FILES[1], "tools": ONLY_HERE, "web": WITH_REQUIREMENT, "saved": SAVED}
LOCAL = "No local versions of package '{}'; please provide authentication to access versions from upstream"


@fact("public-feed-download")
@pytest.mark.parametrize("name", ["contoso-utils", "contoso-tools", "contoso-web", "certifi"])
def test_page_opens(feed: Asker, name: str) -> None:
    """The page of a package that a public feed has opens without a credential."""
    assert links(feed.ask("GET", f"simple/{name}/", "anonymous").text)


@fact("public-feed-download", "download-redirect-status", "download-redirect-location")
@pytest.mark.parametrize("file", HELD.values(), ids=HELD)
def test_download_redirects(feed: Asker, file) -> None:
    """A file that a public feed has can be downloaded without a credential."""
    assert feed.ask("GET", feed.link(file.filename), "anonymous").status_code == 303


@fact(inferred="as GET; no trace of HEAD at a public feed")
@pytest.mark.parametrize("file", HELD.values(), ids=HELD)
def test_head_redirects(feed: Asker, file) -> None:
    """HEAD on a file that a public feed has redirects without a credential."""
    assert feed.ask("HEAD", feed.link(file.filename), "anonymous").is_redirect


@fact("public-feed-unsaved-page", "public-feed-two-refusals", "public-feed-reason")
@pytest.mark.parametrize("name", ["idna", "pip", "contoso-nothing"])
def test_page_of_what_nobody_saved_is_closed(feed: Asker, name: str) -> None:
    """Without a credential, a public feed answers 401 for a package of which it has no version."""
    answer = feed.ask("GET", f"simple/{name}/", "anonymous")
    assert (answer.status_code, answer.json()["message"].startswith(LOCAL.format(name))) == (401, True)


@fact(inferred="readers are refused at the download, so the page names the version; no page was captured")
def test_page_lists_what_nobody_saved(feed: Asker) -> None:
    """The page of a package with one saved version also lists the upstream's versions."""
    page = feed.ask("GET", "simple/certifi/", "anonymous").text
    assert re.findall(r">(certifi-[^<]+)</a>", page) == [UNSAVED.filename, SAVED.filename]


@fact("upstream-not-saved-anonymous", "public-feed-two-refusals", "public-feed-reason")
def test_download_of_what_nobody_saved_is_closed(feed: Asker) -> None:
    """Without a credential, a public feed does not save a version, and the download is answered 401."""
    answer = feed.ask("GET", feed.link(UNSAVED.filename), "anonymous")
    assert answer.status_code == 401
    assert answer.reason.startswith(f"Unauthorized - {LOCAL.format('certifi')}")


@fact(inferred="as GET; no trace of HEAD at a public feed")
def test_head_on_what_nobody_saved_is_closed(feed: Asker) -> None:
    """HEAD on a version that no one has saved is answered 401 without a credential."""
    assert feed.ask("HEAD", feed.link(UNSAVED.filename), "anonymous").status_code == 401


@fact("upload-requires-credential")
def test_upload_is_closed(feed: Asker) -> None:
    """A public feed does not accept an upload without a credential: 401."""
    answer = feed.upload("contoso_utils-1.2.0-py3-none-any.whl", credential="anonymous")
    assert answer.status_code == 401


@fact("upstream-not-saved-anonymous", "public-feed-two-refusals")
def test_idna_is_closed(feed: Asker) -> None:
    """The download of a package of which a public feed has no version is answered 401 as well."""
    assert feed.ask("GET", feed.link(IDNA.filename), "anonymous").status_code == 401
