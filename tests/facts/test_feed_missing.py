"""Facts about what a feed does not offer, and about what the measured installs and the checklist ask."""

from __future__ import annotations

import pytest

from tests.conftest import ONLY_HERE, UPSTREAM, Asker
from tests.facts.fact import fact

pytestmark = pytest.mark.vcr


@fact(inferred="as GET; no trace of HEAD on what nobody saved yet")
def test_head_on_a_version_to_save(feed: Asker) -> None:
    """HEAD on a version that nobody saved yet redirects: asked as a contributor, too, because a case does."""
    credential = "contributor-write"
    assert feed.ask("HEAD", feed.link(UPSTREAM[0].filename, credential), credential).is_redirect


@fact("upload-duplicate", "upload-duplicate-reason")
def test_its_file_is_not_taken_again(feed: Asker) -> None:
    """A file that the feed holds is answered 409: asked of contoso-tools, too, because a page links this."""
    assert feed.upload(ONLY_HERE.filename).status_code == 409
