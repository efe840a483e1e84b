"""The guide for contributors is right about the words of a case and the packages on the feeds."""

from __future__ import annotations

import re

from handbook.cases import case, names
from handbook.runner import run
from tests import conftest
from tests.conftest import ROOT
from tests.facts import test_organization, test_other_organization, test_views

GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
ABOUT_CASES = GUIDE.partition("## A case\n")[2].partition("\n### ")[0]


def rows(section: str) -> dict[str, str]:
    """Return the table of a section: first cell -> second cell."""
    text = GUIDE.partition(f"{section}\n")[2]
    table = re.search(r"(?:^\|.*\n)+", text, re.MULTILINE)[0].splitlines()[2:]
    return {line.split("|")[1].strip(): line.split("|")[2].strip() for line in table}


def test_the_lists_of_words_are_those_of_the_code() -> None:
    """The verbs, the source names and the time limit in the guide are those of the code."""
    assert f"`{' '.join(case.VERBS)}`" in ABOUT_CASES
    assert " ".join(f"`{name}`" for name in names.SOURCES) == " ".join(
        re.findall(r"`\w+`", ABOUT_CASES.partition("The source is ")[2].partition(" feed;")[0])
    )
    assert run.SECONDS == 120 and "longer than two minutes" in ABOUT_CASES


def test_the_packages_are_those_that_are_there() -> None:
    """Feed, view, upstream source, second feed and PyPI have exactly the packages in the table."""
    held = {
        "the feed `python-internal`": [
            *conftest.FILES,
            conftest.ONLY_HERE,
            conftest.WITH_COMMAND,
            conftest.WITH_REQUIREMENT,
        ],
        "its view `@Release`": [
            file for file in conftest.FILES if file.filename in test_views.FEED_CHANGES["promoted"]["Release"]
        ],
        "its upstream source": conftest.UPSTREAM,
        "the feed `shared` of the organization": test_organization.FEED_CHANGES["files"],
        "the feed `shared` of the organization `contoso-labs`": test_other_organization.FEED_CHANGES["files"],
        "PyPI": run.PUBLIC,
    }
    said = {
        where: re.findall(r"[a-z][a-z-]* \d[\d.]*\d", what)
        for where, what in rows("### The packages").items()
    }
    assert {where: set(found) for where, found in said.items()} == {
        where: {f"{file.name} {file.version}" for file in files} for where, files in held.items()
    }
