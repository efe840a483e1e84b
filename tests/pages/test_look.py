"""The look of pages: links from errors to their fix, the name form, copy buttons, breaks in inline code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docutils import nodes
from playwright.sync_api import Browser

from handbook.site.look import literals
from tests.pages import browser as tabs
from tests.pages.browser import Watched

# Copy buttons that cover code, and those without a label that says what they copy.
COVERING = """() => [...document.querySelectorAll("article .copy")].filter((button) => {
  const { top, bottom } = button.getBoundingClientRect();
  return !button.hasAttribute("aria-label") || [...document.querySelectorAll("article pre")].some((pre) => {
    const box = pre.getBoundingClientRect();
    return box.height && top < box.bottom && bottom > box.top;
  });
}).length"""
# Lines that start with a punctuation mark after code.
TORN = """() => [...document.querySelectorAll("article :is(p, li) > code")].filter((code) => {
  const next = code.nextSibling;
  if (next?.nodeType !== Node.TEXT_NODE || !/^[.,:;)]/.test(next.data)) return false;
  const range = document.createRange();
  range.setStart(next, 0);
  range.setEnd(next, 1);
  return range.getBoundingClientRect().top > [...code.getClientRects()].at(-1).bottom;
}).map((code) => code.textContent)"""

EDGES = """() => [":checked", ":not(:checked)"].map((state) => getComputedStyle(
  document.querySelector(`.sd-tab-set > input${state} + .sd-tab-label`)).borderBottomColor)"""
# A bar and its legend, as on the page of slow installs after its examples were run.
CHART = """<div class="requests"><svg><rect class="feed"/></svg>
<ul class="legend"><li class="feed">feed</li></ul></div>"""
COLOURS = """() => [getComputedStyle(document.querySelector("rect.feed")).fill,
  getComputedStyle(document.querySelector("li.feed"), "::before").backgroundColor]"""


def test_errors_on_the_front_door_lead_to_their_entry(site: Path) -> None:
    """Each message on the front page leads to an entry with its fix, or to a page of its own."""
    front = (site / "index.html").read_text(encoding="utf-8")
    part = re.search(r'<div class="errors[^"]*">(.*?)</div>', front, re.DOTALL)[1]
    found = re.findall(r'href="([^"#]+)(?:#([^"]+))?"', part)
    assert len(found) > 15
    for page, anchor in found:
        text = (site / page).read_text(encoding="utf-8")
        assert not anchor or re.search(f'<section class="[^"]*entry[^"]*" id="{anchor}"', text), anchor


def test_the_form_stands_before_the_entries(site: Path) -> None:
    """On pages whose entries show a name, the name form appears once, before the first entry."""
    seen = 0
    for file in sorted((site / "guides" / "errors").glob("*.html")):
        text = file.read_text(encoding="utf-8")
        first = re.search(r'<section class="[^"]*\bentry\b', text)
        if first and '<details class="names">' in text:
            seen += 1
            assert text.count('<details class="names">') == 1
            assert text.index('<details class="names">') < first.start(), file.name
    assert seen > 5


@pytest.mark.parametrize("path", ["guides/errors/poetry.html", "guides/clients/uv.html"])
def test_no_copy_button_covers_code(tab: Watched, path: str) -> None:
    """On a phone, with everything opened, each button is beside what it copies and says what that is."""
    page = tab.open(path)
    page.set_viewport_size(tabs.PHONE)
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    assert page.locator(".entry-wordings pre:visible, article .copy:visible").count() > 3
    assert page.evaluate(COVERING) == 0


@pytest.mark.parametrize("size", [tabs.PHONE, tabs.DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("path", ["guides/errors/pip.html", "guides/names.html"])
def test_a_full_stop_stays_with_its_code(tab: Watched, path: str, size: dict[str, int]) -> None:
    """No line starts with a punctuation mark that follows code."""
    page = tab.open(path)
    page.set_viewport_size(size)
    assert page.evaluate(TORN) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_lose_no_meaning(browser: Browser, address: str, scheme: str) -> None:
    """With forced colours, the selected tab is marked, and the chart's legend has the colours of its bars."""
    with browser.new_context(forced_colors="active", color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(f"{address}/index.html")
        chosen, other = page.evaluate(EDGES)
        assert chosen != other
        page.evaluate(
            "chart => document.querySelector('article').insertAdjacentHTML('beforeend', chart)", CHART
        )
        bar, key = page.evaluate(COLOURS)
        assert bar == key


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (nodes.Text("--extra-index-url"), False),
        (nodes.Text("uv lock --index-strategy unsafe-best-match and more"), False),
        (nodes.Text("POETRY_REPOSITORIES_INTERNAL_CERT"), True),
        (nodes.inline("", "contoso", classes=["v-Vo"]), True),
    ],
)
def test_what_may_break(inside: nodes.Node, expected: bool) -> None:
    """Code may break inside a word that fits on no phone, or that contains a name that readers can change."""
    assert literals.may_break(nodes.literal("", "", inside)) == expected
