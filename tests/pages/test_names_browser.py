"""A reader's own names in a real browser: typed once, shown on every page, and never a token."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from handbook.cases import names
from handbook.site.look import package
from tests.pages import browser as tabs
from tests.pages.browser import Watched
from tests.unit.test_names import HOSTILE, TOKENS

PIP, UV, ADDRESSES = "guides/clients/pip.html", "guides/clients/uv.html", "guides/feeds/addresses.html"
EXAMPLE = "https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/simple/"
OTHER = EXAMPLE.replace("contoso/platform", "fabrikam/Data%20Team").replace("python-internal", "wheels")
SHARED = "https://pkgs.dev.azure.com/fabrikam/_packaging/wheels@Local/pypi/simple/"
VALUES = ["fabrikam", "Data Team", "wheels", ""]
BAR = "https://dev.azure.com/fabrikam/Data%20Team/_artifacts/feed/wheels"
KEPT = f"localStorage.setItem('handbook-names', {json.dumps(json.dumps([*VALUES[:3], 'data-tools']))})"
STORED = "localStorage.getItem('handbook-names')"
SHIFTS = """shifts = 0;
new PerformanceObserver((list) => list.getEntries().forEach((one) => (shifts += one.value)))
  .observe({ type: "layout-shift", buffered: true });"""
# Before each frame is painted: which example names are in completely parsed marks?
FLASHES = """flashes = [], frames = 0;
const closed = (node) => node && (node.nextSibling || closed(node.parentNode));
const look = () => {
  const marks = [...document.querySelectorAll("[class*='-V']")].filter(closed);
  frames += marks.length > 0;
  flashes.push(...marks.map((one) => one.textContent).filter((text) => /contoso|python-internal/.test(text)));
  requestAnimationFrame(look);
};
requestAnimationFrame(look);"""


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Provide a browser without stored data."""
    with browser.new_context(viewport=tabs.DESK) as context:
        yield context


def fields(page: Page) -> list:
    """Return the fields of the opened form: organization, project, feed, package."""
    page.locator(".names").evaluate("form => (form.open = true)")
    return page.locator(".names input").all()


def choose(page: Page, *values: str) -> None:
    """Type the names, with or without a package, and submit the form."""
    for field, value in zip(fields(page), values, strict=False):
        field.fill(value)
    page.keyboard.press("Enter")


def said(page: Page) -> str:
    """Return the form's message."""
    return page.locator(".names [role=status]").inner_text()


def article(page: Page) -> str:
    """Return the text of the article, including tabs and collapsed parts."""
    return page.locator("article").evaluate("one => one.textContent")


def test_names_typed_once_are_on_every_page(tab: Watched) -> None:
    """Names typed on one page appear there and on the next page, and one click restores the examples."""
    page = tab.open(UV)
    assert EXAMPLE in article(page)
    choose(page, *VALUES)
    assert OTHER in article(page)
    assert EXAMPLE not in article(page)
    assert said(page) == "All pages show your names now."
    page = tab.open(ADDRESSES)
    assert OTHER in article(page)
    assert names.occurrences(article(page)) == []
    assert [field.input_value() for field in fields(page)] == VALUES
    page.get_by_role("button", name="Back to the examples").click()
    assert EXAMPLE in article(page)
    assert page.evaluate(STORED) is None
    assert EXAMPLE in article(tab.open(UV))


def test_another_tab_follows(context: BrowserContext, address: str) -> None:
    """A second open tab follows the first one to the names and back to the examples."""
    first, second = context.new_page(), context.new_page()
    first.goto(f"{address}/{UV}")
    second.goto(f"{address}/{ADDRESSES}")
    shown = second.locator(".names-shown")
    choose(first, *VALUES)
    shown.filter(has_text="fabrikam · Data Team/wheels").wait_for()
    assert OTHER in article(second)
    first.get_by_role("button", name="Back to the examples").click()
    shown.filter(has_text="contoso · platform/python-internal").wait_for()
    assert EXAMPLE in article(second)


def test_a_pasted_address_fills_all_fields(tab: Watched) -> None:
    """A feed URL pasted into any field fills in all three names, and a credential in it is removed."""
    page = tab.open(ADDRESSES)
    for field in fields(page):
        field.fill(f"index-url={OTHER.replace('https://', 'https://az:s3cret@')}")
        assert [field.input_value() for field in fields(page)] == VALUES
        assert OTHER in article(page)
        assert "s3cret" not in page.content() + page.evaluate("JSON.stringify(localStorage)")
        page.get_by_role("button", name="Back to the examples").click()


def test_the_address_in_the_browsers_bar_fills_the_fields(tab: Watched) -> None:
    """The URL of the open feed in the address bar fills in its names, and that of a package also its name."""
    page = tab.open(UV)
    fields(page)[0].fill(BAR)
    assert [field.input_value() for field in fields(page)] == VALUES
    assert OTHER in article(page)
    assert said(page).startswith("All pages show your names now. If the feed belongs to the organization")
    fields(page)[3].fill(f"{BAR}/PyPI/data-tools/overview/2.0")
    assert [field.input_value() for field in fields(page)] == [*VALUES[:3], "data-tools"]
    assert "contoso-utils" not in page.locator(".case:visible").first.inner_text()
    fields(page)[0].fill(BAR)  # the feed's URL again: the package stays
    assert fields(page)[3].input_value() == "data-tools"


def test_a_package_takes_the_place_of_the_examples(tab: Watched) -> None:
    """A reader's package replaces the example in files, commands, outputs and file names until cleared."""
    page = tab.open("guides/clients/pip.html")
    before = article(page)
    assert before.count("contoso-utils") > 10
    choose(page, *VALUES[:3], "Data.Tools")
    after = article(page)
    assert after.count("Data.Tools") >= before.count("contoso-utils") > 10
    assert "contoso-utils" not in after
    assert "import contoso" in before or before.count("contoso_utils-") == after.count("data_tools-")
    fields(page)[3].fill("")
    page.keyboard.press("Enter")
    assert article(page).count("contoso-utils") == before.count("contoso-utils")
    page.get_by_role("button", name="Back to the examples").click()


def test_names_of_an_older_visit_are_kept(context: BrowserContext, address: str) -> None:
    """Names stored before the form had a package field are still shown."""
    context.add_init_script(f"localStorage.setItem('handbook-names', {json.dumps(json.dumps(VALUES[:3]))})")
    page = context.new_page()
    page.goto(f"{address}/{UV}")
    assert OTHER in article(page)
    assert "contoso-utils" in article(page)


@pytest.mark.parametrize(
    ("values", "at", "reason"),
    [
        (("", "", ""), 0, "The organization is missing: in the address of a feed it is the first name."),
        (("fabrikam", "", ""), 2, "The feed is missing: in its address it comes after _packaging/ or"),
        (
            ("https://dev.azure.com/fabrikam/Data%20Team", "", ""),
            0,
            "This is not the address of a feed:",
        ),
        (
            ("fabrikam", "", "https://example.org/feeds/wheels"),
            2,
            "This is not the address of a feed:",
        ),
        (
            ("fabri kam", "", "wheels"),
            0,
            f"This organization is not allowed: use {names.ALLOWED['ORGANIZATION'][1]}.",
        ),
        (("fabrikam", "", "wheels", "a b"), 3, f"This package is not allowed: use {package.ALLOWED[1]}."),
    ],
)
def test_a_refusal_gives_its_reason(tab: Watched, values: tuple[str, ...], at: int, reason: str) -> None:
    """An empty field, another site's URL and a forbidden character each get their own message."""
    page = tab.open(ADDRESSES)
    choose(page, *values)
    assert said(page).startswith(reason)
    assert [field.get_attribute("aria-invalid") for field in fields(page)].index("true") == at
    assert page.evaluate(STORED) is None


def test_the_labels_of_the_form_are_in_line(tab: Watched) -> None:
    """In a wide window, the four fields are side by side at the same height."""
    page = tab.open(ADDRESSES)
    assert len({field.bounding_box()["y"] for field in fields(page)}) == 1


def test_an_organization_feed_has_no_project(tab: Watched) -> None:
    """Without a project, the URLs lose its segment, and only install URLs keep a view."""
    page = tab.open(ADDRESSES)
    fields(page)[2].fill(SHARED)
    text = article(page)
    assert SHARED in text
    assert "https://pkgs.dev.azure.com/fabrikam/_packaging/wheels@Release/pypi/simple/" in text
    assert "https://pkgs.dev.azure.com/fabrikam/_packaging/wheels/pypi/upload/" in text


def test_a_hostile_value_is_refused(tab: Watched) -> None:
    """An invalid name changes nothing and is not stored, and the message says what is allowed."""
    page = tab.open(ADDRESSES)
    before = page.locator("section").first.inner_text()
    for value in (one for one in HOSTILE if one == one.strip()):
        choose(page, "fabrikam", value, "wheels")
        assert said(page) == f"This project is not allowed: use {names.ALLOWED['PROJECT'][1]}.", value
        assert fields(page)[1].get_attribute("aria-invalid") == "true"
        assert page.evaluate(STORED) is None
    page.locator(".names").evaluate("form => (form.open = false)")
    assert page.locator("section").first.inner_text() == before


def test_a_token_is_not_taken(tab: Watched) -> None:
    """A token typed into any field is removed before the form is submitted, and stored nowhere."""
    page = tab.open(ADDRESSES)
    for value in (*TOKENS, "https://az:s3cret@example.org/"):
        for field in fields(page):
            field.fill(value)
            assert field.input_value() == "", value
            assert said(page) == f"Not used: {names.NO_TOKEN}."
        assert value not in page.content() + page.evaluate("JSON.stringify(localStorage)")


def test_a_tampered_memory_is_ignored(tab: Watched) -> None:
    """Stored data that no page of the handbook wrote is ignored."""
    page = tab.open(ADDRESSES)
    token = json.dumps(["a", "p", TOKENS[1]])
    for stored in (
        "",
        "{",
        "null",
        "{}",
        '["a","b"]',
        '["a","b",1]',
        '["<b>","","f"]',
        '["$(id)","","f"]',
        token,
    ):
        page.evaluate("value => localStorage.setItem('handbook-names', value)", stored)
        page.reload()
        assert page.locator(".names-shown").inner_text() == "Shown: contoso · platform/python-internal", (
            stored
        )
    assert EXAMPLE in article(page)


def test_what_is_copied_is_what_is_shown(context: BrowserContext, address: str) -> None:
    """The copy button copies the text with the reader's names, byte for byte."""
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    context.add_init_script(KEPT)
    page = context.new_page()
    page.goto(f"{address}/{PIP}")
    block = page.locator(".case").filter(has_text="Data%20Team").first.locator(".literal-block-wrapper").first
    block.get_by_role("button").click()
    block.get_by_role("button").filter(has_text="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == block.locator("pre").evaluate("one => one.textContent")
    assert OTHER.removeprefix("https://") in copied


def test_a_proof_says_what_was_checked(context: BrowserContext, address: str) -> None:
    """While other names are shown, the proofs' line says that they ran with the example names."""
    page = context.new_page()
    page.goto(f"{address}/{ADDRESSES}")
    page.locator(".proof").first.evaluate(
        "line => line.classList.add('page-grade')"
    )  # a test's site has no proof
    page.evaluate("html => document.dispatchEvent(new Event('DOMContentLoaded'))")
    line = page.locator(".page-grade").first
    before = line.inner_text()
    choose(page, *VALUES)
    assert line.inner_text() == f"{before} All were run with the example names."
    page.get_by_role("button", name="Back to the examples").click()
    assert line.inner_text() == before


@pytest.mark.parametrize("size", [tabs.PHONE, tabs.DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("path", [UV, "guides/first-package.html"])
def test_nothing_flashes_and_nothing_moves(browser: Browser, address: str, path: str, size: dict) -> None:
    """If names are stored, no frame shows the examples, and nothing moves."""
    context = browser.new_context(viewport=size)
    context.add_init_script(f"{SHIFTS}{FLASHES}{KEPT}")
    page = context.new_page()
    page.goto(f"{address}/{path}")
    page.wait_for_function("frames > 1")
    assert page.evaluate("flashes") == []
    assert page.evaluate("shifts") == 0
    assert tabs.probe(page, "overflow") == []
    context.close()


def test_without_javascript_the_examples_stand(browser: Browser, address: str) -> None:
    """Without JavaScript, there is no form, and the page shows the examples."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/{ADDRESSES}")
    assert EXAMPLE in page.locator("article").inner_text()
    assert not page.locator(".names").is_visible()
    context.close()


def test_paper_has_the_names_and_no_form(context: BrowserContext, address: str) -> None:
    """In print, the form is hidden and the reader's names are shown."""
    context.add_init_script(KEPT)
    page = context.new_page()
    page.goto(f"{address}/{ADDRESSES}")
    assert page.locator(".names").is_visible()
    page.emulate_media(media="print")
    assert not page.locator(".names").is_visible()
    assert OTHER in page.locator("article").inner_text()


def test_it_works_from_a_disk(context: BrowserContext, site: Path) -> None:
    """Pages opened as files, without a server, keep the names as well."""
    page = context.new_page()
    page.goto((site / UV).as_uri())
    choose(page, *VALUES)
    page.goto((site / ADDRESSES).as_uri())
    assert OTHER in article(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_form_is_accessible(browser: Browser, address: str, scheme: str) -> None:
    """The opened form with a message has no axe violation on a phone, and fits its width."""
    context = browser.new_context(viewport=tabs.PHONE, color_scheme=scheme, bypass_csp=True)
    tab = tabs.Watched(context, address)
    page = tab.open(ADDRESSES)
    choose(page, "-", "", "")
    assert tabs.violations(tab, everything=True) == []
    assert tabs.probe(page, "overflow") == []
    context.close()
