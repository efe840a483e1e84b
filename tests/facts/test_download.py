"""Facts about downloads: links, redirects, the file store, versions from an upstream."""

from __future__ import annotations

import hashlib
import re

import pytest

from tests.conftest import FILES, ONLY_HERE, UPSTREAM, Asker
from tests.facts.fact import NO_SAVERS, READERS, SAVERS, fact

pytestmark = pytest.mark.vcr
OLD, NEW = (file.filename for file in FILES)
SAVED = UPSTREAM[0]


@fact("download-redirect-status", "download-redirect-location")
def test_its_file_redirects(feed: Asker) -> None:
    """A link to contoso-tools, which cases install, redirects to the file store."""
    assert feed.ask("GET", feed.link(ONLY_HERE.filename)).status_code == 303


@fact("store-headers", "range-through-redirect")
def test_its_file_is_stored(feed: Asker) -> None:
    """The file store returns the whole file of contoso-tools, which cases install."""
    location = feed.ask("GET", feed.link(ONLY_HERE.filename)).headers["Location"]
    assert feed.ask("GET", location, "none").content == ONLY_HERE.content


@fact("download-redirect-status", "download-redirect-location")
@pytest.mark.parametrize("credential", READERS)
@pytest.mark.parametrize("file", [NEW, OLD], ids=["new", "old"])
def test_download_redirects_to_the_file_store(feed: Asker, credential: str, file: str) -> None:
    """A download is answered 303 with a URL of the file store."""
    answer = feed.ask("GET", feed.link(file, credential), credential)
    assert answer.status_code == 303
    assert re.match(
        r"https://\w+\.vsblob\.vsassets\.io/b-[0-9a-f]{32}/[0-9A-F]{66}\.blob\?", answer.headers["Location"]
    )


@fact("unauthenticated-download", "unauthenticated-download-body")
def test_download_without_credential(feed: Asker) -> None:
    """A download without a credential is answered 401 with a reason, although the link is known."""
    answer = feed.ask("GET", feed.link(NEW), "none")
    assert answer.status_code == 401
    assert answer.json()["message"].startswith(
        "TF400813: The user 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa' is not"
    )


@fact(inferred="as a page; no capture of a download with a rejected token")
@pytest.mark.parametrize("credential", ["wrong", "expired"])
def test_download_is_closed(feed: Asker, credential: str) -> None:
    """A download with a token that is not accepted is answered 401."""
    assert feed.ask("GET", feed.link(NEW), credential).status_code == 401


@fact("head-redirected")
@pytest.mark.parametrize("credential", READERS)
def test_head_redirects(feed: Asker, credential: str) -> None:
    """HEAD on a download link is redirected, as is GET."""
    assert feed.ask("HEAD", feed.link(NEW, credential), credential).is_redirect


@fact(inferred="GET is closed; dependabot-core#15207 (June 2026) has HEAD fail, its status was not read")
def test_head_is_closed(feed: Asker) -> None:
    """HEAD on a download link without a credential is answered 401."""
    assert feed.ask("HEAD", feed.link(NEW), "none").status_code == 401


@fact("range-through-redirect")
def test_range_is_left_to_the_file_store(feed: Asker) -> None:
    """A download link ignores a range: the answer is the redirect."""
    assert feed.ask("GET", feed.link(NEW), span="bytes=-100").status_code == 303


@fact("store-headers", "range-through-redirect")
@pytest.mark.parametrize("file", FILES, ids=["old", "new"])
def test_file_store_gives_the_file(feed: Asker, file) -> None:
    """The file store returns a file without a credential, to any client that has its URL."""
    answer = feed.ask("GET", feed.ask("GET", feed.link(file.filename)).headers["Location"], "none")
    assert (answer.status_code, hashlib.sha256(answer.content).hexdigest()) == (200, file.sha256)


@fact("range-through-redirect")
def test_file_store_gives_a_part(feed: Asker) -> None:
    """The file store returns the part of a file that a range asks for."""
    answer = feed.ask("GET", feed.ask("GET", feed.link(NEW)).headers["Location"], "none", span="bytes=0-99")
    assert (answer.status_code, len(answer.content)) == (206, 100)


@fact("store-refuses-credential", "store-forbids-credential")
def test_file_store_refuses_a_credential(feed: Asker) -> None:
    """The file store refuses a request that carries the feed's credential: 400, or 403 (later)."""
    location = feed.ask("GET", feed.link(NEW)).headers["Location"]
    assert feed.ask("GET", location, "reader-read").status_code == 400


@fact("no-metadata-files")
def test_no_metadata_file(feed: Asker) -> None:
    """No separate metadata file exists beside a file."""
    assert feed.ask("GET", feed.link(NEW) + ".metadata").status_code == 404


@fact("upstream-saving")
def test_upstream_package_is_listed(feed: Asker) -> None:
    """The page of a package that only an upstream has lists a version before anyone has saved it."""
    assert UPSTREAM[0].filename in feed.ask("GET", "simple/idna/").text


@fact(
    "upstream-not-saved-forbidden",
    "upstream-not-saved-missing",
    "read-scope-is-a-reader",
    inferred="sources disagree: 403 (npm, January 2020) or 404 (NuGet, June 2024)",
)
@pytest.mark.parametrize("credential", NO_SAVERS)
def test_unsaved_upstream_version_is_refused(feed: Asker, credential: str) -> None:
    """A version that no one has saved yet is answered 403 to a role or scope that may not save it."""
    answer = feed.ask("GET", feed.link(UPSTREAM[0].filename, credential), credential)
    assert (answer.status_code, answer.json()["typeKey"]) == (403, "FeedNeedsPermissionsException")


@fact("feed-roles", "upstream-saving", "download-redirect-status")
@pytest.mark.parametrize("credential", SAVERS)
def test_upstream_version_is_saved(feed: Asker, credential: str) -> None:
    """A role and scope that may save a version get it, like one of the feed's own."""
    answer = feed.ask("GET", feed.link(UPSTREAM[0].filename, credential), credential)
    assert answer.status_code == 303


@fact("upstream-not-saved-anonymous", "upstream-not-saved-body")
def test_unsaved_upstream_version_is_closed(feed: Asker) -> None:
    """A version that no one has saved yet is answered 401 without a credential."""
    assert feed.ask("GET", feed.link(UPSTREAM[0].filename), "none").status_code == 401


@fact(inferred="as GET; no trace of HEAD on what nobody saved yet")
def test_head_on_a_version_to_save_as_a_contributor(feed: Asker) -> None:
    """HEAD on a version that no one has saved yet redirects a contributor, as a case does it."""
    credential = "contributor-write"
    assert feed.ask("HEAD", feed.link(UPSTREAM[0].filename, credential), credential).is_redirect


@fact("upstream-saving", "store-headers", "range-through-redirect")
def test_saved_version_is_stored(feed: Asker) -> None:
    """The file store returns a version that was saved from an upstream, byte for byte."""
    location = feed.ask("GET", feed.link(UPSTREAM[0].filename, "collaborator-write"), "collaborator-write")
    assert feed.ask("GET", location.headers["Location"], "none").content == UPSTREAM[0].content


@fact("unauthenticated-download")
def test_its_file_is_closed(feed: Asker) -> None:
    """A link to contoso-tools, which cases install, is answered 401 without a credential."""
    assert feed.ask("GET", feed.link(ONLY_HERE.filename), "none").status_code == 401


@fact(inferred="GET is closed; dependabot-core#15207 (June 2026) has HEAD fail, its status was not read")
def test_head_on_its_file_is_closed(feed: Asker) -> None:
    """HEAD on a link to contoso-tools, which cases install, is answered 401 without a credential."""
    assert feed.ask("HEAD", feed.link(ONLY_HERE.filename), "none").status_code == 401


@fact("head-redirected")
def test_head_on_its_file(feed: Asker) -> None:
    """HEAD on a link to contoso-tools, which cases install, redirects to the file store."""
    assert feed.ask("HEAD", feed.link(ONLY_HERE.filename)).is_redirect


@fact(inferred="GET is closed; no trace of HEAD on what nobody saved yet")
def test_head_on_an_unsaved_version_is_closed(feed: Asker) -> None:
    """HEAD on a version that no one has saved yet is answered 401 without a credential."""
    assert feed.ask("HEAD", feed.link(SAVED.filename), "none").status_code == 401


@fact(inferred="as GET, on which sources disagree (403 or 404); no trace of HEAD on what nobody saved yet")
def test_head_on_an_unsaved_version_is_refused(feed: Asker) -> None:
    """HEAD on a version that no one has saved yet is answered 403 to a reader."""
    assert feed.ask("HEAD", feed.link(SAVED.filename)).status_code == 403


@fact(inferred="as GET; no trace of HEAD on what nobody saved yet")
def test_head_on_a_version_to_save(feed: Asker) -> None:
    """HEAD on a version that no one has saved yet redirects a credential that may save it."""
    credential = "collaborator-write"
    assert feed.ask("HEAD", feed.link(SAVED.filename, credential), credential).is_redirect
