"""Tabs for clients and systems: a reader's choice applies to all pages, and print shows all tabs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.pages import browser as tabs
from tests.pages.browser import Watched

# Pages of different templates: front page, tutorial, guide, client, troubleshooting.
FRONT, FIRST, EXPIRED = "index.html", "guides/first-package.html", "guides/credentials/expired.html"
WITH_SYSTEMS = [FIRST, "guides/clients/uv.html", "guides/errors/uv.html"]
LIBRARY = "**/design-tabs.js*"


@pytest.fixture(params=["served", "disk"])
def reader(request: pytest.FixtureRequest, browser: Browser, site: Path, address: str) -> Iterator[Watched]:
    """Provide a reader's browser without stored data, with the site served with its policy or on disk."""
    context = browser.new_context(viewport=tabs.DESK)
    watched = Watched(context, address if request.param == "served" else site.as_uri())
    yield watched
    context.close()
    assert watched.faults == []


def chosen(page: Page, group: str) -> set[str]:
    """Return the names of the selected tabs of a group, visible or not."""
    labels = page.locator(f".sd-tab-set > input:checked + label[data-sync-group={group}]")
    return set(labels.evaluate_all("labels => labels.map(label => label.textContent.trim())"))


def tab_of(page: Page, name: str) -> Locator:
    """Return the first visible tab with this name."""
    return page.locator(".sd-tab-label:visible", has_text=name).first


def test_a_client_once_chosen_stays(reader: Watched) -> None:
    """The client selected on one page is selected on pages of other templates, until another is selected."""
    page = reader.open(FRONT)
    tab_of(page, "uv").click()
    for path in (FIRST, EXPIRED, FRONT):
        page = reader.open(path)
        assert chosen(page, "client") == {"uv"}
    tab_of(page, "Poetry").click()
    expect(reader.open(FIRST).locator("#case-poetry-install-env")).to_be_visible()


def test_a_system_once_chosen_stays(reader: Watched) -> None:
    """The system selected in one tab set applies to all on the page, and to those of other templates."""
    page = reader.open("guides/clients/pip-settings.html")
    tab_of(page, "Windows").click()
    assert chosen(page, "system") == {"Windows (PowerShell)"}
    for path in WITH_SYSTEMS:
        assert chosen(reader.open(path), "system") == {"Windows (PowerShell)"}, path
    assert chosen(page, "client") <= {"pip"}


def test_a_choice_is_there_before_the_page_is_whole(browser: Browser, address: str) -> None:
    """The right tab is selected while the page is parsed, even without the library that stores the choice."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/{FRONT}")
        tab_of(page, "Poetry").click()
        page.route(LIBRARY, lambda route: route.fulfill(body="", content_type="text/javascript"))
        page.goto(f"{address}/{FRONT}")
        assert chosen(page, "client") == {"Poetry"}


def test_a_choice_reaches_other_tabs_of_the_browser(browser: Browser, address: str) -> None:
    """A page that is open in another tab of the browser follows the choice, and changes nothing else."""
    with browser.new_context() as context:
        one, other = context.new_page(), context.new_page()
        one.goto(f"{address}/{FRONT}")
        other.goto(f"{address}/{FIRST}")
        tab_of(other, "Windows").click()
        tab_of(one, "Poetry").click()
        expect(other.locator("#case-poetry-install-env")).to_be_visible()
        assert chosen(other, "system") == {"Windows (PowerShell)"}


def test_a_page_that_one_comes_back_to_follows(tab: Watched) -> None:
    """A page that the browser restores shows the choice made on another page in the meantime."""
    page = tab.open(FIRST)
    page.evaluate("localStorage.setItem('sphinx-design-tab-id-client', 'uv')")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert chosen(page, "client") == {"uv"}


def test_a_link_into_another_tab_opens_it(tab: Watched) -> None:
    """A link to a case shows it, whichever client was selected before, and keeps the reader's choice."""
    page = tab.open(FRONT)
    tab_of(page, "Poetry").click()
    page = tab.open(f"{EXPIRED}#case-uv-fail-expired-token")
    expect(page.locator("#case-uv-fail-expired-token")).to_be_in_viewport()
    assert chosen(tab.open(FRONT), "client") == {"Poetry"}


@pytest.mark.parametrize("path", [FRONT, FIRST, EXPIRED, "guides/clients/uv.html"])
def test_paper_and_the_keyboard_need_no_script(browser: Browser, address: str, path: str) -> None:
    """Without JavaScript, the keyboard opens a tab; in print, every tab is open, under its name."""
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}/{path}")
        second = page.locator(".sd-tab-set").first.locator("> .sd-tab-content").nth(1)
        expect(second).to_be_hidden()
        page.locator(".sd-tab-set > input").first.focus()
        page.keyboard.press("ArrowRight")
        expect(second).to_be_visible()
        page.emulate_media(media="print")
        for one in page.locator(".sd-tab-label, .sd-tab-content").all():
            expect(one).to_be_visible()
