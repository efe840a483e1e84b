"""Facts that uv asks for: HEAD on a link, with a credential and without, and what comes before publishing."""

from __future__ import annotations

import pytest

from tests.conftest import ONLY_HERE, UPSTREAM, Asker
from tests.facts.fact import fact

pytestmark = pytest.mark.vcr
SAVED = UPSTREAM[0]
NEXT, TOOLS = "contoso_utils-1.2.0-py3-none-any.whl", "contoso_tools-1.1.0-py3-none-any.whl"


@fact("unauthenticated-page")
@pytest.mark.parametrize("name", ["contoso-greeting", "contoso-nothing"], ids=["greeting", "nothing"])
def test_page_of_an_unknown_package_is_closed(feed: Asker, name: str) -> None:
    """Without a credential the feed does not say whether it holds a package: 401, as for any other."""
    assert feed.ask("GET", f"simple/{name}/", "none").status_code == 401


@fact("unauthenticated-download")
def test_its_file_is_closed(feed: Asker) -> None:
    """A link opens nothing without a credential: asked of contoso-tools, too, because cases install it."""
    assert feed.ask("GET", feed.link(ONLY_HERE.filename), "none").status_code == 401


@fact(inferred="GET is closed; dependabot-core#15207 (June 2026) has HEAD fail, its status was not read")
def test_head_on_its_file_is_closed(feed: Asker) -> None:
    """HEAD without a credential is closed: asked of contoso-tools, too, because cases install it."""
    assert feed.ask("HEAD", feed.link(ONLY_HERE.filename), "none").status_code == 401


@fact("head-redirected")
def test_head_on_its_file(feed: Asker) -> None:
    """HEAD redirects to the file store: asked of contoso-tools, too, because cases install it."""
    assert feed.ask("HEAD", feed.link(ONLY_HERE.filename)).is_redirect


@fact(inferred="GET is closed; no trace of HEAD on what nobody saved yet")
def test_head_on_an_unsaved_version_is_closed(feed: Asker) -> None:
    """HEAD on a version that nobody saved yet is closed without a credential."""
    assert feed.ask("HEAD", feed.link(SAVED.filename), "none").status_code == 401


@fact(inferred="as GET, on which sources disagree (403 or 404); no trace of HEAD on what nobody saved yet")
def test_head_on_an_unsaved_version_is_refused(feed: Asker) -> None:
    """HEAD on a version that nobody saved yet is answered 403 to a reader."""
    assert feed.ask("HEAD", feed.link(SAVED.filename)).status_code == 403


@fact(inferred="as GET; no trace of HEAD on what nobody saved yet")
def test_head_on_a_version_to_save(feed: Asker) -> None:
    """HEAD on a version that nobody saved yet redirects whoever may save it."""
    credential = "collaborator-write"
    assert feed.ask("HEAD", feed.link(SAVED.filename, credential), credential).is_redirect


@fact(inferred="a page lists one package; no capture of two pages around an upload")
def test_upload_leaves_other_pages_alone(feed: Asker) -> None:
    """An upload to one package does not change the page of another."""
    credential = "contributor-write"
    before = feed.ask("GET", "simple/contoso-utils/", credential).text
    feed.upload(TOOLS)
    assert feed.ask("GET", "simple/contoso-utils/", credential).text == before


@fact("simple-page-layout")
@pytest.mark.parametrize("last", [TOOLS, NEXT], ids=["tools-last", "utils-last"])
def test_page_lists_what_was_published(feed: Asker, last: str) -> None:
    """After two uploads of different packages, in whatever order, each stands on its own page."""
    credential = "contributor-write"
    for name in sorted([NEXT, TOOLS], key=lambda name: name == last):
        page = f"simple/{name.partition('-')[0].replace('_', '-')}/"
        assert name not in feed.ask("GET", page, credential).text
        assert feed.upload(name).status_code == 200
        assert name in feed.ask("GET", page, credential).text
    assert NEXT in feed.ask("GET", "simple/contoso-utils/", credential).text


@fact(inferred="a page lists one package; no capture of two pages around an upload")
def test_other_page_after_an_upload(feed: Asker) -> None:
    """A page does not list what was published under another name."""
    feed.upload(NEXT)
    assert NEXT not in feed.ask("GET", "simple/contoso-tools/", "contributor-write").text


@fact(inferred="uv asks there before it publishes; no capture of the answer")
def test_no_trusted_publishing_after_an_upload(feed: Asker) -> None:
    """The address of trusted publishing is answered 404 whatever was published before."""
    feed.upload(NEXT)
    assert feed.ask("GET", "https://pkgs.dev.azure.com/_/oidc/audience", "none").status_code == 404
