"""Entries on small test sites: how they are printed, listed, linked, refused and rebuilt."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest
from sphinx.util.inventory import InventoryFile

from handbook.site.box import patterns
from tests.conftest import ROOT
from tests.pages import read
from tests.unit.test_ext import CONF, Site, words

LINE = "ERROR: No matching distribution found for contoso-a"
ENTRY = f"""title = "No 'matching' distribution"
client = "pip"
message = "{LINE}"
means = "pip found `nothing`. More of it."
isnt = "It is {{case}}`not the name <pip/fail-a>`."
sources = ["https://github.com/pypa/pip/issues/8103", "https://example.org/a/page#part"]
[[wording]]
text = "Nothing matches contoso-a"
versions = "pip 9"
source = "https://example.org/"
[[cause]]
case = "pip/fail-a"
what = "No credential."
tell = "It says 401."
cure = "See {{case}}`this one <pip/fail-b>`."
[[cause]]
case = "pip/fail-b"
what = "No role."
tell = "It says 403."
cure = "Ask."
[[cause]]
source = "https://example.org/told"
date = "2025-08"
what = "The moon."
tell = "It is full."
cure = "Wait."
"""
OTHER = """title = "You need to have 'ReadPackages'"
client = "feed"
since = "2024"
until = "2025"
message = "You need to have 'ReadPackages'."
means = "No role."
isnt = "No expired token."
[[cause]]
source = "https://example.org/role"
date = "2024"
what = "No role."
cure = "Ask."
"""
BODY = ":::{case} pip/fail-a\n:::\n:::{case} pip/fail-b\n:::\n"
PAGE = f"# Pip\n\n::::{{entry}} pip/no-match\n{BODY}::::\n\n{{entry}}`no-match`\n"
FILES = {
    "conf.py": CONF.replace('"handbook.site.tables.table"]', '"handbook.site.box.paste_box"]')
    + f"html_static_path = [{str(ROOT / '_static')!r}]\n",
    "index.md": "# Index\n\n{entry}`the words <pip/no-match>`\n\n```{toctree}\n:glob:\nguides/**\n```\n",
    "guides/errors/index.md": "# All\n\n:::{entry-counts}\n:::\n:::{entry-list}\n:::\n"
    "## Alike\n:::{collisions-table}\n:::\n",
    "guides/errors/pip.md": PAGE,
    "guides/errors/feed.md": "# Feed\n\n:::{entry} feed/read-packages\n:::\n",
    "guides/errors/checklist.md": "# Checklist\n\n(grades)=\n## Grades\n\nx\n",
    "guides/errors/pip/no-match.toml": ENTRY,
    "guides/errors/feed/read-packages.toml": OTHER,
}


def new_site(root: Path) -> Site:
    """Write a small test handbook with two entries."""
    site = Site(root)
    site.write(FILES)
    for name in ("a", "b"):
        output = f"Looking in indexes\n{LINE}\n"
        site.case(f"pip/fail-{name}", "exit = 1", {"run.sh": "pip\n", "output.txt": output})
    return site


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build the handbook once, with one of its cases proved; no test changes it."""
    site = new_site(tmp_path_factory.mktemp("entries"))
    site.prove("pip/fail-a")
    assert site.build() == 0
    return site


def said(site: Site, page: str) -> str:
    """Return the text of a page as a reader sees it."""
    return " ".join(html.unescape(words(site.page(page))).replace("¶", " ").split())


def test_an_entry_is_printed_in_the_order_of_a_readers_questions(built: Site) -> None:
    """An entry shows message, meaning and causes with their fix, then other versions, runs and sources."""
    order = (
        f"No 'matching' distribution Printed by pip 26.3 {LINE}",
        "pip found nothing. More of it. It is not the name.",
        "No credential. Fix See this one. Check It says 401. Run: Title of pip/fail-a No role.",
        "Fix Ask. Check It says 403. Run: Title of pip/fail-b · not checked in this build",
        "The moon. Fix Wait. Check It is full. Not run here: example.org, told, 2025-08",
        "In other versions pip 9 (source) Nothing matches contoso-a",
        "What was run What goes wrong: Title of pip/fail-a",
        "Sources: pypa/pip#8103 · example.org, page",
    )
    text = said(built, "guides/errors/pip")
    places = [text.find(one) for one in order]
    assert places == sorted(places)
    assert -1 not in places
    assert '<section class="entry" id="no-match">' in built.page("guides/errors/pip")
    assert "since 2024 · until 2025, from the source" in said(built, "guides/errors/feed")


def test_runs_are_closed_and_reached(built: Site) -> None:
    """The cases are in a collapsed element, and its page loads the script that opens it for a link."""
    page = built.page("guides/errors/pip")
    inside = page[page.index('<details class="entry-runs">') : page.rindex("</details>")]
    assert 'id="case-pip-fail-a"' in inside
    assert 'id="case-pip-fail-b"' in inside
    assert "reveal.js" in page
    assert "reveal.js" not in built.page("guides/errors/feed")


def test_links_reach_entries(built: Site) -> None:
    """The role links by slug or by full name, with the title or an explicit text."""
    assert re.search(r'href="guides/errors/pip.html#no-match">(<.+?>)?the words', built.page("index"))
    assert re.search(r"href=\"#no-match\">(<.+?>)?No 'matching'", built.page("guides/errors/pip"))
    assert read.broken_links(built.root / "html") == []
    assert read.repeated_ids(built.root / "html") == []


def test_other_sites_can_link_to_what_is_printed(built: Site) -> None:
    """The inventory lists each printed case and entry with its title and its URL."""
    with (built.root / "html" / "objects.inv").open("rb") as file:
        found = InventoryFile.load(file, "", lambda _, uri: uri)
    case, entry = found["handbook:case"]["pip/fail-a"], found["handbook:entry"]["pip/no-match"]
    assert (case.uri, case.display_name) == ("guides/errors/pip.html#case-pip-fail-a", "Title of pip/fail-a")
    assert (entry.uri, entry.display_name) == (
        "guides/errors/pip.html#no-match",
        "No 'matching' distribution",
    )
    assert {kind: len(found[f"handbook:{kind}"]) for kind in ("case", "entry")} == {"case": 2, "entry": 2}


def test_the_lists_are_made_from_the_entries(built: Site) -> None:
    """The index counts the entries, lists them by program, and shows which have the same words."""
    page, text = built.page("guides/errors/index"), said(built, "guides/errors/index")
    assert "2 messages, 1 of them printed by a run of this handbook; 4 causes, 2 of them run." in text
    assert "pip No 'matching' distribution: pip found nothing." in text
    assert "The feed You need to have 'ReadPackages': No role." in text
    assert "No 'matching' distribution pip Title of pip/fail-a · Title of pip/fail-b" in text
    assert page.index('id="printed-by-pip"') < page.index('id="printed-by-feed"')


def test_each_page_of_errors_has_one_box(built: Site) -> None:
    """Pages of errors have the box below their heading, and its scripts; other pages have neither."""
    for page in ("index", "pip", "feed", "checklist"):
        text = built.page(f"guides/errors/{page}")
        assert text.count('class="paste-box"') == text.count("errors.js") == text.count("mask.js") == 1
        assert text.index("<h1>") < text.index('class="paste-box"')
        assert "match.js" not in text
    assert 'data-checklist="checklist.html"' in built.page("guides/errors/pip")
    assert "paste-box" not in built.page("index")
    assert "errors.js" not in built.page("index")


def test_the_index_of_the_box(built: Site) -> None:
    """The index contains each entry with its URL, its meaning without markup, and its lines with gaps."""
    text = (built.root / "html/_static/errors-index.js").read_text(encoding="utf-8")
    data = json.loads(text.removeprefix("globalThis.handbookErrors = ").rstrip(";\n"))
    one = next(one for one in data["entries"] if one["name"] == "pip/no-match")
    assert one["address"] == "guides/errors/pip.html#no-match"
    assert (one["client"], one["means"]) == ("pip", "pip found nothing.")
    assert one["keys"] == [
        [f"ERROR: No matching distribution found for {patterns.GAP}"],
        [f"Nothing matches {patterns.GAP}"],
    ]
    assert "Looking in indexes" in one["lines"]


def test_only_touched_pages_are_written(tmp_path: Path) -> None:
    """A changed entry or proof rewrites the pages that show it, a new entry the lists, and no others."""
    site = new_site(tmp_path)
    assert site.build() == 0
    assert site.rebuilt() - {"search"} == set()
    site.prove("pip/fail-a")
    assert "pip" in site.rebuilt() - {"search"}
    assert "✓ captured in public" in words(site.page("guides/errors/pip"))
    site.write({"guides/errors/feed/read-packages.toml": OTHER.replace("No role.", "No right.")})
    changed = site.rebuilt()
    assert {"feed", "index"} <= changed
    assert "pip" not in changed
    assert "No right." in words(site.page("guides/errors/index"))


def test_a_cause_whose_run_is_inferred_says_so(tmp_path: Path) -> None:
    """The run of a cause is called a run with an inferred answer exactly if it rests on one."""
    site = new_site(tmp_path)
    site.prove("pip/fail-a", grade="inferred")
    site.prove("pip/fail-b")
    assert site.build() == 0
    text = said(site, "guides/errors/pip")
    assert "Check It says 401. ≈ Run with an inferred answer: Title of pip/fail-a No role." in " ".join(
        text.split()
    )
    assert "Check It says 403. Run: Title of pip/fail-b The moon." in text


FEED, G = "guides/errors/feed.md", "guides/errors/g.md"
BROKEN = [
    ({FEED: "# F\n\n:::{entry} feed/nope\n:::\n"}, "guides/errors/feed/nope.toml: does not exist: create it"),
    ({FEED: "# F\n"}, "entry feed/read-packages is on no page: print it with {entry}"),
    ({FEED: FILES[FEED] + FILES[FEED][8:]}, "entry feed/read-packages is printed twice: print it once"),
    ({G: FILES[FEED]}, "entry feed/read-packages is also printed on guides/errors/feed: link to it"),
    ({G: "# G\n\n{entry}`nope`\n"}, "entry nope does not exist: create it in guides/errors"),
    (
        {G: "# G\n\n{entry}`no-match`\n", "guides/errors/feed/no-match.toml": OTHER},
        "entry no-match is of more than one group: say feed/no-match or pip/no-match",
    ),
]


@pytest.mark.parametrize(("files", "message"), BROKEN, ids=[one[1] for one in BROKEN])
def test_a_mistake(tmp_path: Path, files: dict[str, str], message: str, capfd: pytest.CaptureFixture) -> None:
    """A mistake with an entry fails the build with a line that names the cure."""
    site = new_site(tmp_path)
    site.write(files)
    assert site.build() == 1
    assert f"WARNING: {message}" in capfd.readouterr().err


def test_a_broken_entry_is_one_line(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    """An entry that cannot be read stops the build with one line, before any page is read."""
    site = new_site(tmp_path)
    site.write({"guides/errors/feed/read-packages.toml": "a = 1"})
    with pytest.raises(
        SystemExit, match=r"^guides/errors/feed/read-packages.toml: unknown key 'a': use title.*$"
    ):
        site.build()
    assert capfd.readouterr() == ("", "")
