"""The example packages, and the example feeds as reference feeds."""

from __future__ import annotations

from collections.abc import Iterable

from handbook.feed import packages
from handbook.feed.credentials import ELSEWHERE, Classify
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
# The organization-scoped feed has a name of the first feed as well: the same version, and a higher one.
TWICE = [
    packages.wheel("contoso-tools", version, supplier="the second feed") for version in ("1.0.0", "2.0.0")
]
DATA = packages.wheel("contoso-data", "1.0.0")  # the package in the feed of the second organization
MEMBERS = {ELSEWHERE: "reader-read"}  # the tokens that the second organization knows
PROMOTED = {"Prerelease": (), "Release": (FILES[0].filename,)}


def feeds(
    organization: str,
    project: str | None,
    feed: str,
    second: str,
    other: str,
    uploaded: Iterable[File] = (),
    classify: Classify | None = None,
) -> list[ReferenceFeed]:
    """Return new instances of the example feeds; the first also has `uploaded`.

    second: the name of the organization-scoped feed. other: the organization of a feed of the same name.
    """
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
    return [
        first,
        ReferenceFeed(organization, None, second, [COMMON, *TWICE], classify=classify),
        ReferenceFeed(other, None, second, [DATA], classify=classify, members=MEMBERS),
    ]
