"""Facts about upstream sources: what a package of your own keeps out, and what cannot be published."""

from __future__ import annotations

import re

import pytest

from handbook.feed import packages
from tests.conftest import FILES, UPSTREAM, Asker
from tests.facts.fact import fact

pytestmark = pytest.mark.vcr
OLD, NEW = (file.filename for file in FILES)
FEED_CHANGES = {"upstream": [*UPSTREAM, packages.wheel("contoso-utils", "9.9.9", supplier="a stranger")]}


@fact("upstream-external-versions", "upstream-saving")
def test_own_name_keeps_external_versions_out(feed: Asker) -> None:
    """The page of a package that was published to the feed lists no version from an upstream source."""
    page = feed.ask("GET", "simple/contoso-utils/").text
    assert re.findall(r">(contoso_utils-[^<]+)</a>", page) == [NEW, OLD]


@fact("upstream-version-exists", "upstream-saving")
def test_version_of_an_upstream_is_not_published(feed: Asker) -> None:
    """Publishing a version that an upstream source has is answered 409."""
    answer = feed.upload(UPSTREAM[0].filename)
    assert answer.status_code == 409
    assert "because it exists in at least one of the feed's upstream sources." in answer.json()["message"]
