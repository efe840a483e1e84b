"""The search leads readers' queries to the right place, mistyped or not, served or from a disk."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, Page, expect
from py_mini_racer import MiniRacer

from handbook.site.search import index
from handbook.site.search.index import Place
from tests.pages import browser as tabs
from tests.pages.browser import Watched
from tests.pages.built import ROOT
from tests.pages.test_names_browser import SHIFTS
from tests.unit.test_ext import CONF, Site

TASKS = tomllib.loads((ROOT / "tests" / "pages" / "tasks.toml").read_text(encoding="utf-8"))
FIRST = tomllib.loads((ROOT / "tests" / "pages" / "queries.toml").read_text(encoding="utf-8"))["first"]
START = """
const stemmer = new Stemmer();
const known = handbookFind.prepare(handbookIndex, { stem: (word) => stemmer.stemWord(word), stopwords });
"""
TOKEN = "xy1" * 28  # as long as a personal access token
ASKED = {  # typed -> the first result's words, the message
    "TF400813": ("TF400813", "2 places, best first."),
    "tf40813": ("TF400813", "No page has “tf40813”. Shown for “TF400813”: 2 places, best first."),
}


@pytest.fixture(scope="session")
def find(site: Path) -> Iterator[Callable[[str], dict]]:
    """Provide the search page's function over the built site's index, without a browser."""
    script = MiniRacer()
    script.eval("globalThis.window = globalThis;")
    for file in ("language_data.js", "search-index.js", "find.js"):
        script.eval((site / "_static" / file).read_text(encoding="utf-8"))
    script.eval(START)
    yield lambda query: json.loads(
        script.eval(f"JSON.stringify(handbookFind.find(known, {json.dumps(query)}))")
    )
    script.close()


def test_what_readers_type_leads_to_the_right_place(find: Callable[[str], dict]) -> None:
    """Each of the forty or more queries in the table has its place first."""
    assert len(FIRST) >= 40
    got = {query: next((one["address"] for one in find(query)["found"]), "nothing") for query in FIRST}
    wrong = [f"{query}: {got[query]}, not {place}" for query, place in FIRST.items() if got[query] != place]
    assert not wrong, "\n".join(["", *wrong])


@pytest.mark.parametrize(("part", "first", "three"), [("tuned", 0.7, 0.8), ("apart", 0.6, 0.7)])
def test_what_is_typed_for_a_task_leads_to_its_page(
    find: Callable[[str], dict], part: str, first: float, three: float
) -> None:
    """Of the queries for a task, the given shares have their page first and among the first three.

    The shares are slightly below the measured ones, because rewording a page may cost one query, not five.
    """
    found = {
        query: [one["address"].partition(".html")[0] for one in find(query)["found"]] for query in TASKS[part]
    }
    right = [bool(found[query]) and found[query][0] in pages for query, pages in TASKS[part].items()]
    near = [bool(set(found[query][:3]) & set(pages)) for query, pages in TASKS[part].items()]
    assert sum(right) >= first * len(right) and sum(near) >= three * len(near), (sum(right), sum(near))


def test_the_queries_for_a_task_name_pages() -> None:
    """Each page named for a query exists, and no query is in both parts."""
    named = {page for part in TASKS.values() for pages in part.values() for page in pages}
    assert {page for page in named if not (ROOT / f"{page}.md").is_file()} == set()
    assert set(TASKS["tuned"]) & set(TASKS["apart"]) == set()


def test_no_page_comes_twice_before_another_comes_once(find: Callable[[str], dict]) -> None:
    """The best section of each page precedes the second one of any page."""
    for query in TASKS["tuned"]:
        pages = [one["address"].partition("#")[0] for one in find(query)["found"]]
        firsts = len(set(pages))
        assert len(set(pages[:firsts])) == firsts, query


@pytest.mark.parametrize(
    ("query", "kind"),
    [("publish a package", "guides/"), ("409 Conflict", "guides/errors/"), ("token expired", "guides/")],
)
def test_guides_come_first_unless_an_error_is_asked_for(
    find: Callable[[str], dict], query: str, kind: str
) -> None:
    """A query for a task leads to a guide, one with a status to a page of errors."""
    address = find(query)["found"][0]["address"]
    assert address.startswith(kind) and address.startswith("guides/errors/") == (kind == "guides/errors/")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("keyrnig", "keyring"),
        ("upstraem", "upstream"),
        ("UV_INDEX_OURS_PASSWORD", "UV INDEX PASSWORD"),
        ("keyrin", None),
        ("keyring", None),
        ("402", None),
    ],
)
def test_a_mistyped_word_is_read_as_the_nearest(
    find: Callable[[str], dict], typed: str, read: str | None
) -> None:
    """An unknown word is read as the nearest known one, unless it is a number or the beginning of a word."""
    assert find(typed)["taken"] == ([[typed, read]] if read else [])


@pytest.mark.parametrize("query", ["402", "xyzzyq", "999999"])
def test_what_no_page_has_is_not_found(find: Callable[[str], dict], query: str) -> None:
    """A word or number that is on no page has no result and is named."""
    assert find(query) == {"found": [], "taken": [], "unknown": [query]}


@pytest.mark.parametrize("query", ["", "  ", "the", "…", "constructor"])
def test_what_says_nothing_is_no_error(find: Callable[[str], dict], query: str) -> None:
    """Blanks, signs, stop words and names of JavaScript properties find nothing and break nothing."""
    assert find(query)["found"] == []


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("PIP_INDEX_URL", {"pip_index_url", "pip", "index", "url"}),
        ("PipAuthenticate", {"pipauthent", "pip", "authent"}),
        ("401", {"401"}),
        ("1.2.0", {"1.2.0"}),
        ("feeds", {"feed"}),
        ("3f7a9c21e0b4", set()),
        ("the", set()),
    ],
)
def test_a_word_is_found_whole_and_by_its_parts(word: str, expected: set[str]) -> None:
    """Variables, options and tasks are indexed whole and in parts, numbers whole, digests not at all."""
    assert index.keys(word) == expected


def test_the_index_of_two_pages() -> None:
    """The index has places with weights for each stem, the words' spellings, and the queries' places."""
    pages = {
        "b": [Place("", "Feeds", "See \0a\0 .", Counter({"Feeds": 16}))],
        "a": [Place("", "A", "", Counter()), Place("x", "Tokens", "", Counter({"tokens": 90, "token": 1}))],
    }
    said_of = {"typed": {"a#x": ["leaked"]}, "kinds": {"error": ["b"]}, "synonyms": {"groups": [["a", "b"]]}}
    assert index.index(pages, {"a": "a.html", "b": "b.html"}, said_of) == {
        "pages": [["a.html", "A", "guide"], ["b.html", "Feeds", "error"]],
        "places": [[0, "", "A", ""], [0, "x", "Tokens", ""], [1, "", "Feeds", "See A."]],
        "words": {"feed": [2, 16], "leak": [1, 12], "token": [1, 40]},
        "forms": {"feed": "feeds", "leak": "leaked", "token": "tokens token"},
        "typed": {"leaked": [1]},
        "synonyms": [["a", "b"]],
    }


def test_a_query_for_no_place_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line of search.toml for a place that does not exist is reported, with the file's name."""
    said: list[str] = []
    monkeypatch.setattr(index, "warn", lambda message, location: said.append(message))
    (tmp_path / index.QUERIES).parent.mkdir(parents=True)
    (tmp_path / index.QUERIES).write_text('[typed]\n"a" = ["one"]\n"a#gone" = ["two"]\n', encoding="utf-8")
    sections = {"a": [Place("", "A", "", Counter())]}
    monkeypatch.setattr(index, "of", lambda env: SimpleNamespace(data={"sections": sections}))
    index.check(SimpleNamespace(srcdir=tmp_path), None)
    assert said == [
        "handbook/site/search/search.toml names a#gone, which no page has: correct or drop the line"
    ]


def test_the_index_is_written_when_what_it_holds_changes(tmp_path: Path) -> None:
    """A build rewrites the index only if a page or a query has changed, or if the file is missing."""
    site = Site(tmp_path)
    site.write(
        {
            "conf.py": CONF.replace('"handbook.site.tables.table"', '"handbook.site.search.index"'),
            "index.md": "# Words\n\nOne.\n",
        }
    )
    file = tmp_path / "html" / "_static" / index.FILE
    typed = {index.QUERIES: '[typed]\n"index" = ["oddly"]\n'}
    for change, word in (({}, "one"), ({"index.md": "# Words\n\nTwo.\n"}, "two"), (typed, "oddly")):
        site.write(change)
        assert site.build() == 0
        assert f'"{index.stem(word)}":[' in file.read_text(encoding="utf-8")
        written = file.stat().st_mtime_ns
        assert site.build() == 0
        assert file.stat().st_mtime_ns == written
    file.unlink()
    assert site.build() == 0
    assert file.exists()


def search_for(watched: Watched, typed: str) -> None:
    """Search from the box on the front page, as a reader does, and follow the first result."""
    page = watched.open("index.html")
    page.locator(".sidebar-search").fill(typed)
    page.keyboard.press("Enter")
    page.wait_for_selector(".search-found a")
    title, said = ASKED[typed]
    assert page.locator(".search-said").inner_text() == said
    assert page.locator("#search").input_value() == typed
    assert title in page.locator(".search-found a").first.inner_text()
    page.locator("#search").fill("keyring")
    page.locator(".search-found a", has_text="Failure running").wait_for()
    page.locator(".search-found a").first.click()
    page.wait_for_url("**/guides/credentials/keyring.html")


@pytest.mark.parametrize("typed", ASKED)
def test_a_search_under_the_policy(tab: Watched, typed: str) -> None:
    """Served with its headers, the search finds a code, mistyped or not, and then the next query at once."""
    search_for(tab, typed)


@pytest.mark.parametrize("typed", ASKED)
def test_a_search_from_a_disk(browser: Browser, site: Path, typed: str) -> None:
    """From a disk, the same search works, and nothing is blocked."""
    context = browser.new_context(viewport=tabs.DESK)
    watched = Watched(context, site.as_uri())
    search_for(watched, typed)
    context.close()
    assert watched.faults == []


def open_search(page: Page, typed: str) -> None:
    """Type a query into the box beside the open page, and submit it."""
    page.locator(".sidebar-search").fill(typed)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html#q=*")


@pytest.mark.parametrize("page", ["index.html", "404.html", "search.html"])
def test_a_token_reaches_neither_the_host_nor_the_address(tab: Watched, page: str) -> None:
    """A token searched for by mistake is hidden before it can reach a request, an address or the history."""
    seen: list[str] = []
    tab.page.on("request", lambda request: seen.append(request.url))
    tab.page.on("framenavigated", lambda frame: seen.append(frame.url))
    shown = tab.open(page)
    open_search(shown, f"keyring {TOKEN}")
    expect(shown.locator(".search-said")).to_contain_text("A secret was hidden.")
    expect(shown.locator("#search")).to_have_value("keyring •••")
    shown.locator("#search").fill(f"{TOKEN} keyring")
    expect(shown.locator("#search")).to_have_value("••• keyring")
    shown.locator(".search-found a").first.click()
    shown.wait_for_url(lambda url: "/search.html" not in url)  # otherwise Back would undo this navigation
    shown.go_back()
    expect(shown.locator("#search")).to_have_value("••• keyring")
    assert len(seen) > 5
    assert [one for one in seen if TOKEN[:9] in one or "?q=" in one] == []


def test_a_token_in_an_old_address_is_hidden(tab: Watched) -> None:
    """A search URL with a query, such as a bookmark, still works, and a secret in it is removed."""
    page = tab.open("guides/checked.html")
    page.goto(f"{tab.address}/search.html?q=keyring%20{TOKEN}")
    expect(page.locator(".search-found a").first).to_be_visible()
    assert page.url == f"{tab.address}/search.html#q=keyring%20%E2%80%A2%E2%80%A2%E2%80%A2"


def test_what_readers_search_is_no_secret() -> None:
    """Hiding secrets changes none of the queries in the table."""
    with MiniRacer() as script:
        script.eval((ROOT / "_static" / "mask.js").read_text(encoding="utf-8"))
        hide = script.eval("handbookMask")
        assert [query for query in FIRST if hide(query) != query] == []


def test_without_scripts_nothing_is_sent(browser: Browser, address: str) -> None:
    """Without JavaScript, the box leads to the search page, which says where to start, and sends no query."""
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}/index.html")
        page.locator(".sidebar-search").fill("keyring")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/search\.html\??$"))
        expect(page.locator("noscript p")).to_be_visible()
        expect(page.locator(".search-form")).to_be_hidden()


def test_results_move_nothing(browser: Browser, address: str) -> None:
    """When results appear, the content around them does not move."""
    with browser.new_context() as context:
        context.add_init_script(SHIFTS)
        watched = Watched(context, address)
        for size in (tabs.PHONE, tabs.DESK):
            watched.page.set_viewport_size(size)
            watched.open("guides/checked.html")
            watched.open("search.html").wait_for_selector(".search-found a")
            assert watched.page.evaluate("shifts") == 0
        assert watched.faults == []


def test_the_search_page_is_light(tab: Watched, site: Path) -> None:
    """With results, the page without its index is as light as any other page."""
    tab.open("search.html").wait_for_selector(".search-found a")
    assert any(path.endswith("search-index.js") for path in tab.asked)
    assert tabs.weight(site, tab.asked) < tabs.HEAVIEST


def test_a_lead_keeps_the_space_before_the_name_of_a_file() -> None:
    """A result's text has no space before punctuation, but keeps the one before a name such as .netrc."""
    said = index.said("the section in .pypirc , then keyring .", "", {})
    assert said == "the section in .pypirc, then keyring."
