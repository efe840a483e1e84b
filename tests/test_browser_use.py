"""What a reader does with a page: the keyboard's way, the drawer on a phone, tabs that stay chosen."""

from __future__ import annotations

import pytest

from tests import browser as tabs
from tests.browser import Watched

WALKED = {"front door": "index.html", "client": "guides/clients/pip.html", "search": "search.html"}


@pytest.mark.parametrize("kind", WALKED)
@pytest.mark.parametrize("size", [tabs.DESK, tabs.PHONE], ids=["desk", "phone"])
def test_the_tab_key_reaches_every_stop(tab: Watched, kind: str, size: dict[str, int]) -> None:
    """The Tab key itself stops where the probes think it does, in the same order, and nowhere else."""
    page = tab.open(WALKED[kind])
    page.set_viewport_size(size)
    expected = tabs.probe(page, "stops")
    walked = []
    for _ in expected:
        page.keyboard.press("Tab")
        walked += tabs.probe(page, "stop")
    assert [one.removeprefix("stop: ") for one in walked] == [one.removeprefix("stops: ") for one in expected]


def test_the_drawer_opens_with_the_keyboard(tab: Watched) -> None:
    """On a phone the navigation is out of the Tab key's way until the toggle opens it."""
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


def test_a_system_once_chosen_stays(tab: Watched) -> None:
    """The system chosen in one tab-set is shown by all on the page, and by those of the next page."""
    chosen = ".sd-tab-set > input:checked + label"
    page = tab.open("guides/clients/pip.html")
    page.locator(".sd-tab-label", has_text="Windows").first.click()
    assert set(page.locator(chosen).all_inner_texts()) == {"Windows (PowerShell)"}
    page = tab.open("guides/clients/uv.html")
    systems = [one for one in page.locator(chosen).all_inner_texts() if "Windows" in one or "Linux" in one]
    assert set(systems) == {"Windows (PowerShell)"}
