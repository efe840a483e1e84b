"""Wrapped code: nothing is hidden, continued rows are indented, and a copy equals the file."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page
from pygments.token import STANDARD_TYPES

from handbook.site.look import lines
from tests.pages import browser as tabs
from tests.pages.browser import Watched

LONG = (
    "pip install --index-url https://pkgs.dev.azure.com/contoso/_packaging/shared/pypi/simple/ contoso-utils"
)
OPEN = """document.querySelectorAll("details").forEach((one) => (one.open = true));
document.querySelectorAll(".sd-tab-content").forEach((one) => (one.style.display = "block"));"""
# The number of blocks that scroll, and of all blocks.
SCROLLING = """() => {
  const all = [...document.querySelectorAll("article pre")].filter((one) => one.checkVisibility());
  return [all.filter((one) => one.scrollWidth > one.clientWidth).length, all.length];
}"""
# For each hanging line with several rows: the start of its first row, and those of the others.
ROWS = """() => [...document.querySelectorAll("pre .hang")].map((line) => {
  const range = document.createRange();
  range.selectNodeContents(line);
  const rows = [];
  const boxes = [...range.getClientRects()].filter((one) => one.width);
  for (const box of boxes.sort((one, other) => one.top - other.top)) {
    if (!rows.length || box.top > rows.at(-1).top + 9) rows.push({ top: box.top, left: box.left });
    else rows.at(-1).left = Math.min(rows.at(-1).left, box.left);
  }
  return [line.textContent, ...rows.map(({ left }) => left)];
}).filter((rows) => rows.length > 2)"""
# Words of commands that are split over two rows although they would fit on one.
TORN = """() => [...document.querySelectorAll(".commands .word:not(.long)")].filter((one) => {
  const tops = [...one.getClientRects()].map(({ top }) => top);
  return tops.length && Math.max(...tops) > Math.min(...tops) + 9;
}).map((one) => one.textContent)"""
SELECTED = """() => [...document.querySelectorAll("article pre")].map((one) => {
  getSelection().selectAllChildren(one);
  return [getSelection().toString().trimEnd(), one.innerText.trimEnd(), one.textContent.trimEnd()];
}).filter(([selected, seen, text]) => selected !== text || seen !== text)"""
# Blocks that have a button and should not, or should and do not.
WRONG = """all => all.filter((one) => one.querySelector("pre") && one.querySelector(".code-block-caption"))
  .filter((one) => Boolean(one.closest(quiet)) === Boolean(one.querySelector(".copy"))).length"""
PAGES = ["guides/errors/pip.html", "guides/errors/uv-settings.html", "guides/clients/uv.html"]


def opened(browser: Browser, address: str, path: str, size: dict[str, int]) -> Page:
    """Return a page with everything opened; the policy is off, because styles open the tabs."""
    page = browser.new_context(viewport=size, bypass_csp=True).new_page()
    page.goto(f"{address}/{path}")
    page.evaluate(OPEN)
    return page


def test_a_span_adds_no_letter() -> None:
    """The text of a line is unchanged, whatever markup its words get."""
    markup = (
        '<span class="nb">export</span> A=<span class="s2">"a b &lt;c&gt; </span>$D<span>" --e-f</span>\n'
    )
    long = markup.replace("export", "export" * 9)
    for line in (markup, long, f"{LONG}\n", f"    {LONG}", "\n", ""):
        for commands in (True, False):
            assert lines.plain(lines.hung(line, commands)) == lines.plain(line)


def test_no_class_is_one_of_pygments() -> None:
    """The spans have class names that no highlighter uses, or they would inherit its colours or spaces."""
    hung = lines.hung(f"    {LONG}", commands=True)
    used = {name for names in re.findall(r'class="([^"]+)"', hung) for name in names.split()}
    assert used == {"hang", "hang-4", "word", "long"}
    assert not used & set(STANDARD_TYPES.values())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("pip list\n", "pip list\n"),
        (f"{'a ' * 20}\n", f'<span class="hang">{"a " * 20}</span>\n'),
        (f"     {'a' * 40}", f'<span class="hang hang-4">     {"a" * 40}</span>'),
        (f"{' ' * 30}{'a' * 40}", f'<span class="hang hang-12">{" " * 30}{"a" * 40}</span>'),
    ],
)
def test_a_long_line_hangs_below_its_own_indent(line: str, expected: str) -> None:
    """A line that fits on every screen is unchanged; a longer one gets a hanging indent, added to its own."""
    assert lines.hung(line, commands=False) == expected


def test_words_of_commands_are_whole() -> None:
    """A word in which a row could end is one span; a word too long for a phone has a class of its own."""
    hung = lines.hung(LONG, commands=True)
    assert re.findall(r'<span class="word( long)?">(.*?)</span>', hung) == [
        ("", "--index-url"),
        (" long", "https://pkgs.dev.azure.com/contoso/_packaging/shared/pypi/simple/"),
        ("", "contoso-utils"),
    ]
    assert 'class="word' not in lines.hung(LONG, commands=False)


def test_a_mark_stays_one_element() -> None:
    """A reader's names replace one element even if they contain a space."""
    mark = '<span class="s -Vw">contoso/Data Team</span>'
    hung = lines.hung(
        f"uv publish --publish-url https://pkgs.dev.azure.com/{mark}/_packaging/x", commands=True
    )
    assert mark in hung
    assert re.search(rf'<span class="word long">https:[^<]*{mark}[^<]*</span>', hung)


@pytest.mark.parametrize("size", [tabs.PHONE, tabs.DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("path", PAGES)
def test_no_block_scrolls(browser: Browser, address: str, path: str, size: dict[str, int]) -> None:
    """With everything opened, no code is hidden at the right, rows hang, and no option is torn."""
    page = opened(browser, address, path, size)
    scrolling, all_ = page.evaluate(SCROLLING)
    assert scrolling == 0 < all_
    rows = page.evaluate(ROWS)
    assert rows
    assert [one for one in rows if any(left < one[1] + 10 for left in one[2:])] == []
    assert page.evaluate(TORN) == []
    page.context.close()


@pytest.mark.parametrize("path", [*PAGES, "guides/places/azure-pipelines.html"])
def test_what_is_seen_and_selected_is_the_file(browser: Browser, address: str, path: str) -> None:
    """A block shows each space of its text, and selecting it by hand copies the text without row breaks."""
    page = opened(browser, address, path, tabs.PHONE)
    assert page.evaluate(SELECTED) == []
    page.context.close()


def test_what_is_copied_is_the_file(browser: Browser, address: str) -> None:
    """The button copies wrapped commands byte for byte."""
    with browser.new_context(viewport=tabs.PHONE) as context:
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
        page = context.new_page()
        page.goto(f"{address}/guides/clients/uv.html")
        block = page.locator(".commands:has(.word.long):visible").first
        block.get_by_role("button").click()
        block.get_by_role("button").filter(has_text="Copied").wait_for()
        text = block.locator("pre").evaluate("one => one.textContent")
        assert page.evaluate("navigator.clipboard.readText()") == text


@pytest.mark.parametrize(
    ("path", "copied", "read"),
    [
        ("guides/errors/pip.html", 0, 40),
        ("guides/clients/pip.html", 4, 1),
        ("guides/places/azure-pipelines.html", 1, 3),
    ],
)
def test_only_what_is_to_be_used_has_a_button(tab: Watched, path: str, copied: int, read: int) -> None:
    """Files and commands have a copy button; outputs, bad examples and an agent's files have none."""
    page = tab.open(path)
    page.evaluate("quiet => (window.quiet = quiet)", ".case-leak, .case-fail, .no-copy")
    blocks = page.locator(".literal-block-wrapper")
    assert blocks.evaluate_all("all => all.filter((one) => one.closest(quiet)).length") >= read
    assert page.locator("article .copy").count() >= copied
    assert blocks.evaluate_all(WRONG) == 0
