"""How a reader operates a page: with the keyboard, and the drawer on a phone."""

from __future__ import annotations

import pytest

from tests.pages import browser as tabs
from tests.pages.browser import Watched

WALKED = [("index.html", tabs.DESK), ("guides/clients/pip.html", tabs.PHONE)]
NOTE = "window.walked = []; addEventListener('focusin', event => walked.push(probes.name(event.target)))"


@pytest.mark.parametrize(("path", "size"), WALKED, ids=["front door", "client"])
def test_the_tab_key_reaches_every_stop(tab: Watched, path: str, size: dict[str, int]) -> None:
    """The Tab key stops at the elements that the probes predict, in the same order, and nowhere else."""
    page = tab.open(path)
    page.set_viewport_size(size)
    page.evaluate(tabs.PROBES)
    page.evaluate(NOTE)
    expected = page.evaluate("probes.stops()")
    for _ in expected:
        page.keyboard.press("Tab")
    assert page.evaluate("walked") == expected


def test_the_drawer_opens_with_the_keyboard(tab: Watched) -> None:
    """On a phone, the Tab key skips the navigation until the toggle opens it."""
    page = tab.open("index.html")
    page.set_viewport_size(tabs.PHONE)
    link = page.locator(".sidebar-drawer a").first
    assert not link.is_visible()
    page.locator("#__navigation").focus()
    page.keyboard.press("Space")
    assert link.is_visible()
    page.keyboard.press("Space")
    page.wait_for_function(
        "() => !document.querySelector('.sidebar-drawer a').checkVisibility({visibilityProperty: true})"
    )
