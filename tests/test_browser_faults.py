"""Each thing that the tests look for in a browser is found where it is planted, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from checks import hosting
from tests import browser as tabs
from tests.browser import Watched

GOOD = """<!doctype html><html lang="en"><head><title>A page</title><link rel="icon" href="data:,">
<style>:focus-visible {{ outline: 2px solid }}</style></head>
<body><main><h1>A page</h1><p>With <a href="#here">one link</a>.</p>{body}</main></body></html>"""
PROBES = {
    "overflow": {
        "<p style='width: 2000px'>wide</p>": 'px in 390: p "wide"',
        "<pre>" + "long " * 400 + "</pre>": 'px in 390: pre "long',
    },
    "focus": {
        "<style>button { outline: 0 !important }</style><button>dull</button>": 'not seen: button "dull"',
        "<a href='#x' style='position: absolute; left: -999px'>left</a>": 'off the screen: a "left"',
        "<a href='#x' style='position: fixed; top: -99px'>above</a>": 'off the screen: a "above"',
        "<button onfocus='this.blur()'>shy</button>": 'takes no focus: button "shy"',
    },
    "mouse": {
        "<span style='cursor: pointer'>press</span>": 'span "press"',
        "<input type='checkbox' id='b' hidden><label for='b' style='cursor: pointer'>press</label>": "label",
    },
    "still": {
        "<p style='transition: opacity 1s'>slides</p>": "slides: p",
        "<style>@keyframes a { to { rotate: 9deg } }</style><p style='animation: a 9s'>turn</p>": "moves: p",
        "<style>html { scroll-behavior: smooth }</style>": "scrolls smoothly",
    },
}  # fmt: skip
AXE = {
    "<img src='data:,'>": "image-alt",
    "<p style='color: #aaa'>pale</p>": "color-contrast",
    "<button style='width: 9px; height: 9px; padding: 0' aria-label='a'></button>" * 2: "target-size",
    "<div style='height: 3em; overflow: auto'>" + "<p>line</p>" * 9 + "</div>": "scrollable-region-focusable",
}
LOUD = {
    "<script>console.log('here')</script>": "console: here",
    "<script>throw new Error('broken')</script>": "error: broken",
    "<script src='missing.js'></script>": "404: ",
    "<img src='http://127.0.0.2:9/a.png' alt=''>": "other host: http://127.0.0.2:9/a.png",
}


@pytest.fixture
def planted(browser: Browser, tmp_path: Path):
    """Give a function that opens a page with this in its body."""
    with hosting.served(tmp_path, {}) as address:
        context = browser.new_context(viewport=tabs.PHONE)

        def plant(body: str) -> Watched:
            name = (
                f"{len(list(tmp_path.iterdir()))}.html"  # a name of its own: a browser keeps what it has read
            )
            (tmp_path / name).write_text(GOOD.format(body=body), encoding="utf-8")
            watched = Watched(context, address)
            watched.open(name)
            return watched

        yield plant
        context.close()


@pytest.mark.parametrize(("name", "fault"), [(name, fault) for name in PROBES for fault in PROBES[name]])
def test_a_probe_finds_its_fault(planted: Callable[[str], Watched], name: str, fault: str) -> None:
    """Each probe finds what is planted for it, and nothing in the page without it."""
    assert tabs.probe(planted("").page, name) == []
    assert PROBES[name][fault] in "\n".join(tabs.probe(planted(fault).page, name))


@pytest.mark.parametrize("how", [{}, {"again": True}, {"everything": True}], ids=["once", "again", "all"])
def test_axe_finds_its_faults(planted: Callable[[str], Watched], how: dict[str, bool]) -> None:
    """Axe finds what is planted, in the quick run as in the full one, and nothing in the page without it."""
    assert tabs.violations(planted("").page, **how) == []
    found = {one.partition(":")[0] for one in tabs.violations(planted("".join(AXE)).page, **how)}
    assert found == ({*tabs.OF_WIDTH, *tabs.CONTRAST} if "again" in how else set(AXE.values()))


def test_contrast_is_measured_at_each_look(planted: Callable[[str], Watched]) -> None:
    """Of many texts that look alike one is measured; a pale one among them is one more look."""
    alike = "<p>text</p>" * 9
    page = planted(f"{alike}<p style='color: #777; background: #999'>pale</p>{alike}").page
    assert [one.split(":")[1].split()[0] for one in tabs.probe(page, "looks")] == ["h1", "p", "a", "p"]
    assert tabs.probe(page, "looks") == []  # each once
    assert [
        "color-contrast" in one for one in tabs.violations(planted("<p style='color: #aaa'>pale</p>").page)
    ] == [True]


@pytest.mark.parametrize("fault", LOUD)
def test_a_loud_page_is_heard(planted: Callable[[str], Watched], fault: str) -> None:
    """A console message, an error, a missing file and a request to another host are noted."""
    assert planted("").faults == []
    assert LOUD[fault] in "\n".join(planted(fault).faults)


def test_weight_counts_what_the_page_asks_for(planted: Callable[[str], Watched], tmp_path: Path) -> None:
    """The weight of a first view is the page's, its styles' and its scripts', without the search index."""
    (tmp_path / "search-index.js").write_bytes(bytes(range(256)) * 400)
    (tmp_path / "b.js").write_text("// a script\n")
    light = tabs.weight(tmp_path, planted("").first)
    both = planted("<script src='b.js'></script><script src='search-index.js'></script>")
    assert light < tabs.weight(tmp_path, both.first) < light + 100
