"""Facts that only Poetry's cases need: a saved file, a second wheel of a version."""

from __future__ import annotations

import pytest

from tests.conftest import UPSTREAM, Asker
from tests.facts.fact import fact

pytestmark = pytest.mark.vcr


@fact("upstream-saving", "store-headers", "range-through-redirect")
def test_saved_version_is_stored(feed: Asker) -> None:
    """The file store gives what was saved from an upstream, byte for byte."""
    location = feed.ask("GET", feed.link(UPSTREAM[0].filename, "collaborator-write"), "collaborator-write")
    assert feed.ask("GET", location.headers["Location"], "none").content == UPSTREAM[0].content


@fact("upload-second-file-of-version")
def test_wheel_for_another_system(feed: Asker) -> None:
    """A second wheel of a version that the feed holds is accepted: its file name is new."""
    assert feed.upload("contoso_utils-1.1.0-py3-none-win_amd64.whl").status_code == 200
