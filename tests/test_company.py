"""A company's own handbook: its settings, what they change on every page, and what stops the build."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from _ext import company, marks
from _ext.cases import piece_id
from checks import names, shells
from checks.case import all_cases
from tests import pages
from tests.conftest import ROOT
from tests.shared import once
from tests.test_ext import Site
from tests.test_ext import words as plain
from tests.test_other_names import OTHER

MARK = re.compile(r'(<span class="[^"]*-V(\w)">)(?:<span class="pre">.*?</span>|[^<]*)</span>')
FORM = re.compile(r'<details class="names".*?</details>', re.DOTALL)
VARIABLES = {
    company.SWITCH,
    *(f"HANDBOOK_{key.upper()}" for key in company.ALLOWED),
}  # whoever runs the tests
SETTINGS = """organization = "fabrikam"
project = "Data Team"
feed = "wheels"
title = "Fabrikam's feeds"
logo = "company/light.svg"
logo_dark = "company/dark.svg"
contact = "https://help.fabrikam.example/feeds"
"""
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
OWN = {
    "handbook.toml": SETTINGS,
    "light.svg": PICTURE,
    "dark.svg": PICTURE,
    "index.md": "# How we work\n\n{case}`With pip <pip/install-env>`, from `python-internal`.\n",
    "access.md": "# Get access\n\n{doc}`First <index>`.\n",
}


def fork(folder: Path) -> Path:
    """Make a checkout like this one, with a folder `company`."""
    (folder / "company").mkdir(parents=True)
    for file in ROOT.iterdir():
        if file.name not in ("company", ".git", ".envs"):
            (folder / file.name).symlink_to(file)
    for name, text in OWN.items():
        (folder / "company" / name).write_text(text, encoding="utf-8")
    return folder


def build(folder: Path) -> str:
    """Build the fork's site strictly; return what Sphinx complains of."""
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-n", "-q", "-d", f"{folder}.doctrees"]
    source = fork(folder.with_name(f"{folder.name}.fork"))
    variables = {key: value for key, value in os.environ.items() if key not in VARIABLES}
    done = subprocess.run(
        [*command, source, folder], capture_output=True, text=True, check=False, env=variables
    )
    return done.stderr if done.returncode else ""


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a company's built site."""
    return once(tmp_path_factory, "company", build)


def html(folder: Path) -> dict[str, str]:
    """Return every page by its path."""
    return {
        file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8")
        for file in sorted(folder.rglob("*.html"))
    }


def chosen(page: str) -> str:
    """Return a page as names.js shows it with the other names."""
    values = tuple(OTHER.values())
    return MARK.sub(lambda found: f"{found[1]}{names.KINDS[found[2]](*values)}</span>", page)


def words(page: str) -> str:
    """Return the text of a page's article without the form, in single spaces."""
    article = FORM.sub("", page[page.index("<article") : page.index("</article>")])
    return plain(article)


def test_marks_are_the_places_that_are_filled_in(site: Path) -> None:
    """With other names in its marks, each printed file equals what the run with other names runs."""
    code = {}
    for page in html(site).values():
        code |= pages.read(chosen(page)).code
    for case in all_cases(ROOT):
        for file in [*case.files, "run.sh", *(["output.txt"] if case.output is not None else [])]:
            text = names.filled_in((case.folder / file).read_text(encoding="utf-8"), *OTHER.values())
            assert code[piece_id(case.name, file)] == text, f"{case.name}: {file}"
        windows = code.get(piece_id(case.name, "run.ps1"))
        if windows is not None:
            assert windows == shells.powershell(names.filled_in(case.commands, *OTHER.values())), case.name


def test_a_company_sees_what_a_reader_sees(site: Path, own: Path) -> None:
    """All text of a company's site equals that of this one with the same names chosen."""
    original, built = html(site), html(own)
    assert set(built) - set(original) == {"company/index.html", "company/access.html"}
    for name, page in original.items():
        if name not in ("index.html", "search.html", "404.html"):
            assert words(built[name]).replace(marks.PROVED, "") == words(chosen(page)), name


def test_nothing_of_the_examples_is_left(own: Path) -> None:
    """No page of a company's site shows the examples' names, and no form goes back to them."""
    for name, page in html(own).items():
        text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", "", page, flags=re.DOTALL)
        assert names.occurrences(text) == [], name
        assert not re.search('placeholder="(contoso|platform|python-internal)"', page), name


def test_title_logo_contact_and_pages_are_everywhere(own: Path) -> None:
    """Each page carries the title, both logos, the contact, and a section with the company's pages."""
    for name, page in html(own).items():
        assert re.search(r"<title>[^<]*Fabrikam(&#39;|&#x27;|')s feeds", page) or name == "index.html", name
        assert re.search(r'<img class="sidebar-logo only-light" src="[./]*_static/light.svg', page), name
        assert re.search(r'<img class="sidebar-logo only-dark" src="[./]*_static/dark.svg', page), name
        assert '<a href="https://help.fabrikam.example/feeds">help.fabrikam.example/feeds</a>' in page, name
        assert re.search(r"In our company</span>.*?How we work.*?Get access.*?>Start<", page, re.DOTALL), name
    assert "Fabrikam’s feeds" in words(html(own)["index.html"])
    assert {"light.svg", "dark.svg"} <= {file.name for file in (own / "_static").iterdir()}


def test_the_links_of_own_pages_work(own: Path) -> None:
    """A company's pages link to cases and to each other, and every link of the site leads somewhere."""
    assert pages.broken_links(own) == []
    assert "guides/first-package.html#case-pip-install-env" in html(own)["company/index.html"]


CONF = f"""import sys
extensions = ["myst_parser", "_ext.company"]
include_patterns = ["index.md", "guides/**", "company/*.md"]
templates_path = [{str(ROOT / "_templates")!r}]
html_theme = "basic"
html_copy_source = html_use_index = False
myst_enable_extensions = ["colon_fence"]
"""
SMALL = {
    "conf.py": CONF,
    "index.md": "# Title\n\n`contoso`\n\n```{toctree}\nguides/errors/a\nguides/b\n```\n",
    "guides/errors/a.md": "# A\n\nThe feed `platform/python-internal`.\n",
    "guides/b.md": "# B\n\nNo names.\n",
}


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Write a tiny handbook that a company may set up."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    site = Site(tmp_path)
    site.write(SMALL)
    return site


def test_a_changed_value_rewrites_every_page(small: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two builds of one folder the names, the contact and the pages change, and change back."""
    assert small.build() == 0
    first = {name: small.page(name) for name in ("index", "guides/errors/a", "guides/b")}
    assert small.rebuilt() - {"search"} == set()
    for kind, value in OTHER.items():
        monkeypatch.setenv(f"HANDBOOK_{kind}", value)
    monkeypatch.setenv("HANDBOOK_CONTACT", "the desk on floor 2")
    monkeypatch.setenv("HANDBOOK_TITLE", "Our feeds")
    assert small.rebuilt() >= {"index", "a", "b"}
    assert "The feed Data Team/wheels." in plain(small.page("guides/errors/a"))
    assert "Nothing here fits? Ask: the desk on floor 2." in small.page("guides/errors/a")
    assert "Nothing here fits?" not in small.page("guides/b")
    assert "Our feeds" in small.page("index")
    for kind in ("CONTACT", "TITLE", *OTHER):
        monkeypatch.setenv(f"HANDBOOK_{kind}", "")  # as a host hands on what nobody has set
    assert small.rebuilt() >= {"index", "a", "b"}
    assert {name: small.page(name) for name in first} == first


def test_own_pages_come_and_go(small: Site) -> None:
    """A page that is put into the folder is in the navigation at the next build, and gone with its file."""
    small.write({"company/index.md": "# Ours\n"})
    assert small.build() == 0
    assert "Ours" in small.page("index")
    small.write({"company/more.md": "# More\n"})
    assert small.build() == 0
    assert "More" in small.page("company/index")
    for name in ("index", "more"):
        (small.root / "company" / f"{name}.md").unlink()
    assert small.build() == 0
    assert "Ours" not in small.page("index")


def test_the_switch_turns_a_company_off(small: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """With HANDBOOK_COMPANY=off a fork's site is the original, so that its tests read what they expect."""
    small.write({"company/handbook.toml": SETTINGS, "company/index.md": "# Ours\n"})
    monkeypatch.setenv("HANDBOOK_ORGANIZATION", "not allowed")
    monkeypatch.setenv(company.SWITCH, "off")
    assert small.build() == 0
    assert "contoso" in small.page("index")
    assert not (small.root / "html" / "company").exists()


THREE = 'organization = "a"\nproject = ""\nfeed = "b"\n'
NO = "is not allowed: use"
WRONG = [
    ({"ORGANIZATION": "a b", "PROJECT": "", "FEED": "f"}, "", f"HANDBOOK_ORGANIZATION: 'a b' {NO} letters"),
    ({"ORGANIZATION": "a", "PROJECT": "p/q", "FEED": "f"}, "", f"HANDBOOK_PROJECT: 'p/q' {NO} letters"),
    ({"ORGANIZATION": "a", "PROJECT": "", "FEED": "a`b"}, "", f"HANDBOOK_FEED: 'a`b' {NO} letters"),
    ({"ORGANIZATION": "a", "PROJECT": "", "FEED": "a2" * 26}, "", "HANDBOOK_FEED: this looks like a token"),
    ({"FEED": "f"}, "", "HANDBOOK_FEED is set and organization is not: set organization, project and feed"),
    ({"ORGANIZATION": "a", "FEED": "f"}, "", "HANDBOOK_ORGANIZATION is set and project is not: set"),
    ({"FEED": "f"}, THREE, "HANDBOOK_FEED is set and organization is not: set"),
    ({}, THREE.replace('"a"', '"-a"'), f"company/handbook.toml: organization: '-a' {NO} letters"),
    ({}, 'feed = "f"\n', "company/handbook.toml: feed is set and organization is not: set"),
    ({}, "feed = \n", r"company/handbook.toml: is not TOML \(.+\): write lines such as"),
    ({}, 'colour = "red"\n', "company/handbook.toml: there is no setting 'colour': use organization"),
    ({}, "title = 1\n", "company/handbook.toml: title is no text: put it in quotes"),
    ({"TITLE": "<b>"}, "", f"HANDBOOK_TITLE: '<b>' {NO} letters"),
    ({"LOGO": "company/no.svg"}, "", "HANDBOOK_LOGO: 'company/no.svg' is no picture that exists: use"),
    ({"LOGO_DARK": "conf.py"}, "", "HANDBOOK_LOGO_DARK: 'conf.py' is no picture that exists: use"),
    ({"CONTACT": "javascript:alert(1)"}, "", f"HANDBOOK_CONTACT: 'javascript:.+' {NO} an address that"),
    ({"CONTACT": "http://help.example"}, "", f"HANDBOOK_CONTACT: 'http:.+' {NO} an address that begins"),
    ({"CONTACT": "mailto:nobody"}, "", f"HANDBOOK_CONTACT: 'mailto:nobody' {NO} an address"),
    ({}, 'contact = "a\\nb"\n', rf"company/handbook.toml: contact: 'a\\nb' {NO} an address"),
]  # fmt: skip


@pytest.mark.parametrize(("variables", "file", "message"), WRONG, ids=[one[2] for one in WRONG])
def test_a_wrong_value_stops_the_build(
    small: Site, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], file: str, message: str
) -> None:
    """A wrong value ends the build with one line: where it stands, what is wrong, what is allowed."""
    for key, value in variables.items():
        monkeypatch.setenv(f"HANDBOOK_{key}", value)
    small.write({"company/handbook.toml": file})
    with pytest.raises(SystemExit, match=f"^{message}[^\n]*$"):
        small.build()


def test_pages_without_a_first_one_stop_the_build(small: Site) -> None:
    """A folder with pages and without index.md is refused with the cure."""
    small.write({"company/access.md": "# Access\n"})
    with pytest.raises(SystemExit, match=r"^company/access.md: its folder has no index.md: add one"):
        small.build()


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        ("https://help.example/a", ("help.example/a", "https://help.example/a")),
        ("mailto:feeds@fabrikam.example", ("feeds@fabrikam.example", "mailto:feeds@fabrikam.example")),
        ("Ask in #feeds: we answer", ("Ask in #feeds: we answer", "")),
        ("", None),
    ],
)
def test_a_contact_is_an_address_or_a_text(contact: str, expected: tuple[str, str] | None) -> None:
    """A contact with an address becomes a link that shows it; any other is text."""
    assert company.read(ROOT / "tests", {"HANDBOOK_CONTACT": contact}).contact == contact
    assert company.spoken(contact) == expected


def test_a_variable_overrides_its_line(tmp_path: Path) -> None:
    """A variable takes the place of the file's line, and the three names take theirs together."""
    (tmp_path / "company").mkdir()
    (tmp_path / company.FILE).write_text(f'{THREE}title = "Ours"\n')
    assert company.read(tmp_path, {}).names == ("a", "", "b")
    variables = {f"HANDBOOK_{kind}": value for kind, value in OTHER.items()}
    found = company.read(tmp_path, variables | {"HANDBOOK_TITLE": ""})
    assert (found.names, found.title) == (tuple(OTHER.values()), "Ours")
