"""The site in a real browser: nothing that a reader could stumble over, on any page, at two widths."""

from __future__ import annotations

from tests import browser as tabs
from tests.browser import Watched


def test_fixtures_work(tab: Watched) -> None:
    """The front door opens with the site's policy enforced and makes no complaint."""
    page = tab.open("index.html")
    assert page.title() == "Artifact feeds handbook"
    assert tabs.probe(page, "overflow") == []
