"""The tables generated from cases, and the two shells of a case, on small test sites and the real cases."""

import re
from pathlib import Path

import pytest

from handbook.cases import case
from handbook.site.domain import shell_tabs, unrun_code
from handbook.site.tables import outcomes, precedence, reference
from tests.conftest import ROOT
from tests.every import CASES
from tests.pages import read
from tests.unit.test_ext import CONF, Site, with_extensions, words

TABLE = """# Index

:::{outcome-table}
:columns: newer on PyPI | expired
pip, `--extra-index-url` | pip/leak-extra | pip/fail-expired
uv | uv/install-named | -
:::

:::{statuses-table}
:::
:::{precedence-table}
:::
:::{places-table}
:::

"""
SHOWN = "pip/leak-extra", "pip/fail-expired", "uv/install-named"
NEWER = 'exit = 0\n[asked]\n[result]\ninstalled = { "contoso-a 9.9.9" = "public-index" }'
EXPIRED = 'exit = 1\n[asked]\n[result]\nrefused = ["401"]'
NAMED = (
    'exit = 0\n[credential]\nPASTE-YOUR-TOKEN-HERE = "wrong"\nUV_INDEX_INTERNAL_PASSWORD = "reader-read"\n'
    '[asked]\nfeed = ["contoso-a"]\n[result]\ninstalled = { "contoso-a 1.1.0" = "file-store" }\n'
    '[precedence]\nwins = "`UV_INDEX_INTERNAL_PASSWORD`"\nover = "`.netrc`"\nclass = "reader-read"'
)


def toml(name: str, body: str, place: str = "") -> str:
    """Return a case.toml."""
    head = f'title = "Title of {name}"\nclient = "{name.partition("/")[0]}"\n'
    return f"{head}{body}\n[place]\n{place}\n"


def write(site: Site, name: str, body: str, files: dict[str, str], place: str = "") -> case.Case:
    """Write a case and return it."""
    texts = {"run.sh": "uv\n", **files, "case.toml": toml(name, body, place)}
    site.write({f"snippets/{name}/{file}": text for file, text in texts.items()})
    return case.load(site.root / "snippets" / name)


def new_site(root: Path, page: str = TABLE) -> Site:
    """Write a small test handbook with tables."""
    site = Site(root)
    conf = with_extensions(CONF, "tables.outcomes", "tables.precedence", "tables.reference")
    printed = "".join(f":::{{case}} {name}\n:::\n" for name in SHOWN)
    site.write(
        {
            "conf.py": conf,
            "index.md": page + "```{toctree}\nguides/a\n```\n",
            "guides/a.md": f"# A\n\n{printed}",
        }
    )
    write(site, SHOWN[0], NEWER, {})
    write(site, SHOWN[1], EXPIRED, {})
    netrc = "machine pkgs.dev.azure.com login az password PASTE-YOUR-TOKEN-HERE\n"
    place = 'netrc = { linux = "~/.netrc", macos = "~/.netrc", windows = "%USERPROFILE%\\\\.netrc" }'
    write(site, SHOWN[2], NAMED, {"netrc": netrc, "run.sh": "uv sync\n"}, place)
    return site


def test_tables_are_printed_and_kept(tmp_path: Path) -> None:
    """Each table agrees with the cases, links to them, and is rewritten if only its rows change."""
    site = new_site(tmp_path)
    assert site.build() == 0
    text = words(site.page("index"))
    assert "Client newer on PyPI expired pip, --extra-index-url ✗ PyPI 9.9.9 (a stranger) refused 401" in text
    assert "uv feed 1.1.0 – Status Client Example 401 pip Title of pip/fail-expired" in text
    assert "uv UV_INDEX_INTERNAL_PASSWORD .netrc Title of uv/install-named" in text
    assert r"uv ~/.netrc ~/.netrc %USERPROFILE%\.netrc" in text
    assert re.search(r'href="guides/a.html#case-pip-leak-extra"><strong class="bad">', site.page("index"))
    assert site.rebuilt() - {"search"} == set()
    write(site, SHOWN[1], EXPIRED.replace("401", "403"), {})
    assert site.rebuilt() - {"search"} == {"a", "index"}
    assert "403 pip" in words(site.page("index"))


MISTAKES = {
    ":columns: a\npip | pip/nope": "case pip/nope does not exist: create snippets/pip/nope/",
    ":columns: a | b\npip | -": "outcome-table: row 'pip' has 1 cells: give a label and 2 cases, - for none",
    "pip | -": "outcome-table has no columns: add :columns: first | second",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_an_outcome_table(tmp_path: Path, mistake: str, capfd: pytest.CaptureFixture) -> None:
    """A table that cannot be generated fails the build with a line that names page and cure."""
    site = new_site(tmp_path, f"# Index\n\n:::{{outcome-table}}\n{mistake}\n:::\n\n")
    assert site.build() == 1
    assert re.search(rf"index\.md:\d+: WARNING: {re.escape(MISTAKES[mistake])}", capfd.readouterr().err)


def test_a_table_hides_no_code() -> None:
    """A command in the label of a row is found like one in prose."""
    [(line, _)] = unrun_code.escaped(":::{outcome-table}\n:columns: a\n`uv sync --all` | -\n:::\n")
    assert line == 3


ASKED = '[asked]\nfeed = ["contoso-a"]\n'


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("uv/lock-a", 'exit = 0\n[asked]\nfile-store = ["contoso-a"]\n[result]', "feed"),
        ("uv/lock-a", 'exit = 0\n[asked]\npublic-index = ["contoso-a"]\n[result]', "PyPI (a stranger)"),
        ("uv/lock-a", 'exit = 0\n[asked]\npublic-index = ["idna"]\n[result]', "works"),
        ("uv/fail-a", f'exit = 0\n{ASKED}[result]\nrefused = ["404"]', "refused 404"),
        ("uv/fail-a", f"exit = 2\n{ASKED}[result]", "fails"),
        ("uv/publish-a", f'exit = 0\n{ASKED}[result]\nuploaded = ["a.whl"]', "published"),
        (
            "uv/configure-a",
            '[checked]\nno = "a"\nsource = "https://example.org/"\ndate = 2026-11-22',
            "not run here",
        ),
    ],
)
def test_how_a_case_ends(tmp_path: Path, name: str, body: str, said: str) -> None:
    """A cell gives the result of the case, and a bad result is marked as bad."""
    cell = outcomes.outcome(write(Site(tmp_path), name, body, {}))
    assert (cell.text, cell.bad) == (said, "stranger" in said)


WINNERS = {
    "pip/fail-url-over-netrc": "URL on the command line",
    "pip/install-keyring-over-netrc": "keyring",
    "poetry/fail-variable-over-file": "POETRY_HTTP_BASIC_INTERNAL_PASSWORD",
    "twine/fail-option-wins": "--password",
    "uv/fail-netrc-over-login": ".netrc",
    "uv/lock-netrc-keyring": ".netrc",
}


def test_who_wins() -> None:
    """The real table names the winner that these cases were written to show, with the case beside it."""
    rows = {link.name: wins for _, wins, _, (link,) in precedence.PrecedenceTable.rows(ROOT)}
    said = {
        name: "".join(part if isinstance(part, str) else part.text for part in wins)
        for name, wins in rows.items()
    }
    assert {name: said.get(name) for name in WINNERS} == WINNERS


def test_every_variable_is_described() -> None:
    """The variables in the cases and those in variables.toml are the same."""
    found = {name for one in CASES for name in reference.variables(one)}
    assert found == set(reference.described("variables.toml"))


def test_the_table_of_variables_is_of_settings() -> None:
    """The table names each variable's reader, and omits variables that only a case's commands need."""
    rows = {code.text: reader for (code,), (reader,), _, _ in reference.VariablesTable.rows(ROOT)}
    known = reference.described("variables.toml")
    assert {name for name in known if name not in rows} == {
        "FEED_URL",
        "OLD_TOKEN",
        "PIPELINE_TOKEN",
        "WHEEL_DIR",
    }
    assert rows["VSS_NUGET_EXTERNAL_FEED_ENDPOINTS"] == "artifacts-keyring"
    assert rows["UV_INDEX"] == "uv"


def test_every_file_is_described() -> None:
    """The configuration files in the cases, by client, and those in files.toml are the same."""
    known = reference.described("files.toml")
    shared = known.pop("all")
    found = {
        (one.client, reference.file_name(one, file)) for one in CASES for file in reference.configuration(one)
    }
    assert {pair for pair in found if pair[1] not in shared} == {
        (who, file) for who in known for file in known[who]
    }
    assert {file for _, file in found} >= set(shared)


SHELLS = {
    "uv/configure-a": ('export A="$B"\nuv sync\n', '$env:A = "$env:B"\nuv sync\n'),
    "uv/lock-a": ("uv lock\n", None),
    "uv/add-a": ("sed a\n", None),
}


def test_two_shells(tmp_path: Path) -> None:
    """Commands that set a variable have two synced tabs, and those without a PowerShell form say so."""
    site = Site(tmp_path)
    printed = "".join(f":::{{case}} {name}\n:::\n" for name in SHELLS)
    site.write({"conf.py": CONF, "index.md": f"# Index\n\n{printed}\n"})
    for name, (commands, _) in SHELLS.items():
        write(site, name, f"exit = 0\n{ASKED}[result]", {"run.sh": commands})
    assert site.build() == 0
    html = site.page("index")
    code = read.read(html).code
    for name, (commands, windows) in SHELLS.items():
        anchor = f"case-{name.replace('/', '-')}"
        assert code[f"{anchor}-run-sh"] == commands
        assert code.get(f"{anchor}-run-ps1") == windows
    assert re.findall(r'data-sync-group="(\w+)" data-sync-id="(\w+)"', html) == [
        ("system", "unix"),
        ("system", "windows"),
    ]
    assert words(html).count(shell_tabs.TRANSLATED) == 1
    assert html.count('class="shell-note"') == 2
    assert words(html).count("These commands have no PowerShell form") == 1
