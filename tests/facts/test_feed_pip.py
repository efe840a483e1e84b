"""Facts about what pip meets at wrong addresses: the project left out, the upload URL as an index."""

from __future__ import annotations

import pytest

from handbook.cases import names
from tests.conftest import Asker
from tests.facts.fact import fact

pytestmark = pytest.mark.vcr


@fact("feed-not-found-body", "feed-not-found-reason")
def test_a_package_of_a_feed_without_its_project(feed: Asker) -> None:
    """Where the address lacks the project, no package is found, and the answer blames the feed."""
    address = names.feed_base(names.ORGANIZATION, None, names.FEED)
    answer = feed.ask("GET", f"{address}simple/contoso-tools/")
    assert (answer.status_code, answer.json()["typeKey"]) == (404, "FeedIdNotFoundException")
    assert f"The feed with ID '{names.FEED}' doesn't exist." in answer.reason


@fact(inferred="the upload address takes POST alone; no capture of a page asked for below it")
def test_no_page_below_the_upload_address(feed: Asker) -> None:
    """The upload address given as an index has no page for any package: 404."""
    assert feed.ask("GET", "upload/contoso-utils/").status_code == 404
