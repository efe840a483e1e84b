"""What the site publishes besides its pages: Markdown, llms.txt, redirects, the 404 page, the print view."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from docutils import nodes
from playwright.sync_api import Browser
from sphinx.errors import ExtensionError

import conf
from handbook.site.look import markdown
from tests import every
from tests.conftest import ROOT
from tests.pages import browser as tabs
from tests.pages import read
from tests.unit.shape import pages as sources

PAPER = {"width": 718, "height": 1016}  # A4 at 96 dots per inch, without furo's margins
LINK = re.compile(r"(?<!\!)\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)")
UNPRINTED = """() => [...document.querySelectorAll("article pre, article .table-wrapper")]
    .filter((one) => one.scrollWidth > one.clientWidth + 1)
    .map((one) => one.textContent.slice(0, 60))"""
HIDDEN = """() => [...document.querySelectorAll("article .sd-tab-content, article details > *")]
    .filter((one) => one.tagName !== "SUMMARY" && !one.closest(".names, .paste"))
    .filter((one) => one.textContent.trim() && !one.checkVisibility({contentVisibilityAuto: true}))
    .map((one) => one.textContent.trim().slice(0, 60))"""
SHOWN = """() => [...document.querySelectorAll(".copy, .headerlink, .sidebar-drawer, .names, .paste")]
    .filter((one) => one.getBoundingClientRect().height).map((one) => one.className)"""


def prose(text: str) -> str:
    """Return Markdown without its code."""
    text = re.sub(r"^[ >]*(`{3,})\w*\n.*?^[ >]*\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", "code", text)


def test_each_page_is_there_as_markdown(site: Path) -> None:
    """Each page is also published as Markdown, which contains the text of every case and no HTML."""
    written = {}
    for source in sources(ROOT):
        name = source.relative_to(ROOT).with_suffix(".md").as_posix()
        written[name] = (site / name).read_text(encoding="utf-8")
        assert written[name].startswith("# "), name
        assert not re.search(r"</?(?!br>)[a-z]+[ >]|:::|\{[a-z-]+\}code", prose(written[name])), name
    whole = "\n".join(written.values())
    for one in every.CASES:
        for text in filter(None, (one.commands, one.output, *map(one.text, one.files))):
            assert text.rstrip("\n") in whole, one.name


def test_links_of_the_markdown_lead_somewhere(site: Path) -> None:
    """Each link in a page's Markdown to another page leads to a Markdown file that exists."""
    followed = 0
    for file in site.rglob("*.md"):
        for address in LINK.findall(prose(file.read_text(encoding="utf-8"))):
            path = address.partition("#")[0]
            if path and not re.match("[a-z]+:", path):
                assert path.endswith(".md") and (file.parent / path).is_file(), f"{file.name}: {address}"
                followed += 1
    assert followed


def test_llms_txt_lists_every_page(site: Path) -> None:
    """llms.txt names the site, describes it, and lists every page except the front page once."""
    text = (site / "llms.txt").read_text(encoding="utf-8")
    assert re.match(rf"# {conf.project}\n\n> \w.+\n\n## ", text)
    listed = re.findall(r"^- \[.+?\]\((\S+?)\)", text, re.MULTILINE)
    expected = [page.relative_to(ROOT).as_posix() for page in sources(ROOT) if page.name != "index.md"]
    front = {"index.md"}
    assert sorted(set(listed)) == sorted(listed)
    assert (
        set(expected) <= set(listed) <= {page.relative_to(ROOT).as_posix() for page in sources(ROOT)} - front
    )


def test_what_cannot_be_written_stops_the_build() -> None:
    """A node that the Markdown writer does not know is an error, so that nothing is lost silently."""
    document = nodes.document(None, None)
    document += nodes.math_block("", "1")
    with pytest.raises(ExtensionError, match="cannot write a math_block"):
        markdown.page(document)


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (nodes.literal_block("", "a ``` b", language="bash"), "````bash\na ``` b\n````"),
        (nodes.paragraph("", "", nodes.literal("", "a`b")), "`` a`b ``"),
        (nodes.paragraph("", "", nodes.reference("", "x", refuri="../a.html#b")), "[x](../a.md#b)"),
        (
            nodes.paragraph("", "", nodes.reference("", "x", refuri="https://a/b.html")),
            "[x](https://a/b.html)",
        ),
        (nodes.raw("", "<svg><title>T</title><desc>D</desc></svg>", format="html"), "[Picture: T: D]"),
        (nodes.warning("", nodes.paragraph("", "Stop")), "> **Warning**\n>\n> Stop"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nodes.Node) else None,
)
def test_markdown_of_a_node(tree: nodes.Element, text: str) -> None:
    """Each kind of node is written as its Markdown."""
    document = nodes.document(None, None)
    document += tree
    assert markdown.page(document) == text + "\n"


@pytest.mark.parametrize("old", conf.redirects)
def test_a_moved_page_leads_on(site: Path, old: str) -> None:
    """No page has an old address any more, and the file there redirects to a page that exists."""
    assert not (ROOT / f"{old}.md").exists()
    text = (site / f"{old}.html").read_text(encoding="utf-8")
    target = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', text)[1]
    assert f'<a href="{target}">' in text
    assert os.path.normpath(site / Path(old).parent / target) in map(str, site.rglob("*.html"))


def test_a_moved_page_leads_on_under_the_policy(tab: tabs.Watched) -> None:
    """The browser follows the redirect from an old address to the new one without a script."""
    old, new = next(iter(conf.redirects.items()))
    tab.open(f"{old}.html")
    tab.page.wait_for_url(f"{tab.address}/{os.path.normpath(Path(old).parent / new)}")
    assert tab.page.locator("h1").count() == 1


def test_the_page_for_what_is_not_there(site: Path) -> None:
    """On the 404 page, links, styles and scripts start at the site's root and lead to existing files."""
    page = read.read((site / "404.html").read_text(encoding="utf-8"))
    inner = [one for one in page.links + page.loads if not re.match("#|data:|https:", one)]
    assert inner and all(one.startswith("/") for one in inner)
    assert "/guides/errors/index.html" in inner and "/search.html" in inner
    assert (site / ".nojekyll").is_file()


@pytest.mark.parametrize("page", ["guides/clients/uv.html", "guides/errors/pip.html", "guides/names.html"])
def test_paper_shows_everything(browser: Browser, address: str, page: str) -> None:
    """In print, nothing is cut off, all tabs and collapsed parts are open, and buttons are hidden."""
    context = browser.new_context(viewport=PAPER)
    tab = tabs.Watched(context, address).open(page)
    assert tab.evaluate(HIDDEN) and tab.evaluate(SHOWN)  # on the screen, some parts are closed
    tab.emulate_media(media="print")
    assert tab.evaluate(UNPRINTED) == []
    assert tab.evaluate(HIDDEN) == []
    assert tab.evaluate(SHOWN) == []
    context.close()
