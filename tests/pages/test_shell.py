"""The shell of every page: the navigation, breadcrumbs, link targets, and the Tab key's stops."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from handbook.site.look.builder import Entry
from handbook.site.look.places import places
from tests.pages import browser as tabs
from tests.pages.browser import Watched
from tests.pages.test_browser import PAGES

UV, ERRORS, TABLES = "guides/clients/uv.html", "guides/errors/pip.html", "guides/reference/variables.html"
IN_SIGHT = """() => {
  const box = document.querySelector(".sidebar-scroll").getBoundingClientRect();
  const { top, bottom } = document.querySelector(".sidebar-tree .current-page").getBoundingClientRect();
  return top >= box.top && bottom <= box.bottom;
}"""
NEAR = """() => {
  const target = document.querySelector(".case:target");
  return target && target.getBoundingClientRect().top < innerHeight / 2;
}"""
# For each visible block: whether the Tab key stops at it, and whether it scrolls.
STOPS = """all => all.filter((one) => one.checkVisibility())
  .map((one) => [one.tabIndex === 0, one.scrollWidth > one.clientWidth])"""


def links(page: Page) -> Locator:
    """Return the links of the navigation."""
    return page.locator(".sidebar-tree a")


def test_only_the_group_of_the_page_is_open(tab: Watched) -> None:
    """The navigation shows all groups, but only the pages of one; a reader can open the others."""
    page = tab.open(UV)
    groups = page.locator(".nav-group")
    assert groups.count() > 3
    assert page.locator(".nav-group[open]").count() == 1
    assert page.locator(".nav-group[open] [aria-current=page]").count() == 1
    closed = page.locator(".nav-group:not([open])").first
    assert not closed.locator("a").first.is_visible()
    closed.locator("summary").click()
    assert closed.locator("a").first.is_visible() or groups.nth(0).locator("a").first.is_visible()


def test_a_page_of_no_group_opens_the_first(tab: Watched) -> None:
    """The front page and the search page open the first group of the navigation."""
    for path in ("index.html", "search.html"):
        page = tab.open(path)
        assert page.locator(".nav-group").evaluate_all("all => all.map((one) => one.open)")[:2] == [
            True,
            False,
        ]


def test_the_open_page_is_in_sight(browser: Browser, address: str) -> None:
    """The open page is visible in the navigation, however low the window is."""
    with browser.new_context(viewport={"width": 1280, "height": 420}) as context:
        page = context.new_page()
        page.goto(f"{address}/{UV}")
        last = page.locator(".sidebar-tree .nav-group").last.locator("a").last.get_attribute("href")
        for path in (UV, "guides/errors/other-tools.html", f"guides/clients/{last}"):
            page.goto(f"{address}/{path}")
            assert page.evaluate(IN_SIGHT), path


def test_three_taps_on_a_phone_reach_any_page(browser: Browser, address: str) -> None:
    """On a phone, each page of the site is three taps away: the menu, a group, the page."""
    with browser.new_context(viewport=tabs.PHONE, has_touch=True) as context:
        page = context.new_page()
        page.goto(f"{address}/index.html")
        page.locator(".nav-overlay-icon").tap()
        reached = {"index.html"}
        for group in page.locator(".nav-group").all():
            if group.get_attribute("open") is None:
                group.locator("summary").tap()
            for link in group.locator("a").all():
                assert link.is_visible(), link.inner_text()
                reached.add(link.get_attribute("href"))
        assert {path for path in PAGES if path not in ("search.html", "404.html")} <= reached


def test_the_headings_stand_beside_the_text_from_1180(tab: Watched) -> None:
    """From 1180 pixels on, the list of headings is a column of its own; below that, a button opens it."""
    page = tab.open(UV)
    heading, button = page.locator(".toc-drawer a").nth(1), page.locator(".toc-content-icon")
    for width, beside in ((1440, True), (1280, True), (1180, True), (1170, False)):
        page.set_viewport_size({"width": width, "height": 900})
        assert heading.is_visible() == beside, width
        assert button.is_visible() != beside, width
        article, list_ = page.locator("article").bounding_box(), page.locator(".toc-drawer").bounding_box()
        assert not beside or article["x"] + article["width"] <= list_["x"], width
    assert button.evaluate("one => getComputedStyle(one, '::before').content") == '"On this page"'


def test_the_column_is_wider_where_there_is_room(tab: Watched) -> None:
    """In a wide window, code uses the width, and text keeps a readable line length."""
    page = tab.open(UV)

    def widths() -> list[float]:
        return [page.locator(one).first.bounding_box()["width"] for one in ("article .case pre", "article p")]

    page.set_viewport_size({"width": 1280, "height": 900})
    narrow = widths()
    page.set_viewport_size({"width": 1500, "height": 900})
    wide = widths()
    assert wide[0] >= narrow[0] + 100
    assert wide[1] <= 46 * 16


def test_breadcrumbs_say_where_a_page_is(site: Path, tab: Watched) -> None:
    """Each page in the navigation links to the front page and names its group; others have no breadcrumbs."""
    for path in PAGES:
        found = re.findall(
            r'<nav class="breadcrumbs".*?</nav>', (site / path).read_text(encoding="utf-8"), re.S
        )
        assert len(found) == (path not in ("index.html", "search.html", "404.html")), path
        assert all(">Home</a>" in one and one.count("<li>") > 1 for one in found), path
    page = tab.open(UV)
    group = page.locator(".nav-group[open] summary").inner_text()
    crumbs = page.locator(".breadcrumbs li").all_inner_texts()
    assert crumbs[0] == "Home"
    assert crumbs[1].upper() == group.upper()


def entry(name: str, *below: Entry) -> Entry:
    """Return an entry of a navigation."""
    return Entry(name, name.upper(), list(below))


def test_neighbours_are_of_the_same_group() -> None:
    """The front page precedes the first page of all, and no group's last page leads to another group."""
    groups = [
        ("A", [entry("a"), entry("b", entry("c")), Entry("https://example.org/", "E", [])]),
        ("", []),
        ("B", [entry("d"), entry("e")]),
    ]
    found = places(groups, "front")
    around = {
        page: (one.before and one.before.target, one.after and one.after.target)
        for page, one in found.items()
    }
    assert around == {
        "a": ("front", "b"),
        "b": ("a", "c"),
        "c": ("b", None),
        "d": (None, "e"),
        "e": ("d", None),
    }
    assert (found["c"].group, found["c"].above) == ("A", (groups[0][1][1],))


def test_next_and_previous_lead_back(site: Path) -> None:
    """Each next page names this page as its previous one."""
    pattern = r'<a class="{}-page" href="([^"]+)"'
    nexts = 0
    for path in PAGES:
        found = re.search(pattern.format("next"), (site / path).read_text(encoding="utf-8"))
        if found:
            other = (site / path).parent / found[1]
            back = re.search(pattern.format("prev"), other.read_text(encoding="utf-8"))
            assert (other.parent / back[1]).resolve() == (site / path).resolve(), path
            nexts += 1
    assert nexts > 20


def test_a_link_to_a_case_lands_on_a_marked_block_with_a_title(tab: Watched) -> None:
    """A link to a run leads to its block, which alone is marked, is in view, and is titled like the link."""
    page = tab.open(ERRORS)
    link = page.locator(".cause-proof a").nth(2)
    name = link.inner_text()
    link.click()
    case = page.locator(".case:target")
    page.wait_for_function(NEAR)
    assert case.locator(".case-title").inner_text() == f"What goes wrong: {name}"
    assert case.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    others = page.locator(".case:not(:target)")
    assert others.count() > 5
    assert set(others.evaluate_all("all => all.map((one) => getComputedStyle(one).outlineStyle)")) == {"none"}


def test_every_case_has_its_title(site: Path) -> None:
    """Each printed case starts with its title, and no two on a page have the same one."""
    seen = 0
    for path in PAGES:
        html = (site / path).read_text(encoding="utf-8")
        cases = re.findall(r'id="case-[\w-]+">\s*<p class="case-title">(.*?)</p>', html)
        assert len(cases) == len(
            re.findall(r'<div class="case case-(?!copy)[\w-]+ docutils container" id="case-', html)
        )
        assert len(set(cases)) == len(cases), path
        seen += len(cases)
    assert seen > 100


@pytest.mark.parametrize("path", [UV, ERRORS, TABLES, "index.html"])
def test_the_first_stop_skips_to_the_content(tab: Watched, path: str) -> None:
    """The first press of the Tab key offers to skip the navigation, and Enter skips it."""
    page = tab.open(path)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('article').contains(document.activeElement)")


@pytest.mark.parametrize("size", [tabs.PHONE, tabs.DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("path", [ERRORS, TABLES, "guides/names.html"])
def test_what_cannot_scroll_is_no_stop(tab: Watched, path: str, size: dict[str, int]) -> None:
    """The Tab key stops at a table or a code block exactly if it scrolls."""
    page = tab.open(path)
    page.set_viewport_size(size)
    page.wait_for_timeout(100)  # the observer is notified with the next frame
    found = page.locator("article :is(pre, .table-wrapper)").evaluate_all(STOPS)
    assert [stop for stop, scrolls in found] == [scrolls for stop, scrolls in found]


def test_without_a_script_each_table_is_a_stop(site: Path) -> None:
    """Without a script, the keyboard can reach the end of every table."""
    html = (site / TABLES).read_text(encoding="utf-8")
    assert html.count('<div tabindex="0" class="table-wrapper') == html.count('class="table-wrapper') > 0
