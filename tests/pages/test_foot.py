"""The foot and head of a page: its edit link, its last change, and the preview of a link in a chat."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from handbook.site.look import page_foot
from tests.pages.test_browser import PAGES
from tests.unit.test_company import CONF, small  # noqa: F401, a fixture
from tests.unit.test_ext import Site

DAY, LATER = "2026-11-01", "2026-11-20"
TAG = r'<meta property="og:{}" content="([^"]*)">'


def commit(root: Path, day: str, message: str) -> None:
    """Commit everything, dated to a day."""
    moment = f"{day}T12:00:00+00:00"
    who = {"NAME": "A", "EMAIL": "a@example.org", "DATE": moment}
    environment = {
        f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()
    }
    for command in (["add", "-A"], ["commit", "-q", "-m", message]):
        subprocess.run(["git", *command], cwd=root, check=True, env=environment | {"PATH": "/usr/bin:/bin"})


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Create a checkout with two commits."""
    root = tmp_path / "whole"
    root.mkdir()
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    (root / "a.md").write_text("a")
    (root / "ü b.md").write_text("b")
    commit(root, DAY, "first")
    (root / "a.md").write_text("c")
    commit(root, LATER, "second")
    return root


def test_a_file_has_the_day_of_its_last_commit(history: Path) -> None:
    """With the whole history, each file has the day of its last commit, whatever characters its name has."""
    assert page_foot.changes(history) == {"a.md": LATER, "ü b.md": DAY}


def test_a_cut_history_gives_no_day(history: Path, tmp_path: Path) -> None:
    """A shallow copy, or one without git, reports no day instead of a wrong one."""
    cut = tmp_path / "cut"
    subprocess.run(["git", "clone", "-q", "--depth", "1", history.as_uri(), cut], check=True)
    assert page_foot.changes(cut) == {}
    bare = tmp_path / "bare"
    bare.mkdir()
    assert page_foot.changes(bare) == {}


def test_a_page_has_the_links_that_a_fork_has_set(small: Site) -> None:  # noqa: F811
    """Without settings there is no link; with them, each page names its own source, percent-encoded."""
    assert small.build() == 0
    assert "Edit this page" not in small.page("guides/errors/a")
    links = {
        "repository": "https://code.example/feeds",
        "edit": "https://code.example/feeds/edit/main/{page}",
        "report": "https://code.example/feeds/new?title={page}",
    }
    small.write({"conf.py": f"{CONF}html_context = {links!r}\n"})
    assert small.build() == 0
    page = small.page("guides/errors/a")
    for address, words in (
        ("https://code.example/feeds", "Repository"),
        ("https://code.example/feeds/edit/main/guides/errors/a.md", "Edit this page"),
        ("https://code.example/feeds/new?title=guides/errors/a.md", "Report a mistake"),
    ):
        assert f'<a href="{address}">{words}</a>' in page
    assert "Edit this page" not in small.page("search")


NO = "is not allowed: use"
WRONG = [
    ("contact", "javascript:alert(1)", f"'javascript:.+' {NO} an address that"),
    ("contact", "http://help.example", f"'http:.+' {NO} an address that begins"),
    ("contact", "mailto:nobody", f"'mailto:nobody' {NO} an address"),
    ("contact", "a\nb", rf"'a\\nb' {NO} an address"),
    ("contact", "a\0b", rf"'a\\x00b' {NO} an address"),
    ("contact", "Ask\u202eus", rf"'Ask\\u202eus' {NO} an address"),
    ("contact", "Ask\u200bus", rf"'Ask\\u200bus' {NO} an address"),
    ("contact", "https://user:pw@a.example/", "it holds a credential: use an address"),
    ("contact", f"Ask, token ghp_{'a1' * 10}", "it holds a credential: use an address"),
    ("edit", "https://a.example/b", f"'https://a.example/b' {NO} an address"),
    ("edit", "https://u:p@a.example/{page}", "it holds a credential: use an address"),
    ("repository", "mailto:a@b.example", f"'mailto:.+' {NO} an address"),
    ("report", "javascript:alert(1)", f"'javascript:.+' {NO} an address"),
    ("report", "https://u:p@a.example/", "it holds a credential"),
    ("html_baseurl", "https://a.example/../", f"'https://a.example/../' {NO} an address"),
    ("html_baseurl", "https://a.example/%zz/", f"'https://a.example/%zz/' {NO} an address"),
    ("html_baseurl", "http://a.example/", f"'http://a.example/' {NO} an address that begins"),
    ("html_baseurl", "https://a.example/b", f"'https://a.example/b' {NO} an address"),
]


@pytest.mark.parametrize(("key", "value", "message"), WRONG, ids=[f"{one[0]}, {one[2]}" for one in WRONG])
def test_a_wrong_line_stops_the_build(small: Site, key: str, value: str, message: str) -> None:  # noqa: F811
    """A wrong line of conf.py stops the build with one line: its key, the problem, the allowed values."""
    line, place = f"html_context = {{{key!r}: {value!r}}}\n", rf'html_context\["{key}"\]'
    if key == "html_baseurl":
        line, place = f"{key} = {value!r}\n", key
    small.write({"conf.py": CONF + line})
    with pytest.raises(SystemExit, match=f"^conf.py: {place}: {message}[^\n]*$"):
        small.build()


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        ("https://help.example/a", ("help.example/a", "https://help.example/a")),
        ("mailto:feeds@fabrikam.example", ("feeds@fabrikam.example", "mailto:feeds@fabrikam.example")),
        ("Ask in #feeds: we answer", ("Ask in #feeds: we answer", "")),
        ("", None),
    ],
)
def test_a_contact_is_an_address_or_a_text(
    small: Site,  # noqa: F811
    contact: str,
    expected: tuple[str, str] | None,
) -> None:
    """A contact with an address becomes a link that shows it; any other contact is text."""
    assert page_foot.spoken(contact) == expected
    small.write({"conf.py": f"{CONF}html_context = {{'contact': {contact!r}}}\n"})
    assert small.build() == 0
    assert ("Nothing here fits?" in small.page("guides/errors/a")) == bool(expected)


def test_each_page_has_a_preview(site: Path) -> None:
    """A link to any page shows its title and first sentence; a site without a URL names none."""
    said = set()
    for path in PAGES:
        html = (site / path).read_text(encoding="utf-8")
        title, text = (re.findall(TAG.format(what), html) for what in ("title", "description"))
        assert len(title) == len(text) == 1, path
        assert title[0] and text[0], path
        assert "og:url" not in html and "canonical" not in html, path
        said.add(title[0])
    assert len(said) == len(PAGES), sorted(said)
    assert not (site / "robots.txt").exists()


@pytest.mark.parametrize(
    ("url", "there"), [("https://a.example/", True), ("https://a.example/b/", False), ("", False)]
)
def test_robots_txt_is_there_where_it_counts(tmp_path: Path, url: str, there: bool) -> None:
    """A site at the root of its host has a robots.txt that names its sitemap; below a path it has none."""
    app = SimpleNamespace(config=SimpleNamespace(html_baseurl=url), outdir=tmp_path)
    page_foot.write_robots(app, None)
    file = tmp_path / "robots.txt"
    assert file.exists() == there
    assert not there or f"Sitemap: {url}sitemap.xml" in file.read_text(encoding="utf-8")
