"""The example packages, and the two example feeds as reference feeds."""

from __future__ import annotations

from collections.abc import Iterable

from handbook.feed import packages
from handbook.feed.credentials import Classify
from handbook.feed.packages import File
from handbook.feed.reference_feed import ReferenceFeed

FILES = [packages.wheel("contoso-utils", "1.0.0"), packages.wheel("contoso-utils", "1.1.0", ">=3.9")]
ONLY_HERE = packages.wheel("contoso-tools", "1.0.0")
WITH_COMMAND = packages.wheel("contoso-cli", "1.0.0", command="contoso-cli")
WITH_REQUIREMENT = packages.wheel("contoso-web", "1.0.0", requires=("certifi",))
UPSTREAM = [
    packages.wheel("idna", "3.11", supplier="PyPI"),
    packages.wheel("certifi", "2025.11.12", supplier="PyPI"),
    packages.wheel("certifi", "2026.1.4", supplier="PyPI"),
]
SAVED = UPSTREAM[1]  # saved from the upstream earlier
# A stranger's version on PyPI, under a name that the feed has as well.
STRANGER = packages.wheel("contoso-utils", "9.9.9", supplier="a stranger")
COMMON = packages.wheel("contoso-common", "1.0.0")  # the package in the organization-scoped feed
PROMOTED = {"Prerelease": (), "Release": (FILES[0].filename,)}


def feeds(
    organization: str,
    project: str | None,
    feed: str,
    second: str,
    uploaded: Iterable[File] = (),
    classify: Classify | None = None,
) -> list[ReferenceFeed]:
    """Return new instances of both example feeds under these names; the first also has `uploaded`."""
    first = ReferenceFeed(
        organization,
        project,
        feed,
        [*FILES, ONLY_HERE, WITH_COMMAND, WITH_REQUIREMENT, *uploaded],
        [*UPSTREAM, STRANGER],
        saved=[SAVED.filename],
        classify=classify,
        promoted=PROMOTED,
    )
    return [first, ReferenceFeed(organization, None, second, [COMMON], classify=classify)]
