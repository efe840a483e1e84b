"""A company's settings: which values change the site, and which stop the build."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from handbook.cases import names
from handbook.site.look import company, name_marks, page_foot
from tests.cases.test_other_names import OTHER
from tests.conftest import ROOT
from tests.unit.test_ext import CONF as TINY
from tests.unit.test_ext import Site, new_site, with_extensions
from tests.unit.test_ext import words as plain

# The environment of the tests may contain these.
VARIABLES = {company.SWITCH, *(f"HANDBOOK_{key.upper()}" for key in (*company.NAMES, *company.MOVED))}
SETTINGS = """organization = "fabrikam"
project = "Data Team"
feed = "wheels"
"""
TEMPLATES = f"templates_path = [{str(ROOT / '_templates')!r}]\n"
CONF = f"""{TEMPLATES}
extensions = ["myst_parser", "handbook.site.look.company", "handbook.site.look.page_foot"]
include_patterns = ["index.md", "guides/**", "company/*.md"]
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
    """Write a small test handbook that a company can configure."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    site = Site(tmp_path)
    site.write(SMALL)
    return site


def test_a_changed_value_rewrites_every_page(small: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """If names, contact or pages change between two builds, every page follows, and follows them back."""
    assert small.build() == 0
    first = {name: small.page(name) for name in ("index", "guides/errors/a", "guides/b")}
    assert small.rebuilt() - {"search"} == set()
    for kind, value in OTHER.items():
        monkeypatch.setenv(f"HANDBOOK_{kind}", value)
    small.write(
        {"conf.py": CONF + 'project = "Our feeds"\nhtml_context = {"contact": "the desk on floor 2"}\n'}
    )
    assert small.rebuilt() >= {"index", "a", "b"}
    assert "The feed Data Team/wheels." in plain(small.page("guides/errors/a"))
    assert "Nothing here fits? Ask: the desk on floor 2." in small.page("guides/errors/a")
    assert "Nothing here fits?" not in small.page("guides/b")
    assert "Our feeds" in small.page("index")
    small.write({"conf.py": CONF})
    for kind in OTHER:
        monkeypatch.setenv(f"HANDBOOK_{kind}", "")  # a host passes on an unset variable as an empty one
    assert small.rebuilt() >= {"index", "a", "b"}
    assert {name: small.page(name) for name in first} == first


def test_a_proof_says_which_names_were_checked(small: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only with a company's names does a page say, once, that its examples ran with the example names."""
    tiny = new_site(small.root / "tiny")
    tiny.write({"conf.py": with_extensions(TINY, "look.company") + TEMPLATES})
    tiny.prove("pip/install-env")
    assert tiny.build() == 0
    assert plain(tiny.page("guides/pip")).count(name_marks.PROVED.strip()) == 0
    for kind, value in OTHER.items():
        monkeypatch.setenv(f"HANDBOOK_{kind}", value)
    assert tiny.build() == 0
    assert plain(tiny.page("guides/pip")).count(f"captured in public.{name_marks.PROVED}") == 1


def test_own_pages_come_and_go(small: Site) -> None:
    """A page added to the folder is in the navigation at the next build, and gone when its file is."""
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
    """With HANDBOOK_COMPANY=off, a fork builds the original site, which its tests expect."""
    small.write({"company/handbook.toml": SETTINGS, "company/index.md": "# Ours\n"})
    monkeypatch.setenv("HANDBOOK_ORGANIZATION", "not allowed")
    monkeypatch.setenv(company.SWITCH, "off")
    assert small.build() == 0
    assert "contoso" in small.page("index")
    assert not (small.root / "html" / "company").exists()


THREE = 'organization = "a"\nproject = ""\nfeed = "b"\n'
NO = "is not allowed: use"
GONE = "is no longer a setting: set"
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
    ({}, "feed = 1\n", "company/handbook.toml: feed is not text: put it in quotes"),
    ({}, 'title = "A"\n', f"company/handbook.toml: title {GONE} project in conf.py, and delete this line"),
    ({}, 'url = "A"\n', f"company/handbook.toml: url {GONE} html_baseurl in conf.py, and delete this line"),
    ({"EDIT": "a"}, "", f"HANDBOOK_EDIT {GONE} edit in html_context in conf.py, and unset it"),
]  # fmt: skip


@pytest.mark.parametrize(("variables", "file", "message"), WRONG, ids=[one[2] for one in WRONG])
def test_a_wrong_value_stops_the_build(
    small: Site, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], file: str, message: str
) -> None:
    """A wrong value stops the build with one line: where it is, what is wrong, what is allowed."""
    for key, value in variables.items():
        monkeypatch.setenv(f"HANDBOOK_{key}", value)
    small.write({"company/handbook.toml": file})
    with pytest.raises(SystemExit, match=f"^{message}[^\n]*$"):
        small.build()


@pytest.mark.parametrize("key", company.MOVED)
def test_each_setting_that_went_names_the_line_that_took_its_place(key: str) -> None:
    """The error for each removed setting names a line that conf.py contains."""
    for name in re.findall(r"[a-z_]{4,}", company.MOVED[key].replace("and ", "")):
        assert re.search(
            rf'^ *"?{name}"?( =|:)|# .*\b{name}\b', (ROOT / "conf.py").read_text(), re.MULTILINE
        ), name


def test_pages_without_a_first_one_stop_the_build(small: Site) -> None:
    """A folder with pages but without index.md is refused with the cure."""
    small.write({"company/access.md": "# Access\n"})
    with pytest.raises(SystemExit, match=r"^company/access.md: its folder has no index.md: add one"):
        small.build()


def test_a_variable_overrides_its_line(tmp_path: Path) -> None:
    """The variables replace the three names in the file together."""
    (tmp_path / "company").mkdir()
    (tmp_path / company.FILE).write_text(THREE)
    assert company.read(tmp_path, {}).names == ("a", "", "b")
    variables = {f"HANDBOOK_{kind}": value for kind, value in OTHER.items()}
    assert company.read(tmp_path, variables).names == tuple(OTHER.values())


def test_the_guide_says_what_each_name_may_be() -> None:
    """For each of the three names, the guide for forks states the rule that the build applies."""
    page = (ROOT / "guides" / "company.md").read_text(encoding="utf-8")
    for kind, (_, rule) in names.ALLOWED.items():
        assert f"| `{kind.lower()}` | `HANDBOOK_{kind}` | {rule}" in page
    assert all(
        f"| `{key}` |" in page for key in (*page_foot.SETTINGS, "html_baseurl", "project", "html_logo")
    )
