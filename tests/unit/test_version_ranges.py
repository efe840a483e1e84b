"""Ranges on tiny sites: what a page prints of a version record, and what it prints without a current one."""

from __future__ import annotations

import html
from datetime import date
from pathlib import Path

import pytest

from handbook.cases import version_record
from handbook.cases.case import load
from handbook.cases.version_record import OTHERWISE, SAME, WORDS, Record, Span, Subject
from tests.unit.test_ext import CONF, PAGES, Site, new_site, with_extensions, words

LEAK = "asks PyPI for contoso-a"
SPANS = (
    Span("23.0", "23.0", 1, OTHERWISE, f"exit 2; {LEAK}", LEAK),
    Span("23.1", "25.3", 4, WORDS),
    Span("26.0", "26.3", 2, SAME),
)
TEXT = "Works with {release}`pip/install-env`, run with {release}`uv`.\n\n"
TEXT += ":::{version-overview}\n:::\n\n:::{version-changes}\n:::\n"


def write_record(site: Site, spans: tuple[Span, ...] = SPANS, untried: tuple[str, ...] = ()) -> None:
    """Write a record of pip with one case."""
    digest = version_record.digest([load(site.root / "snippets" / "pip" / "install-env")])
    tried = ("23.0", "23.1", "24.0", "25.0", "25.3", "26.0", "26.3")
    releases = {one: {"date": date(2026, 1, 1), "dependencies": "today"} for one in tried}
    record = Record(
        "pip", "Linux", "3.11.2", releases, {"pip/install-env": Subject(digest, spans)}, untried=untried
    )
    file = site.root / version_record.FOLDER / "pip.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(version_record.text(record))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build a tiny handbook with a record and two proved cases."""
    made = new_site(tmp_path_factory.mktemp("ranges"))
    made.write({"conf.py": with_extensions(CONF, "tables.version_changes")})
    made.write({"guides/pip.md": PAGES["guides/pip.md"] + "\n" + TEXT})
    made.prove("pip/install-env", "pip/leak-extra")
    write_record(made)
    assert made.build() == 0
    return made


def said(site: Site, page: str = "guides/pip") -> str:
    """Return the text of a page as a reader sees it."""
    return " ".join(html.unescape(words(site.page(page))).split())


def test_an_example_has_its_range(site: Site) -> None:
    """The mark under an example names the measured releases or, without a record, the pinned release."""
    assert "✓ pip 23.1 to 26.3" in said(site)
    assert "pip 26.3; holds in 23.1 to 26.3, 6 tried" in said(site)
    assert said(site).count("✓ pip 26.3") == 1  # the case without a record


def test_a_safety_claim_that_fails_is_a_warning(site: Site) -> None:
    """Where a release asks PyPI for a private name, a line under the example says which."""
    assert f"⚠ pip 23.0: {LEAK}." in said(site)


def test_the_role_prints_what_was_measured(site: Site) -> None:
    """In prose the role prints the range of a case, or the pinned release of a client."""
    assert "Works with pip 23.1 to 26.3, run with uv 26.3." in said(site)


def test_what_old_releases_do_otherwise(site: Site) -> None:
    """Below releases stands what they do otherwise, with the example; what is not safe is marked."""
    text = said(site)
    assert "Tried: 7 releases from 23.0 to 26.3, on Linux with Python 3.11.2." in text
    assert "Before 23.1 ⚠ Asks PyPI for a private name: Title of pip/install-env" in text
    assert "pip 23.0 to 26.3 23.1 to 26.3 ⚠ up to 23.0" in text


def test_a_release_with_other_words_is_not_listed(site: Site) -> None:
    """A release in which only the words of an example differ is not listed."""
    assert "25.3" not in said(site).partition("Tried: 7 releases")[2].partition("Before 23.1")[0]
    assert "26.0" not in said(site).partition("Before 23.1")[2]


def test_a_record_that_is_out_of_date_prints_nothing(tmp_path: Path) -> None:
    """A changed example shows only the pinned release until a new record rebuilds its page."""
    made = new_site(tmp_path)
    write_record(made)
    made.write({"snippets/pip/install-env/run.sh": "pip  list  --local\n"})
    made.prove("pip/install-env", "pip/leak-extra")
    assert made.build() == 0
    assert said(made).count("✓ pip 26.3") == 2 and LEAK not in said(made)
    write_record(made, untried=("23.0.1",))
    assert "pip" in made.rebuilt()
    assert "✓ pip 23.1 to 26.3" in said(made)


def test_a_change_that_was_not_narrowed_down(tmp_path: Path) -> None:
    """Where a release between two was not tried, the list says which may do either."""
    made = new_site(tmp_path)
    made.write({"conf.py": with_extensions(CONF, "tables.version_changes")})
    made.write({"guides/pip.md": PAGES["guides/pip.md"] + "\n" + TEXT})
    made.prove("pip/install-env", "pip/leak-extra")
    write_record(made, untried=("23.0.1",))
    assert made.build() == 0
    assert "Up to 23.0, perhaps to 23.0.1 ⚠ Asks PyPI" in said(made)


def test_a_name_that_is_nothing(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """A role that names no case, entry or client fails the build with a message that says what to name."""
    made = new_site(tmp_path)
    made.write({"guides/pip.md": PAGES["guides/pip.md"] + "\n{release}`pip/instal-env`\n"})
    assert made.build() == 1
    assert "release pip/instal-env is not measured: name a case" in capsys.readouterr().err


def test_a_broken_record_fails_the_build(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """A record that cannot be read is reported once, in one line, and fails a strict build."""
    made = new_site(tmp_path)
    made.prove("pip/install-env", "pip/leak-extra")
    made.write({"tests/versions/pip.toml": "client = \n"})
    assert made.build() == 1
    assert capsys.readouterr().err.count("tests/versions/pip.toml: is not a record") == 1
