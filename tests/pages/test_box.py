"""The paste box in a real browser: it answers as you type, hides secrets, calls no server, can be cleared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.pages import browser as tabs
from tests.pages.browser import Watched

PAGES = ["index.html", "guides/errors/index.html"]
MESSAGE = "ERROR: Could not find a version that satisfies the requirement my-tool (from versions: none)\n"
TOKEN = "ab1" * 28  # as long as a personal access token
OTHER = "a text about the weather of next week and about nothing that a program has printed\n"


def use(page: Page) -> None:
    """Assert everything that the box does on a page."""
    area, found, said = page.locator("#paste"), page.locator(".paste-found > li"), page.get_by_role("status")
    page.get_by_label("Paste your error message").focus()
    page.keyboard.insert_text(MESSAGE)
    expect(found.first).to_contain_text("No matching distribution found")
    expect(said.first).to_have_text(re.compile("entries, best first|1 entry"))
    page.keyboard.insert_text(f"https://az:{TOKEN}@pkgs.dev.azure.com/ ")
    expect(area).to_have_value(f"{MESSAGE}https://az:•••@pkgs.dev.azure.com/ ")
    expect(said.first).to_contain_text("A secret was hidden.")
    page.keyboard.press("End")
    page.keyboard.type("and on")
    expect(area).to_have_value(f"{MESSAGE}https://az:•••@pkgs.dev.azure.com/ and on")
    page.keyboard.press("Control+z")
    assert TOKEN not in area.input_value(), "undoing brings the secret back"
    page.keyboard.press("Escape")
    expect(area).to_have_value("")
    expect(found).to_have_count(0)
    page.keyboard.insert_text(OTHER)
    expect(said.first).to_have_text("This handbook does not know this text.")
    expect(found.first).to_contain_text("without any token")
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")[:2] == [0, 0]


@pytest.mark.parametrize("path", PAGES)
def test_the_box_answers(tab: Watched, path: str) -> None:
    """Typed text finds entries, a secret is masked, Escape clears, and nothing is sent or stored."""
    page = tab.open(path)
    before = {*tab.asked, "/_static/favicon.svg"}  # a browser requests the icon at any time
    use(page)
    assert {one for one in tab.asked if one not in before} == {
        "/_static/match.js",
        "/_static/errors-index.js",
    }


def test_the_box_answers_from_a_disk(browser: Browser, site: Path) -> None:
    """A page that is opened from a disk gives the same answers."""
    context = browser.new_context(viewport=tabs.DESK)
    faults: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto((site / PAGES[1]).as_uri())
    use(page)
    context.close()
    assert faults == []


def test_an_answer_leads_to_its_entry(tab: Watched) -> None:
    """A reader can get from the box to the entry with only the keyboard."""
    page = tab.open(PAGES[1])
    page.locator("#paste").focus()
    page.keyboard.insert_text(MESSAGE)
    expect(page.locator(".paste-found > li").first).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/guides/errors/[\w-]+\.html#[a-z-]+$"))
    anchor = page.url.partition("#")[2]
    expect(page.locator(f"section#{anchor}")).to_be_in_viewport()


def test_the_first_view_loads_neither_matcher_nor_index(tab: Watched) -> None:
    """The matcher and the index are loaded only when the box is used."""
    tab.open(PAGES[1])
    assert [one for one in tab.asked if one.endswith(("match.js", "errors-index.js"))] == []


@pytest.mark.parametrize("size", [tabs.PHONE, tabs.DESK], ids=["phone", "desk"])
def test_the_box_is_accessible_and_keeps_still(tab: Watched, size: dict[str, int]) -> None:
    """With results, the box has no fault of WCAG 2.2 AA, and the content below it does not move again."""
    tab.page.set_viewport_size(size)
    page = tab.open(PAGES[1])
    page.locator("#paste").fill("ERROR: No matching distribution found")
    expect(page.locator(".paste-found > li").first).to_be_visible()
    assert tabs.violations(tab, everything=True) == []
    below = page.locator(".entry-counts")
    place = below.bounding_box()
    page.locator("#paste").fill(OTHER)
    expect(page.locator(".paste-unknown")).to_be_visible()
    assert below.bounding_box() == place


def test_without_scripts_there_is_no_box(browser: Browser, address: str) -> None:
    """Without JavaScript, the page shows its lists and no box."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/{PAGES[1]}")
    expect(page.locator(".paste-box")).to_be_hidden()
    expect(page.locator(".entry-list").first).to_be_visible()
    context.close()


def test_a_link_to_a_run_opens_it(tab: Watched, site: Path) -> None:
    """A link to a case inside a collapsed entry opens the entry and shows the case."""
    html = next(f for f in sorted((site / "guides/errors").glob("*.html")) if "entry-runs" in f.read_text())
    found = re.search(r'<details class="entry-runs">.*?id="(case-[\w-]+)"', html.read_text(), re.DOTALL)
    page = tab.open(f"guides/errors/{html.name}#{found[1]}")
    expect(page.locator(f"#{found[1]}")).to_be_in_viewport()
