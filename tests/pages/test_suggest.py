"""The suggestions below the search field: by keyboard, screen reader and pointer, served or from a disk."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.pages import browser as tabs
from tests.pages.browser import Watched
from tests.pages.test_search import TOKEN

PAGE = "guides/checked.html"
LISTEN = """() => {
    const { find } = handbookFind;
    window.lookedUp = [];
    handbookFind.find = (index, query) => { window.lookedUp.push(query); return find(index, query); };
}"""
LOADED = ["mask.js", "suggest.js", "suggest.css", "find.js", "language_data.js", "search-index.js"]


def use(page: Page) -> None:
    """Check everything that the suggestions do with the keyboard."""
    field, options = page.locator(".sidebar-search"), page.get_by_role("option")
    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.type("keyrnig")
    expect(options.first).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(field).to_have_value("keyrnig")
    expect(page.locator(".suggest-said")).to_have_text(re.compile("^[2-6] suggestions[.]$"))
    for key, chosen in (
        ("ArrowDown", 0),
        ("ArrowDown", 1),
        ("ArrowUp", 0),
        ("ArrowUp", None),
        ("ArrowUp", -1),
    ):
        page.keyboard.press(key)
        wanted = None if chosen is None else options.nth(chosen).get_attribute("id")
        assert field.get_attribute("aria-activedescendant") == wanted
        marked = page.locator("[role=option][aria-selected=true]")
        expect(marked).to_have_count(0 if chosen is None else 1)
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field).to_have_value("keyrnig")
    expect(field).to_have_attribute("aria-expanded", "false")
    page.keyboard.type(" ")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    address = options.first.get_attribute("data-address")
    page.keyboard.press("Enter")
    page.wait_for_url(address)


def test_the_keyboard_chooses_a_suggestion(tab: Watched) -> None:
    """Served with its policy, / moves to the field, arrows choose, Escape closes and Enter opens."""
    use(tab.open(PAGE))
    assert set(LOADED) <= {path.rpartition("/")[2] for path in tab.asked}
    assert tab.faults == []


def test_the_keyboard_chooses_from_a_disk(browser: Browser, site: Path) -> None:
    """Opened from a disk, the suggestions are the same, and nothing is blocked."""
    with browser.new_context(viewport=tabs.DESK) as context:
        watched = Watched(context, site.as_uri())
        use(watched.open(PAGE))
        assert watched.faults == []


def test_enter_without_a_choice_searches(tab: Watched) -> None:
    """While no suggestion is chosen, Enter shows all results on the search page."""
    page = tab.open(PAGE)
    page.locator(".sidebar-search").fill("keyring")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html#q=keyring")


def test_a_pointer_opens_a_suggestion(tab: Watched) -> None:
    """A click on a suggestion opens its page; a click outside the list closes the list."""
    page = tab.open(PAGE)
    page.locator(".sidebar-search").fill("keyring")
    page.get_by_role("option").first.wait_for()
    page.locator("h1").click()
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.locator(".sidebar-search").fill("keyring ")
    first = page.get_by_role("option").first
    address = first.get_attribute("data-address")
    first.click()
    page.wait_for_url(address)


@pytest.mark.parametrize("size", [tabs.PHONE, tabs.DESK], ids=["phone", "desk"])
def test_a_key_leads_into_the_field(tab: Watched, size: dict[str, int]) -> None:
    """Ctrl+K moves to the field, on a phone in the drawer; suggestions don't violate WCAG 2.2 AA."""
    tab.page.set_viewport_size(size)
    page = tab.open(PAGE)
    page.keyboard.press("Control+k")
    expect(page.locator(".sidebar-search")).to_be_focused()
    page.keyboard.type("token")
    expect(page.get_by_role("option").first).to_be_in_viewport()
    page.keyboard.press("ArrowDown")
    assert tabs.violations(tab, everything=True) == []
    assert tabs.probe(page, "overflow") == []


def test_a_slash_is_typed_where_one_types(tab: Watched) -> None:
    """In a field, / is a character; on the search page the keys move to the page's own field."""
    page = tab.open("guides/errors/index.html")
    page.locator("#paste").focus()
    page.keyboard.type("a/b")
    expect(page.locator("#paste")).to_have_value("a/b")
    page.keyboard.press("Control+k")
    expect(page.locator(".sidebar-search")).to_be_focused()
    page = tab.open("search.html")
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()


def test_a_token_is_not_looked_up(tab: Watched) -> None:
    """A token that is typed by mistake is hidden before the search for suggestions."""
    page = tab.open(PAGE)
    page.locator(".sidebar-search").fill("keyring")
    expect(page.get_by_role("option").first).to_be_visible()  # what searches is loaded at first use
    page.evaluate(LISTEN)
    page.locator(".sidebar-search").fill(f"keyring {TOKEN}")
    page.wait_for_function("() => window.lookedUp.length > 0")
    looked = page.evaluate("window.lookedUp")
    assert all(TOKEN[:9] not in one for one in looked) and "keyring" in looked[-1]


def test_nothing_of_it_is_in_the_first_view(tab: Watched) -> None:
    """The files for the suggestions are loaded only when the field is used."""
    tab.open(PAGE)
    assert [one for one in tab.first if one.rpartition("/")[2] in LOADED] == []
