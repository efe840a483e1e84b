"""The navigation that is built once for all pages equals the one that Sphinx and furo build for each."""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.unit.test_ext import Site, words

CONF = """extensions = ["myst_parser"{ours}]
html_theme = "furo"
templates_path = [{templates}]
"""
PAGES = {
    "index.md": """# Index

```{toctree}
:caption: First & second

self
a/one
Our <own> words <a/two>
Elsewhere <https://example.org/>
```
```{toctree}
three
```
""",
    "a/one.md": "# One *thing*\n\n```{toctree}\nbelow\n```\n",
    "a/below.md": "# Below “it”\n",
    "a/two.md": "# Two\n",
    "three.md": "# Three\n",
    "four.md": "---\norphan: true\n---\n\n# Four: with it there are enough pages to be read in parallel\n",
}


@pytest.fixture(scope="module", params=["serial", "parallel"])
def sites(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> list[Site]:
    """Build the same pages with furo's navigation and with ours."""
    built = []
    for ours in ("", ', "handbook.site.look.builder"'):
        site = Site(tmp_path_factory.mktemp("site"))
        site.write({"conf.py": CONF.format(ours=ours, templates='"templates"' if ours else ""), **PAGES})
        name = "sidebar/navigation.html"
        site.write({f"templates/{name}": (ROOT / "_templates" / name).read_text(encoding="utf-8")})
        assert site.build(*(["-j", "2"] if request.param == "parallel" else [])) == 0
        built.append(site)
    return built


def lines(html: str) -> list[tuple[str, ...]]:
    """Return the navigation's captions, and its links with their targets and whether each is this page."""
    tree = re.search(r'<div class="sidebar-tree">(.*?)</div>', html, re.DOTALL)[1].replace("\n", "")
    found = re.finditer(
        r'<(p|summary) class="caption".*?</\1>|<li class="([^"]*)"><a[^>]*href="([^"]*)"[^>]*>.*?</a>',
        tree,
    )
    return [(words(one[0]), one[3], str("current-page" in (one[2] or "").split())) for one in found]


@pytest.mark.parametrize("page", [name.removesuffix(".md") for name in PAGES])
def test_the_navigation_is_the_themes(sites: list[Site], page: str) -> None:
    """Each page has furo's captions, titles and targets in furo's order, and marks itself as furo does."""
    theirs, ours = (lines(site.page(page)) for site in sites)
    assert len(ours) == 7
    assert ours == theirs


def test_no_index_is_written_that_nothing_loads(sites: list[Site]) -> None:
    """Sphinx's own search index is not written."""
    assert [(Path(site.root) / "html" / "searchindex.js").exists() for site in sites] == [True, False]
