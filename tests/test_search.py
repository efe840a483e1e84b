"""The site's search in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import Watched

ASKED = {
    "401": "pip: installing",
    "405 method not allowed": "twine",
    "TF400813": "The feed’s own words: reading",
    "--extra-index-url": "Names: keep a stranger’s package out",
    "UV_INDEX_INTERNAL_PASSWORD": "Environment variables",
}


@pytest.mark.parametrize("query", ASKED)
def test_numbers_options_and_variables_are_found(tab: Watched, query: str) -> None:
    """A status, a code, an option and a variable find the pages that tell of them."""
    page = tab.open(f"search.html?q={query.replace(' ', '+')}")
    expect(page.locator("#search-results li a", has_text=ASKED[query]).first).to_be_attached(timeout=30_000)


def test_a_number_that_no_page_has_finds_nothing(tab: Watched) -> None:
    """A number is looked for as it is: one that stands nowhere finds no page."""
    page = tab.open("search.html?q=keyring+1234567890")
    expect(page.locator("#search-results")).to_contain_text("did not match any documents", timeout=30_000)
