"""The site in a real browser: no page has a fault that a reader could stumble over, in any state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.pages import browser as tabs
from tests.pages.browser import STATES, Watched
from tests.pages.built import ROOT
from tests.unit import shape

SOURCES = [path.relative_to(ROOT).with_suffix(".html").as_posix() for path in shape.pages(ROOT)]
PAGES = sorted([*SOURCES, "search.html", "404.html"])
KINDS = {  # one page of each template, and of each kind of content
    "front door": "index.html",
    "guide": "guides/names.html",
    "tables": "guides/reference/files.html",
    "search": "search.html",
    "not there": "404.html",
}


def assert_none(stumbles: list[str]) -> None:
    """Fail with one line for each fault."""
    assert not stumbles, "\n".join(["", *stumbles])


@pytest.fixture(scope="session")
def room(browser: Browser, address: str) -> Iterator[Callable[[str], Watched]]:
    """Provide one tab for each state, which is kept open and reused, so that nothing is loaded twice."""
    rooms: dict[str, Watched] = {}

    def enter(state: str) -> Watched:
        if state not in rooms:
            context = browser.new_context(**({"viewport": tabs.DESK} | STATES[state]))
            rooms[state] = Watched(context, address, often=True)
        return rooms[state]

    yield enter
    for watched in rooms.values():
        watched.page.context.close()


def test_every_page_is_visited(site: Path) -> None:
    """These tests visit all pages of the site, except those that only redirect."""
    built = {
        file.relative_to(site).as_posix(): file.read_text(encoding="utf-8") for file in site.rglob("*.html")
    }
    assert sorted(name for name, text in built.items() if 'http-equiv="refresh"' not in text) == PAGES


@pytest.mark.parametrize("path", PAGES)
def test_a_page_at_two_widths(room: Callable[[str], Watched], site: Path, path: str) -> None:
    """A page is small, causes no errors, and is accessible (WCAG 2.2 A, AA) and operable at both widths.

    The frame around the text is the same on every page, so one page of each kind gets all rules at the second
    width.
    """
    watched = room("light")
    assert_none(tabs.stumbles(watched, path, "light", again=path in KINDS.values()))
    assert tabs.weight(site, watched.first) < tabs.HEAVIEST


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", [state for state in STATES if state != "light"])
def test_a_kind_of_page_in_a_state(room: Callable[[str], Watched], kind: str, state: str) -> None:
    """A page of each kind has no fault, whatever the settings of the reader's browser."""
    assert_none(tabs.stumbles(room(state), KINDS[kind], state))


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("state", STATES)
def test_every_page_in_every_state(room: Callable[[str], Watched], path: str, state: str) -> None:
    """Every page has no fault in any state, with every element checked."""
    assert_none(tabs.stumbles(room(state), path, state, everything=True))
