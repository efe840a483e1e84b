"""A company's built site has the same text as this one with a reader's names, on every page."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from handbook.cases import names
from handbook.site.domain import powershell
from handbook.site.domain.case_directives import piece_id
from handbook.site.look import name_marks
from handbook.tools import commands, static_server
from tests import every
from tests.cases.test_other_names import OTHER
from tests.conftest import ROOT
from tests.pages import read
from tests.shared import once
from tests.unit.test_company import SETTINGS, VARIABLES
from tests.unit.test_ext import words as plain

MARK = re.compile(r'(<span class="[^"]*-V([owqfv])">)(?:<span class="pre">.*?</span>|[^<]*)</span>')
HELP = "Nothing here fits? Ask: help.fabrikam.example/feeds."
FORM = re.compile(r'<details class="names".*?</details>', re.DOTALL)
BASE = "https://docs.fabrikam.example/feeds/"
LINES = {  # lines of conf.py, changed as the page for forks says
    'project = "Artifact feeds handbook"': 'project = "Fabrikam\'s feeds"',
    'html_baseurl = os.environ.get("HANDBOOK_URL", "")': f'html_baseurl = "{BASE}"',
    '"contact": ""': '"contact": "https://help.fabrikam.example/feeds"',
    'html_static_path = ["_static"]': (
        'html_static_path = ["_static", "company/light.svg", "company/dark.svg"]'
    ),
    "html_theme_options = {": 'html_theme_options = {"light_logo": "light.svg", "dark_logo": "dark.svg",',
}
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
OWN = {
    "handbook.toml": SETTINGS,
    "light.svg": PICTURE,
    "dark.svg": PICTURE,
    "index.md": "# How we work\n\n{case}`With pip <pip/install-env>`, from `python-internal`.\n",
    "access.md": "# Get access\n\n{doc}`First <index>`.\n",
}


def fork(folder: Path) -> Path:
    """Create a checkout like this one, with a folder `company` and its own lines in conf.py."""
    (folder / "company").mkdir(parents=True)
    for file in ROOT.iterdir():
        if file.name not in ("company", "conf.py", ".git", ".envs"):
            (folder / file.name).symlink_to(file)
    settings = (ROOT / "conf.py").read_text(encoding="utf-8")
    for line, own in LINES.items():
        assert settings.count(line) == 1, line
        settings = settings.replace(line, own)
    (folder / "conf.py").write_text(settings, encoding="utf-8")
    for name, text in OWN.items():
        (folder / "company" / name).write_text(text, encoding="utf-8")
    return folder


def build(folder: Path) -> str:
    """Build the fork's site with warnings as errors; return Sphinx's messages if it fails."""
    source = fork(folder.with_name(f"{folder.name}.fork"))
    command = commands.sphinx(source, folder, f"{folder}.doctrees")
    variables = {key: value for key, value in os.environ.items() if key not in VARIABLES}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=variables)
    return done.stderr if done.returncode else ""


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Provide the folder of a company's built site."""
    return once(tmp_path_factory, "company", build)


def html(folder: Path) -> dict[str, str]:
    """Return every page by its path, except those that only redirect."""
    files = {file.relative_to(folder).as_posix(): file for file in sorted(folder.rglob("*.html"))}
    found = {name: file.read_text(encoding="utf-8") for name, file in files.items()}
    return {name: text for name, text in found.items() if "<article" in text}


def chosen(page: str) -> str:
    """Return a page as names.js shows it with the other names."""
    values = tuple(OTHER.values())
    return MARK.sub(lambda found: f"{found[1]}{names.KINDS[found[2]](*values)}</span>", page)


def words(page: str) -> str:
    """Return the text of a page's article without the form, with single spaces."""
    article = FORM.sub("", page[page.index("<article") : page.index("</article>")])
    return plain(article)


def test_marks_are_the_places_that_are_filled_in(site: Path) -> None:
    """With other names in the marks, each printed file equals the one in the run with these names."""
    code = {}
    for page in html(site).values():
        code |= read.read(chosen(page)).code
    for case in every.CASES:
        for file in [*case.files, case.script, *(["output.txt"] if case.output is not None else [])]:
            text = names.filled_in((case.folder / file).read_text(encoding="utf-8"), *OTHER.values())
            assert code[piece_id(case.name, file)] == text, f"{case.name}: {file}"
        windows = code.get(piece_id(case.name, "run.ps1"))
        if windows is not None:
            assert windows == powershell.powershell(names.filled_in(case.commands, *OTHER.values())), (
                case.name
            )


def test_a_company_sees_what_a_reader_sees(site: Path, own: Path) -> None:
    """The text of a company's site equals that of this site with the same names filled in."""
    original, built = html(site), html(own)
    assert set(built) - set(original) == {"company/index.html", "company/access.html"}
    for name, page in original.items():
        if name not in ("index.html", "search.html", "404.html"):
            text = words(built[name]).replace(name_marks.PROVED, "").removesuffix(HELP)
            assert text.rstrip() == words(chosen(page)), name


def test_nothing_of_the_examples_is_left(own: Path) -> None:
    """No page of a company's site shows the example names, and no form resets to them."""
    for name, page in html(own).items():
        text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", "", page, flags=re.DOTALL)
        assert names.occurrences(text) == [], name
        assert not re.search('placeholder="(contoso|platform|python-internal)"', page), name
    for file in [*own.rglob("*.md"), *own.glob("llms*.txt")]:
        assert names.occurrences(file.read_text(encoding="utf-8")) == [], file.name


def test_title_logo_contact_and_pages_are_everywhere(own: Path) -> None:
    """Each page shows the title, both logos, the contact, and a section with the company's pages."""
    for name, page in html(own).items():
        assert re.search(r"<title>[^<]*Fabrikam(&#39;|&#x27;|')s feeds", page) or name == "index.html", name
        for one in ("light", "dark"):
            logo = rf'<img class="sidebar-logo only-{one}" src="(/feeds/)?[./]*_static/{one}.svg'
            assert re.search(logo, page), name
        assert '<a href="https://help.fabrikam.example/feeds">help.fabrikam.example/feeds</a>' in page, name
        assert words(page).endswith(HELP) == name.startswith("guides/errors/"), name
        assert re.search(
            r"In our company</span>.*?How we work.*?Get access.*?>Get started<", page, re.DOTALL
        ), name
    assert "Fabrikam’s feeds" in words(html(own)["index.html"])
    assert {"light.svg", "dark.svg"} <= {file.name for file in (own / "_static").iterdir()}


def test_the_links_of_own_pages_work(own: Path) -> None:
    """A company's pages link to cases and to each other, and every link of the site leads somewhere."""
    assert read.broken_links(own, "/feeds/") == []
    assert "guides/first-package.html#case-pip-install-env" in html(own)["company/index.html"]


def test_a_reader_starts_from_the_companys_names(browser: Browser, own: Path) -> None:
    """A reader's own names replace the company's, and one click restores these."""
    with static_server.served(own, static_server.headers(own)) as address, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/guides/feeds/addresses.html")
        shown = page.locator(".names-shown")
        assert shown.inner_text() == "Shown: fabrikam · Data Team/wheels"
        page.locator(".names summary").click()
        page.locator(".names input").first.fill("https://pkgs.dev.azure.com/a/b/_packaging/c/pypi/simple/")
        assert shown.inner_text() == "Shown: a · b/c"
        page.get_by_role("button", name="Back to the handbook's names").click()
        assert shown.inner_text() == "Shown: fabrikam · Data Team/wheels"


def test_a_public_address_stands_where_machines_look(own: Path) -> None:
    """A site that knows its own URL has a sitemap of its pages, and each page names its own URL."""
    listed = re.findall(r"<loc>(.+?)</loc>", (own / "sitemap.xml").read_text(encoding="utf-8"))
    pages_there = html(own)
    assert sorted(listed) == sorted(BASE + name for name in set(pages_there) - {"404.html", "search.html"})
    for name, text in pages_there.items():
        if name not in ("404.html", "search.html"):
            assert f'<link rel="canonical" href="{BASE}{name}"' in text, name
            assert f'<meta property="og:url" content="{BASE}{name}">' in text, name
    assert 'href="/feeds/guides/errors/index.html"' in pages_there["404.html"]
    assert f"]({BASE}guides/clients/uv.md)" in (own / "llms.txt").read_text(encoding="utf-8")


def test_without_a_public_address_there_is_no_sitemap(site: Path) -> None:
    """A site that does not know its own URL names none."""
    assert not (site / "sitemap.xml").exists()
    assert "canonical" not in (site / "index.html").read_text(encoding="utf-8")
