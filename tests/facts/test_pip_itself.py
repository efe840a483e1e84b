"""Facts about pip's question for a newer pip, asked of the index that options, variables and files name."""

from __future__ import annotations

import pytest

from handbook.cases import names
from tests.conftest import Asker
from tests.facts.fact import READERS, fact

pytestmark = pytest.mark.vcr
PAGE = "simple/pip/"


@fact("package-not-found")
@pytest.mark.parametrize("credential", READERS)
def test_pip_is_a_package_like_any_other(feed: Asker, credential: str) -> None:
    """A feed that does not hold pip answers 404."""
    assert feed.ask("GET", PAGE, credential).status_code == 404


@fact("unauthenticated-page", "wrong-credential-page")
@pytest.mark.parametrize("credential", ["none", "wrong"])
def test_its_page_is_closed(feed: Asker, credential: str) -> None:
    """The question is answered 401 without a credential and with a wrong one."""
    assert feed.ask("GET", PAGE, credential).status_code == 401


@fact("expired-challenge", "expired-token-header")
def test_its_page_after_the_end_of_a_token(feed: Asker) -> None:
    """The question is answered 401 to a token that has expired."""
    assert feed.ask("GET", PAGE, "expired").status_code == 401


@fact("forbidden-read", "forbidden-body")
def test_its_page_without_a_role(feed: Asker) -> None:
    """The question is answered 403 to a token without a role."""
    assert feed.ask("GET", PAGE, "no-role").status_code == 403


@fact("feed-not-found-body", "feed-not-found-reason")
def test_its_page_in_a_missing_feed(feed: Asker) -> None:
    """A feed that does not exist has no page for pip, either: 404."""
    address = names.feed_base(names.ORGANIZATION, names.PROJECT, names.MISSING_FEED)
    assert feed.ask("GET", f"{address}{PAGE}").status_code == 404


@fact("feed-not-found-body", "feed-not-found-reason")
def test_its_page_without_the_project(feed: Asker) -> None:
    """Where the address lacks the project, the answer is 404."""
    address = names.feed_base(names.ORGANIZATION, None, names.FEED)
    assert feed.ask("GET", f"{address}{PAGE}").status_code == 404


@fact(inferred="the upload address takes POST alone; no capture of a page asked for below it")
def test_its_page_below_the_upload_address(feed: Asker) -> None:
    """The upload address given as an index has no page for pip: 404."""
    assert feed.ask("GET", "upload/pip/").status_code == 404
