"""What the page about two feeds says without a case: one version in both, GUIDs for two organizations."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from handbook.cases import names
from handbook.cases.case import find, load
from handbook.feed import answers
from handbook.runner import run
from handbook.runner.observation import Observation
from tests.conftest import ROOT

# The client's case, what pins the version in it, and the feed whose file it installs.
SAME_VERSION = {
    "pip": (r"(?m)^contoso-tools$", "contoso-tools==1.0.0", names.ORGANIZATION_FEED),
    "uv": (r'"contoso-tools"', '"contoso-tools==1.0.0"', names.FEED),
    "poetry": (r'contoso-tools = "\*"', 'contoso-tools = "1.0.0"', names.FEED),
}
ORGANIZATIONS = "uv/fail-two-organizations"
FIRST = answers.guid("project", names.ORGANIZATION, names.PROJECT)
GUIDS = {
    f"{names.PROJECT}/_packaging/{names.FEED}/": (
        f"{FIRST}/_packaging/{answers.guid('feed', names.ORGANIZATION, names.PROJECT, names.FEED)}/"
    ),
    f"{names.OTHER_ORGANIZATION}/_packaging/{names.ORGANIZATION_FEED}/": (
        f"{names.OTHER_ORGANIZATION}/_packaging/"
        f"{answers.guid('feed', names.OTHER_ORGANIZATION, '', names.ORGANIZATION_FEED)}/"
    ),
}


def changed(harness: run.Harness, folder: Path, name: str, changes: dict[str, str]) -> Observation:
    """Run a case after changes to the files that its reader writes: pattern to text."""
    origin = find(ROOT, name)
    target = folder / "snippets" / name
    shutil.copytree(origin, target)
    for file in load(origin).files:
        text = (target / file).read_text(encoding="utf-8")
        for pattern, instead in changes.items():
            text, count = re.subn(pattern, instead, text)
            assert count == 1, (name, pattern)
        (target / file).write_text(text, encoding="utf-8")
    return run.observe(harness, [load(target)], folder / "run")


@pytest.mark.slow
@pytest.mark.parametrize("client", SAME_VERSION)
def test_same_version_in_both_feeds(harness: run.Harness, tmp_path: Path, client: str) -> None:
    """Of one version in both feeds, pip installs the last feed's file, uv and Poetry the first's."""
    pattern, text, feed = SAME_VERSION[client]
    seen = changed(harness, tmp_path, f"{client}/install-two-feeds-one-name", {pattern: text})
    owners = {"": names.ORGANIZATION_FEED, FIRST: names.FEED}
    link = re.compile(r"/contoso/(?:([^/]+)/)?_packaging/.*/download/contoso-tools/")
    links = [link.search(one.url) for one in seen.exchanges]
    assert {owners[one[1] or ""] for one in links if one} == {feed}
    tools = {name: source for name, source in seen.installed.items() if name.startswith("contoso-tools ")}
    assert (seen.exit, tools) == (0, {"contoso-tools 1.0.0": "file-store"})


@pytest.mark.slow
def test_two_organizations_with_guids(harness: run.Harness, tmp_path: Path) -> None:
    """uv installs from two organizations if both addresses have the GUIDs of the files' links."""
    seen = changed(harness, tmp_path, ORGANIZATIONS, GUIDS)
    assert seen.exit == 0, seen.output
    assert seen.installed == {"contoso-data 1.0.0": "file-store", "contoso-utils 1.1.0": "file-store"}


@pytest.mark.slow
@pytest.mark.parametrize("address", GUIDS, ids=["first", "second"])
def test_two_organizations_with_guids_in_one_address(
    harness: run.Harness, tmp_path: Path, address: str
) -> None:
    """uv fails with GUIDs in one of the two addresses alone."""
    seen = changed(harness, tmp_path, ORGANIZATIONS, {address: GUIDS[address]})
    assert seen.exit != 0 and "401 Unauthorized" in seen.output
