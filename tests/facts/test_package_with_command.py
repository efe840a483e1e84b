"""Facts about the package with a command: requests of the tools that install commands."""

from __future__ import annotations

import pytest

from handbook.feed.simple_page import links
from tests.conftest import WITH_COMMAND, Asker
from tests.facts.fact import fact

pytestmark = pytest.mark.vcr
PAGE = "simple/contoso-cli/"


@fact("simple-page-layout", "simple-page-second-capture")
def test_page_of_a_package_with_a_command(feed: Asker) -> None:
    """The page of a package with a command lists its file, like any other page."""
    (link,) = links(feed.ask("GET", PAGE).text)
    assert link["href"].endswith(f"{WITH_COMMAND.filename}#sha256={WITH_COMMAND.sha256}")


@fact("unauthenticated-page", "wrong-credential-page")
@pytest.mark.parametrize("credential", ["none", "wrong"])
def test_its_page_is_closed(feed: Asker, credential: str) -> None:
    """The page of a package with a command opens neither without a credential nor with a wrong one."""
    assert feed.ask("GET", PAGE, credential).status_code == 401


@fact("expired-challenge", "expired-token-header")
def test_its_page_after_the_end_of_a_token(feed: Asker) -> None:
    """The page of a package with a command is closed to an expired token."""
    assert feed.ask("GET", PAGE, "expired").status_code == 401


@fact("download-redirect-status", "download-redirect-location")
def test_its_file_redirects(feed: Asker) -> None:
    """The link to a package with a command redirects to the file store."""
    assert feed.ask("GET", feed.link(WITH_COMMAND.filename)).status_code == 303


@fact("store-headers")
def test_its_file_comes_whole(feed: Asker) -> None:
    """The file store returns the file of a package with a command, byte for byte."""
    location = feed.ask("GET", feed.link(WITH_COMMAND.filename)).headers["Location"]
    assert feed.ask("GET", location, "none").content == WITH_COMMAND.content


@fact("unauthenticated-download")
def test_its_file_is_closed(feed: Asker) -> None:
    """The link to a package with a command is answered 401 without a credential."""
    assert feed.ask("GET", feed.link(WITH_COMMAND.filename), "none").status_code == 401


@fact(inferred="GET is closed; dependabot-core#15207 (June 2026) has HEAD fail, its status was not read")
def test_head_on_its_file_is_closed(feed: Asker) -> None:
    """HEAD on the link to a package with a command is answered 401 without a credential."""
    assert feed.ask("HEAD", feed.link(WITH_COMMAND.filename), "none").status_code == 401


@fact("head-redirected")
def test_head_on_its_file(feed: Asker) -> None:
    """HEAD on the link to a package with a command redirects to the file store."""
    assert feed.ask("HEAD", feed.link(WITH_COMMAND.filename)).is_redirect
