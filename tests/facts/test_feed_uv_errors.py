"""Facts that only uv's failures need: pages that list a version which uv does not take."""

from __future__ import annotations

import pytest

from tests.conftest import Asker
from tests.facts.fact import fact

pytestmark = pytest.mark.vcr


@fact("simple-page-layout", "version-segment-development-release")
def test_page_lists_a_development_release(feed: Asker) -> None:
    """A development release that was published stands on its package's page, as any version does."""
    name = "contoso_utils-1.2.0.dev1-py3-none-any.whl"
    assert feed.upload(name).status_code == 200
    assert name in feed.ask("GET", "simple/contoso-utils/", "contributor-read").text


@fact("simple-page-layout")
def test_page_lists_a_wheel_for_another_system(feed: Asker) -> None:
    """A wheel for one system stands on the page whoever asks: the feed does not choose."""
    name = "contoso_utils-1.2.0-py3-none-win_amd64.whl"
    assert feed.upload(name).status_code == 200
    assert name in feed.ask("GET", "simple/contoso-utils/", "contributor-write").text
