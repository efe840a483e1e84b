"""The files of ours that a page loads: two for all pages, and further style sheets where they are needed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from handbook.site.look import bundles
from tests.conftest import ROOT
from tests.pages.test_browser import PAGES

SOMETIMES = ("errors.css", "front.css")


def classes(style: str) -> set[str]:
    """Return the outermost class of each selector of a style sheet; without that class, no rule applies."""
    selectors = re.findall(r"[^{}]+(?=\{)", re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL))
    found = (re.search(r"\.([a-z][\w-]*)", one) for rule in selectors for one in rule.split(","))
    return {one[1] for one in found if one}


@pytest.mark.parametrize("name", SOMETIMES)
def test_a_page_has_each_style_that_it_needs(site: Path, name: str) -> None:
    """Every page with an element that a style sheet covers loads it, and some pages do without it."""
    dressed = classes((ROOT / "_static" / name).read_text(encoding="utf-8"))
    assert len(dressed) > 5
    without = 0
    for path in PAGES:
        html = (site / path).read_text(encoding="utf-8")
        body = html[html.index("<article") : html.index("</article>")]
        used = {one for found in re.findall(r'class="([^"]+)"', body) for one in found.split()}
        loaded = f"_static/{name}" in html
        assert loaded or not used & dressed, (path, used & dressed)
        without += not loaded
    assert without > 5


def test_the_bundles_hold_everything_but_comments(site: Path) -> None:
    """Each rule and each line of code is in the file that all pages load, and no comment is."""
    style = (site / "_static" / bundles.STYLE).read_text(encoding="utf-8")
    script = (site / "_static" / bundles.SCRIPT).read_text(encoding="utf-8")
    assert "/*" not in style
    assert not re.search(r"^\s*//", script, re.MULTILINE)
    for name in bundles.STYLES:
        text = (ROOT / "_static" / name).read_text(encoding="utf-8")
        assert all(rule in style for rule in re.findall(r"\{[^{}/]*\}", bundles.bare_style(text))), name
    for name in bundles.SCRIPTS:
        lines = (ROOT / "_static" / name).read_text(encoding="utf-8").splitlines()
        code = [line.strip() for line in lines if not line.strip().startswith(("//", "/**"))]
        assert all(line in script for line in code), name
    for path in PAGES:
        html = (site / path).read_text(encoding="utf-8")
        for name in (bundles.STYLE, bundles.SCRIPT):
            assert re.search(rf'_static/{name}\?v=[0-9a-f]+"', html), path


def test_a_comment_within_code_stays() -> None:
    """Text inside a line that looks like a comment is code and stays."""
    assert (
        bundles.bare_script('// a\nconst b = "https://c";\n  // d\n  e(); // f\n')
        == 'const b = "https://c";\ne(); // f\n'
    )
    assert bundles.bare_style("/* a\n b */\na { b: c } /* d */\n  e { }\n") == "a { b: c } \ne { }\n"


def test_no_block_has_a_link_of_its_own(site: Path) -> None:
    """Headings have links to themselves; code blocks, which belong to a case, have none."""
    html = "".join((site / path).read_text(encoding="utf-8") for path in PAGES)
    assert "Link to this code" not in html
    assert html.count("Link to this heading") > len(PAGES)
