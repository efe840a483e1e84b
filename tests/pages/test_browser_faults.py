"""Each fault that the browser tests look for is found where it is planted, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from handbook.tools import static_server
from tests.pages import browser as tabs
from tests.pages.browser import Watched

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
    "links": {"<article><a href='#x'>here</a></article>": 'a "here"'},
    "still": {
        "<p style='transition: opacity 1s'>slides</p>": "slides: p",
        "<style>@keyframes a { to { rotate: 9deg } }</style><p style='animation: a 9s'>turn</p>": "moves: p",
        "<style>html { scroll-behavior: smooth }</style>": "scrolls smoothly",
    },
}  # fmt: skip
AXE = {
    "<img src='data:,'>": "image-alt",
    "<p style='color: #aaa'>pale</p>": "color-contrast",
    "<p>Text with <a href='#x' style='color: #222; text-decoration: none'>one</a></p>": "link-in-text-block",
    "<button style='width: 9px; height: 9px; padding: 0' aria-label='a'></button>" * 2: "target-size",
    "<div style='height: 3em; overflow: auto'>" + "<p>line</p>" * 9 + "</div>": "scrollable-region-focusable",
}
LOUD = {
    "<script>console.log('here')</script>": "console: here",
    "<script>throw new Error('broken')</script>": "error: broken",
    "<script src='missing.js'></script>": "404: ",
    "<img src='http://127.0.0.2:9/a.png' alt=''>": "other host: http://127.0.0.2:9/a.png",
}


@pytest.fixture(scope="module")
def planted(browser: Browser, tmp_path_factory: pytest.TempPathFactory):
    """Provide a function that opens a page with this body, always in the same tab."""
    folder = tmp_path_factory.mktemp("planted")
    with static_server.served(folder, {}) as address:
        watched = Watched(browser.new_context(viewport=tabs.PHONE), address, often=True)

        def plant(body: str) -> Watched:
            name = f"{len(list(folder.iterdir()))}.html"  # a new name: a browser caches what it has read
            (folder / name).write_text(GOOD.format(body=body), encoding="utf-8")
            watched.looks.clear()
            watched.open(name)
            return watched

        yield plant
        watched.page.context.close()


@pytest.mark.parametrize(("name", "fault"), [(name, fault) for name in PROBES for fault in PROBES[name]])
def test_a_probe_finds_its_fault(planted: Callable[[str], Watched], name: str, fault: str) -> None:
    """Each probe finds the fault planted for it, and none on the page without it."""
    assert tabs.probe(planted("").page, name) == []
    assert PROBES[name][fault] in "\n".join(tabs.probe(planted(fault).page, name))


HOW = {"quick": {}, "all": {"everything": True}, "colours": {"rules": False}, "layout": {"layout": True}}


@pytest.mark.parametrize("how", HOW.values(), ids=HOW)
def test_axe_finds_its_faults(planted: Callable[[str], Watched], how: dict[str, bool]) -> None:
    """Axe finds the planted faults in the quick and in the full run, and none on the page without them."""
    assert tabs.violations(planted(""), **how) == []
    found = {one.partition(":")[0] for one in tabs.violations(planted("".join(AXE)), **how)}
    narrowed = {"rules": {*tabs.OF_LOOKS}, "layout": {*tabs.OF_LOOKS, *tabs.OF_LAYOUT}}
    assert found == set(AXE.values()).intersection(*(narrowed[one] for one in how if one in narrowed))


def test_contrast_is_measured_at_each_look(planted: Callable[[str], Watched]) -> None:
    """Of many texts in the same style, one is measured; a pale one among them is a style of its own."""
    alike = "<p>text</p>" * 9
    watched = planted(f"{alike}<p style='color: #777; background: #999'>pale</p>{alike}")
    assert len(tabs.looks_of(watched.page)) == 4  # heading, text, link and the pale one
    assert [one.partition(":")[0] for one in tabs.violations(watched)] == ["color-contrast"]
    assert tabs.violations(watched) == []  # each style only once


@pytest.mark.parametrize("fault", LOUD)
def test_a_loud_page_is_heard(planted: Callable[[str], Watched], fault: str) -> None:
    """A console message, an error, a missing file and a request to another host are recorded."""
    assert planted("").faults == []
    assert LOUD[fault] in "\n".join(planted(fault).faults)


def test_weight_counts_what_the_page_asks_for(tmp_path: Path) -> None:
    """The weight of a first view counts the page, its styles and its scripts, without the search index."""
    (tmp_path / "a.html").write_bytes(bytes(range(256)))
    (tmp_path / "b.js").write_text("// a script\n")
    (tmp_path / "search-index.js").write_bytes(bytes(range(256)))
    light = tabs.weight(tmp_path, ["/a.html", "/search-index.js", "/c.svg"])
    assert 256 < light < tabs.weight(tmp_path, ["/a.html", "/b.js"]) < light + 100


def test_the_first_view_is_what_comes_by_itself(planted: Callable[[str], Watched]) -> None:
    """A request that follows an interaction is not part of the first view."""
    watched = planted("<script>onfocus = () => fetch('late.js')</script><script src='soon.js'></script>")
    with watched.page.expect_request("**/late.js"):
        watched.page.evaluate("dispatchEvent(new Event('focus'))")
    assert [path for path in watched.asked if path.endswith(".js")] == ["/soon.js", "/late.js"]
    assert [path for path in watched.first if path.endswith(".js")] == ["/soon.js"]
