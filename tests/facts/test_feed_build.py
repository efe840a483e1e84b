"""Facts about what a client asks for that the feed does not have: a build tool, a search."""

from __future__ import annotations

import pytest

from handbook.cases import names
from tests.conftest import Asker
from tests.facts.fact import fact

pytestmark = pytest.mark.vcr


@fact("package-not-found")
def test_a_build_tool_that_the_feed_does_not_hold(feed: Asker) -> None:
    """A build tool that neither the feed nor an upstream source has is answered 404, as any other name."""
    answer = feed.ask("GET", "simple/setuptools/")
    assert answer.status_code == 404
    assert f"Package 'setuptools' was not found in feed '{names.FEED}'." in answer.reason


@fact("search-refused")
def test_a_search_at_the_index_url(feed: Asker) -> None:
    """A search, which is a POST to the index URL, is answered 405."""
    answer = feed.ask("POST", "simple/", data=b"<?xml version='1.0'?><methodCall></methodCall>")
    message = "The requested resource does not support http method 'POST'."
    assert (answer.status_code, answer.json()) == (405, {"count": 1, "value": {"Message": message}})
