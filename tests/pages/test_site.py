"""The built site: links, anchors, ids, other hosts, printed bytes, and the corrections to the theme."""

import re
from pathlib import Path

import pytest

from handbook.site.domain.case_directives import anchor, piece_id
from tests.every import CASES
from tests.pages import read

ROOT = Path(__file__).parents[2]


def test_internal_links_and_anchors(site: Path) -> None:
    """Every internal link leads to a file and an anchor that exist."""
    assert read.broken_links(site) == []


def test_no_request_to_another_host(site: Path) -> None:
    """No page or style sheet loads anything from another host."""
    assert read.foreign_loads(site) == []


def test_ids_are_unique(site: Path) -> None:
    """No id occurs twice on a page."""
    assert read.repeated_ids(site) == []


def test_every_case_is_printed_as_it_is(site: Path) -> None:
    """Every case has its anchor, and the code on its page equals the bytes of its files."""
    pages = read.read_all(site)
    ids = [one for page in pages.values() for one in page.ids]
    code = {name: text for page in pages.values() for name, text in page.code.items()}
    found = CASES
    assert found
    for one in found:
        assert ids.count(anchor(one.name)) == 1, one.name
        for file in [*one.files, one.script, *(["output.txt"] if one.output is not None else [])]:
            printed = code.get(piece_id(one.name, file))
            assert printed is not None, f"{one.name}: {file} is on no page"
            assert printed.encode() == (one.folder / file).read_bytes(), f"{one.name}: {file}"


def test_the_theme_is_corrected(site: Path) -> None:
    """Each correction in _templates/page.html was made on every page that needs it."""
    html = [file.read_text(encoding="utf-8") for file in site.rglob("*.html")]
    template = (ROOT / "_templates" / "page.html").read_text(encoding="utf-8")
    corrections = re.findall(r"replace\('(.+?)', '(.+?)'\)", template)
    assert len(corrections) == 5
    for wrong, right in corrections:
        assert any(right in page for page in html), f"furo has no {wrong} any more"
        assert not any(wrong in page.replace(right, "") for page in html), wrong


FAULTS = {
    "broken_links": {
        '<a href="b.html">': "a.html: b.html",
        '<a href="#b">': "a.html: #b",
        '<a href="a.html#b">': "a.html: a.html#b",
        '<img src="b.svg">': "a.html: b.svg",
        '<script src="b.js?v=1"></script>': "a.html: b.js?v=1",
    },
    "foreign_loads": {
        '<img src="https://example.org/b.png">': "a.html: https://example.org/b.png",
        '<link rel="stylesheet" href="//example.org/b.css">': "a.html: //example.org/b.css",
        '<script src="http://example.org/b.js"></script>': "a.html: http://example.org/b.js",
        "<style>@import 'https://example.org/b.css'</style>": "a.html: https://example.org/b.css",
        '<p style="background: url(//example.org/b.png)">': "a.html: //example.org/b.png",
    },
    "repeated_ids": {'<p id="b"></p><hr id="b">': "a.html: b"},
}


@pytest.mark.parametrize(("detector", "fault"), [(name, fault) for name in FAULTS for fault in FAULTS[name]])
def test_a_fault_in_a_page_is_found(tmp_path: Path, detector: str, fault: str) -> None:
    """The detectors find a planted fault, and nothing on a page without one."""
    good = '<p id="a">a</p><a href="#a">a</a><a href="a.html#a">a</a><a href="https://example.org/">a</a>'
    (tmp_path / "a.html").write_text(good)
    assert getattr(read, detector)(tmp_path) == []
    (tmp_path / "a.html").write_text(good + fault)
    assert getattr(read, detector)(tmp_path) == [FAULTS[detector][fault]]


def test_a_fault_in_a_style_sheet_is_found(tmp_path: Path) -> None:
    """A style sheet that loads from another host is reported."""
    (tmp_path / "a.css").write_text(
        "a { background: url('a.png') } b { background: url('https://example.org/b') }"
    )
    assert read.foreign_loads(tmp_path) == ["a.css: https://example.org/b"]
