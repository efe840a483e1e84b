"""The first screen, the groups of the navigation, the titles, and the position of the first code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.conftest import ROOT
from tests.pages.browser import Watched
from tests.unit import shape

GROUP = re.compile(r"```\{toctree\}\n:hidden:\n:caption: (.+)\n\n((?:.+\n)+)```")
HOW_TO = sorted(path for path in (ROOT / "guides" / "clients").glob("*.md") if "settings" not in path.stem)
HOW_TO += [ROOT / "guides" / "places" / "azure-pipelines.md", ROOT / "guides" / "credentials" / "entra.md"]
CLIENTS = sorted(path.stem for path in (ROOT / "guides" / "clients").glob("*.md"))
FIRST_SCREEN = ["h1", "#paste", ".doors dt:nth-of-type(1) a", ".names summary"]
SCREENS, SCREEN = 6, {"width": 1280, "height": 800}


def groups() -> dict[str, list[str]]:
    """Return the groups of the navigation with the short names of their pages."""
    found = GROUP.findall((ROOT / "index.md").read_text(encoding="utf-8"))
    return {caption: re.findall(r"^(.+) <.+>$", pages, re.MULTILINE) for caption, pages in found}


def test_the_navigation_is_six_groups_of_at_most_ten() -> None:
    """The navigation has six groups of at most ten pages each, with names that fit beside the page."""
    found = groups()
    assert len(found) == 6
    assert {group: names for group, names in found.items() if not 3 < len(names) <= 10} == {}
    assert [name for names in found.values() for name in names if len(name) > 26] == []


@pytest.mark.parametrize("page", shape.pages(ROOT), ids=lambda page: page.stem)
def test_a_title_is_short(page: Path) -> None:
    """A title has at most 60 characters."""
    title = page.read_text(encoding="utf-8").partition("\n")[0]
    assert len(title.removeprefix("# ")) <= 60, title


@pytest.mark.parametrize("page", HOW_TO, ids=lambda page: page.stem)
def test_a_how_to_begins_with_code(page: Path) -> None:
    """A how-to has at most sixty words before its first code."""
    before = page.read_text(encoding="utf-8").partition(":::{case}")[0].partition("\n")[2]
    prose = re.sub(r"\{\w+\}`([^<`]+?)(?: <[^>]+>)?`|\[([^\]]+)\]\([^)]+\)", r"\1\2", before)
    words = re.findall(r"[\w'’-]+", prose)
    assert 10 < len(words) <= 60, f"{len(words)} words"


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_the_first_screen(browser: Browser, address: str, width: int, height: int) -> None:
    """The first screen shows the paste box, three doors and the name form, in this order."""
    with browser.new_context(viewport={"width": width, "height": height}) as context:
        page = context.new_page()
        page.goto(f"{address}/index.html")
        boxes = [page.locator(one).first.bounding_box() for one in FIRST_SCREEN]
        assert page.locator(".doors dt a").count() == 3
    tops = [box["y"] for box in boxes]
    assert tops == sorted(tops)
    assert tops[-1] + boxes[-1]["height"] <= height


@pytest.mark.parametrize("name", CLIENTS)
def test_a_page_of_a_client_is_six_screens_at_most(tab: Watched, name: str) -> None:
    """No client page is longer than six screens of a laptop."""
    tab.page.set_viewport_size(SCREEN)
    page = tab.open(f"guides/clients/{name}.html")
    assert page.evaluate("document.body.scrollHeight") <= SCREENS * SCREEN["height"]
