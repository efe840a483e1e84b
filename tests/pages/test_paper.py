"""Diagrams, tables and colours in print: complete, and light whatever the screen's colours are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.pages.built import ROOT
from tests.pages.test_published import PAPER

DIAGRAMS = {"confusion": "guides/names.html", "request": "guides/feeds/upstream.html"}
DARK = {  # the ways in which a page becomes dark
    "system": ({"color_scheme": "dark"}, ""),
    "switch": ({}, "localStorage.setItem('theme', 'dark')"),
}
# The tag and the colours of each drawn element and of the page.
COLOURS = """() => [...document.querySelectorAll("body, article svg *, pre, article a")].map((one) => {
  const { color, backgroundColor, fill, stroke } = getComputedStyle(one);
  return [one.tagName, color, backgroundColor, fill, stroke].join(" ");
})"""
# Texts that extend beyond the drawing, or beyond their own box.
ESCAPED = """() => [...document.querySelectorAll(".diagram svg")].flatMap((svg) => {
  const { width, height } = svg.viewBox.baseVal;
  return [...svg.querySelectorAll("text")].filter((text) => {
    const box = text.parentElement.querySelector(":scope > rect");
    const room = box ? box.getBBox() : { x: 0, y: 0, width, height };
    const { x, y, width: wide, height: high } = text.getBBox();
    return x < room.x || y < room.y || x + wide > room.x + room.width || y + high > room.y + room.height;
  }).map((text) => text.textContent);
})"""
BROKEN = """() => [...document.querySelectorAll("article th")].filter((one) => {
  const range = document.createRange();
  range.selectNodeContents(one.querySelector("p") || one);
  return range.getClientRects().length > one.textContent.trim().split(/\\s+/).length;
}).map((one) => one.textContent)"""


@pytest.fixture
def paper(browser: Browser, address: str) -> Iterator[object]:
    """Provide a function that opens a page as it is printed."""
    contexts = []

    def opened(path: str, script: str = "", **settings: object) -> Page:
        contexts.append(browser.new_context(viewport=PAPER, **settings))
        contexts[-1].add_init_script(script)
        page = contexts[-1].new_page()
        page.goto(f"{address}/{path}")
        page.emulate_media(media="print")
        return page

    yield opened
    for context in contexts:
        context.close()


def test_every_diagram_is_looked_at() -> None:
    """These tests print all diagrams, each on its page."""
    assert {file.stem for file in (ROOT / "guides" / "diagrams").glob("*.svg")} == set(DIAGRAMS)
    for name, path in DIAGRAMS.items():
        assert f"{{diagram}} {name}\n" in (ROOT / Path(path).with_suffix(".md")).read_text(encoding="utf-8")


@pytest.mark.parametrize("way", DARK)
@pytest.mark.parametrize("path", DIAGRAMS.values())
def test_paper_is_light(paper, path: str, way: str) -> None:
    """A page that is dark on the screen is printed in the colours of a light one, including its diagram."""
    settings, script = DARK[way]
    page = paper(path, script, **settings)
    printed = page.evaluate(COLOURS)
    assert len(printed) > 50
    assert printed == paper(path).evaluate(COLOURS)
    page.emulate_media(media="screen")
    assert page.evaluate(COLOURS) != printed


@pytest.mark.parametrize("path", DIAGRAMS.values())
def test_a_diagram_is_whole(paper, path: str) -> None:
    """In print and on a screen, a diagram's words stay within their boxes, and it fits on one sheet."""
    page = paper(path)
    assert page.evaluate(ESCAPED) == []
    drawn = page.locator(".diagram svg").bounding_box()
    assert drawn["x"] >= 0 and drawn["x"] + drawn["width"] <= PAPER["width"]
    assert drawn["height"] < PAPER["height"] / 2
    page.emulate_media(media="screen")
    assert page.evaluate(ESCAPED) == []


@pytest.mark.parametrize("path", ["guides/names.html", "guides/reference/variables.html"])
def test_a_word_in_the_head_of_a_table_stays_whole(paper, path: str) -> None:
    """In print, no column is so narrow that a word of its heading breaks."""
    assert paper(path).evaluate(BROKEN) == []
