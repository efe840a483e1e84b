"""Facts about the feed as it was in the past, for readers of old advice: HEAD refused, only old metadata."""

from __future__ import annotations

import pytest

from tests.conftest import FILES, Asker
from tests.facts.fact import fact

pytestmark = pytest.mark.vcr
FEED_CHANGES = {"head": "405", "metadata_versions": ("1.0", "1.1", "1.2", "2.0", "2.1")}
NEW = FILES[1].filename


@fact("head-refused-curl", "head-refused-organization-feed")
def test_head_was_refused(feed: Asker) -> None:
    """Up to mid-2025, HEAD on a download link was answered 405."""
    assert feed.ask("HEAD", feed.link(NEW)).status_code == 405


@fact(inferred="a private feed is closed; the captures are of public feeds or carried a credential")
def test_head_without_credential_was_closed(feed: Asker) -> None:
    """Up to mid-2025, HEAD without a credential was answered 401 on a private feed, as it is today."""
    assert feed.ask("HEAD", feed.link(NEW), "none").status_code == 401


@fact("download-redirect-not-storable")
def test_download_was_a_redirect(feed: Asker) -> None:
    """A download was a 303 to the file store in the past as well."""
    redirect = feed.ask("GET", feed.link(NEW))
    assert redirect.status_code == 303
    assert feed.ask("GET", redirect.headers["Location"], "none").content == FILES[1].content


@fact("unauthenticated-download")
def test_download_was_closed(feed: Asker) -> None:
    """A download without a credential was answered 401 in the past as well."""
    assert feed.ask("GET", feed.link(NEW), "none").status_code == 401


@fact("upload-metadata-version")
def test_newer_metadata_was_refused(feed: Asker) -> None:
    """In March 2024, a file with metadata version 2.3 was answered 400 with the supported versions."""
    answer = feed.upload("contoso_utils-1.2.0-py3-none-any.whl", metadata_version="2.3")
    message = "Metadata version '2.3' is unsupported. Supported versions are: 1.0,1.1,1.2,2.0,2.1."
    assert (answer.status_code, answer.json()["message"]) == (400, message)
    assert answer.json()["typeKey"] == "InvalidPackageException"
    assert answer.reason.startswith(f"Bad Request - {message} (DevOps Activity ID: ")
