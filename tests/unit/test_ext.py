"""The Sphinx extensions on small test sites: what they print, what they refuse, what they rebuild."""

import re
import types
from pathlib import Path

import pytest
from sphinx.cmd.build import build_main

from handbook.cases import case, machine
from handbook.site.domain import case_directives as printing
from handbook.site.domain import page_proofs, seal
from tests.pages import read
from tests.unit import proofs

CONF = """extensions = ["myst_parser", "handbook.site.domain.case_directives", "handbook.site.tables.table"]
include_patterns = ["index.md", "guides/**"]
html_theme = "basic"
html_copy_source = html_use_index = False
myst_enable_extensions = ["colon_fence"]
"""
PAGES = {
    "index.md": """# Index

{case}`pip/install-env`

```{toctree}
guides/pip
guides/uv
guides/checked
```
""",
    "guides/pip.md": "# Pip\n\n:::{case} pip/install-env\n:::\n\n```{case} pip/leak-extra\n```\n",
    "guides/uv.md": """# Uv

:::{case-file} uv/install-env a.toml
:::

Prose, {case}`the leak <pip/leak-extra>`.

:::{case-file} uv/install-env empty.py
:::
:::{case-commands} uv/install-env
:::
:::{case-output} uv/install-env
:::
:::{case-proof} uv/install-env
:::
:::{case} uv/configure-login
:::
""",
    "guides/checked.md": "# Checked\n\n(grades)=\n## Grades\n\n:::{grade-counts}\n:::\n",
}
CASES = {
    "pip/install-env": (
        "exit = 0",
        {".pypirc": "\n[a]\n# ünï <b> & \\ --x\n\tb = 1\n\n", "run.sh": "pip  list\n"},
    ),
    "pip/leak-extra": ("exit = 0", {"run.sh": "pip list\n", "output.txt": "<span>9.9.9</span>\n"}),
    "uv/install-env": (
        "exit = 1",
        {"a.toml": "a = 1\n", "empty.py": "", "run.sh": "uv\n", "output.txt": "no\n"},
    ),
    "uv/configure-login": ("", {"run.sh": "uv login\n"}),
}
PLACES = '{{ linux = "~/{0}", macos = "~/{0}", windows = "%USERPROFILE%\\\\{0}" }}'
CHECKED = '[checked]\nno = "needs a browser"\nsource = "https://example.org/"\ndate = 2026-11-22\n'


def with_extensions(conf: str, *names: str) -> str:
    """Return a conf.py with additional extensions of the handbook, named relative to `handbook.site`."""
    added = "".join(f', "handbook.site.{name}"' for name in names)
    return conf.replace('"handbook.site.tables.table"]', f'"handbook.site.tables.table"{added}]')


class Site:
    """A small test handbook in a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, files: dict[str, str]) -> None:
        """Write files."""
        for name, text in files.items():
            file = self.root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    def case(self, name: str, toml: str, files: dict[str, str]) -> None:
        """Write a case with its case.toml."""
        places = [f'"{file}" = {PLACES.format(file)}\n' for file in files if file not in case.OWN_FILES]
        head = f'title = "Title of {name}"\nclient = "{name.partition("/")[0]}"\n{toml}\n'
        tail = "[place]\n" + "".join(places) + ("[asked]\n[result]\n" if toml else CHECKED)
        self.write(
            {f"snippets/{name}/{file}": text for file, text in {**files, "case.toml": head + tail}.items()}
        )

    def prove(self, *cases: str, **changes: object) -> None:
        """Write a current proof for each case."""
        proofs.prove(self.root, *cases, **changes)

    def build(self, *options: str) -> int:
        """Build with warnings as errors; return the exit status."""
        argv = ["-W", "--keep-going", "-n", "-q", "--no-color", "-d", str(self.root / "doctrees"), *options]
        return build_main([*argv, str(self.root), str(self.root / "html")])

    def page(self, name: str) -> str:
        """Return the HTML of a built page."""
        return (self.root / "html" / f"{name}.html").read_text()

    def times(self) -> dict[str, int]:
        """Return the time at which each page was written."""
        return {file.stem: file.stat().st_mtime_ns for file in (self.root / "html").rglob("*.html")}

    def rebuilt(self) -> set[str]:
        """Build again; return the pages that were rewritten."""
        before = self.times()
        assert self.build() == 0
        return {page for page, time in self.times().items() if time != before[page]}


def new_site(root: Path) -> Site:
    """Write the small test handbook."""
    site = Site(root)
    site.write({"conf.py": CONF, **PAGES})
    for name, (toml, files) in CASES.items():
        site.case(name, toml, files)
    return site


@pytest.fixture(scope="module")
def proved(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Build the small test handbook once, with some of its cases proved; no test changes it."""
    site = new_site(tmp_path_factory.mktemp("proved"))
    site.prove("pip/install-env")
    site.prove("pip/leak-extra", grade="sibling")
    assert site.build() == 0
    return site


def words(html: str) -> str:
    """Return the text of HTML with single spaces."""
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


@pytest.mark.parametrize("name", CASES)
def test_what_is_printed_are_the_bytes(proved: Site, name: str) -> None:
    """The code of each block on the page equals its file, whatever the file contains."""
    codes = read.read(proved.page(f"guides/{name.partition('/')[0]}")).code
    for file, content in CASES[name][1].items():
        assert codes[printing.piece_id(name, file)] == content


def test_the_states_of_a_proof(proved: Site) -> None:
    """A page says for each case what proved it, that nothing did, or why it cannot run here."""
    pip, uv = words(proved.page("guides/pip")), words(proved.page("guides/uv"))
    here = f"{machine.system()}, Python {machine.python()}"
    assert f"Title of pip/install-env pip 26.3 {here} (2026-11-22) ✓ captured in public" in pip
    weakest = "Weakest evidence: captured for a sibling protocol."
    assert f"✓ Checked on this page: 2 of 2 examples {page_proofs.RAN[machine.HERE]}. {weakest}" in pip
    assert "have not been run in this build" not in pip
    assert "Not checked in this build" in uv
    assert "Not run here: needs a browser (source, 2026-11-22)" in uv
    assert uv.count("The commands on this page have not been run in this build: run make test.") == 1
    assert 'href="checked.html#grades"' in proved.page("guides/pip")


def test_captions_and_labels(proved: Site) -> None:
    """A caption says where a file goes on each system, and with which status a bad example exits."""
    pip, uv = words(proved.page("guides/pip")), words(proved.page("guides/uv"))
    assert r"Linux, macOS: ~/.pypirc · Windows: %USERPROFILE%\.pypirc" in pip
    assert "Do not copy: Title of pip/leak-extra" in pip
    assert "Title of uv/install-env a.toml" in uv.replace("Linux, macOS: ~/", "")
    assert "Prints (exit status 0)" in pip
    assert "Prints (exit status 1)" in uv
    assert (
        words("".join(n.astext() for n in printing.caption(dict.fromkeys(case.SYSTEMS, "a.txt")))) == "a.txt"
    )


@pytest.mark.parametrize(
    ("file", "language"),
    [
        (".pypirc", "ini"),
        ("sub/pip.conf", "ini"),
        ("uv.lock", "toml"),
        ("run.sh", "bash"),
        (".netrc", "text"),
    ],
)
def test_a_file_is_highlighted_by_its_name(file: str, language: str) -> None:
    """The language follows from the file's name, and is plain text for an unknown name."""
    assert printing.lexer(file) == language


def test_links_to_cases(proved: Site) -> None:
    """The role links to the case's anchor, with its title or an explicit text."""
    assert re.search(
        r'href="guides/pip.html#case-pip-install-env">(<.+?>)?Title of pip/install-env', proved.page("index")
    )
    assert re.search(r'href="pip.html#case-pip-leak-extra">(<.+?>)?the leak', proved.page("guides/uv"))
    assert 'id="case-pip-leak-extra"' in proved.page("guides/pip")


def test_grades_are_counted(proved: Site) -> None:
    """The table counts the cases per grade, the unproved ones and those that cannot run."""
    table = words(proved.page("guides/checked"))
    for row in (
        "Captured in public 1",
        "Captured for a sibling protocol 1",
        "Not checked in this build 1",
        "Not run here 1",
    ):
        assert row in table


def test_only_touched_pages_are_written(tmp_path: Path) -> None:
    """A changed proof or file rewrites its page and the page whose toctree has it, and no other."""
    site = new_site(tmp_path)
    site.write({"guides/checked.md": "# Checked\n\n(grades)=\n## Grades\n"})
    site.prove("pip/install-env")
    assert site.build() == 0
    assert site.rebuilt() - {"search"} == set()
    site.prove("pip/install-env", date="2026-11-23")
    assert site.rebuilt() - {"search"} == {"pip", "index"}
    site.write({"snippets/uv/install-env/run.sh": "uv lock\n"})
    assert site.rebuilt() - {"search"} == {"uv", "index"}
    assert "uv lock" in words(site.page("guides/uv"))


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list to which each reading of a case adds its name."""
    done: list[str] = []
    load = case.load
    monkeypatch.setattr(
        case, "load", lambda folder: done.append(f"{folder.parent.name}/{folder.name}") or load(folder)
    )
    return done


def test_a_build_without_a_change_reads_no_case(
    tmp_path: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cases are read again after a change of a file, even of the same size, a proof, a setting or the day."""
    site = new_site(tmp_path)
    site.write({"index.md": PAGES["index.md"].replace("guides/pip", "guides/plain\nguides/pip")})
    site.write({"guides/plain.md": "# Plain\n", "locks/a.txt": "a", "locks/b.txt": "b"})
    site.prove("pip/install-env")
    assert site.build() == 0 and reads
    changes = {
        "nothing": (lambda: None, False),
        "a page": (lambda: site.write({"guides/plain.md": "# Plain\n\nMore.\n"}), False),
        "a file that no page prints": (lambda: site.write({"locks/a.txt": "A"}), True),
        "a file that is gone": (lambda: (tmp_path / "locks/b.txt").unlink(), True),
        "a proof": (lambda: site.prove("pip/leak-extra"), True),
        "a setting": (lambda: monkeypatch.setenv("HANDBOOK_URL", "https://example.org/"), True),
        "the wall": (lambda: monkeypatch.setattr(machine, "walled", lambda: "another"), True),
    }
    for what, (change, read_again) in changes.items():
        change()
        reads.clear()
        assert site.build() == 0
        assert bool(reads) == read_again, what
    monkeypatch.setattr(seal, "date", types.SimpleNamespace(today=lambda: "tomorrow"))
    reads.clear()
    assert site.build() == 0 and reads


def test_a_build_without_a_change_writes_no_page(tmp_path: Path) -> None:
    """Search is written once, and again if a page or any other file changes, or if it's gone."""
    site = new_site(tmp_path)
    site.write({"conf.py": CONF.replace("= [", '= ["handbook.site.look.builder", ', 1)})
    assert site.build() == 0
    assert site.rebuilt() == set()
    site.write({"index.md": PAGES["index.md"] + "\nMore.\n"})
    assert site.rebuilt() == {"index", "search"}
    site.write({"locks/a.txt": "a"})
    assert "search" in site.rebuilt()
    assert site.rebuilt() == set()
    (tmp_path / "html" / "search.html").unlink()
    assert site.build() == 0 and "search" in site.times()


def test_a_changed_page_reads_its_own_cases(tmp_path: Path, reads: list[str]) -> None:
    """A build after a change of one page reads no case that is only on others."""
    site = new_site(tmp_path)
    assert site.build() == 0 and "pip/install-env" in reads
    reads.clear()
    site.write({"guides/uv.md": PAGES["guides/uv.md"] + "\nMore.\n"})
    assert site.rebuilt() - {"search"} == {"uv", "index"}
    assert set(reads) == {"uv/install-env", "uv/configure-login", "pip/leak-extra"}


def test_a_build_with_a_warning_leaves_no_seal(tmp_path: Path) -> None:
    """After a change and a warning nothing is taken for unchanged, whatever the times of the files say."""
    site = new_site(tmp_path)
    assert site.build() == 0
    assert (tmp_path / "doctrees" / seal.FILE).exists()
    site.write({"guides/uv.md": PAGES["guides/uv.md"] + "\n{case}`uv/nothing`\n"})
    site.write({"snippets/uv/install-env/run.sh": "uv lock\n"})
    assert site.build() != 0
    assert not (tmp_path / "doctrees" / seal.FILE).exists()


def test_publishing_refuses_an_unproved_case(tmp_path: Path, capfd: pytest.CaptureFixture) -> None:
    """With handbook_publish on, the build stops with a line for each unproved case, until all are proved."""
    site = new_site(tmp_path)
    site.prove("pip/install-env", "pip/leak-extra")
    site.write({"snippets/pip/leak-extra/run.sh": "pip\n"})
    with pytest.raises(SystemExit) as refused:
        site.build("-D", "handbook_publish=1")
    leak, install = str(refused.value).splitlines()
    changed = "files changed since its proof of 2026-11-22, or that proof was edited: "
    assert leak == f"Not published: pip/leak-extra: {changed}" + "run `make test CASE=pip/leak-extra`"
    assert install == "Not published: uv/install-env: has no proof: run `make test CASE=uv/install-env`"
    site.prove("pip/leak-extra", "uv/install-env")
    assert site.build("-D", "handbook_publish=1") == 0
    site.write({"_build/proof.json": "{"})
    with pytest.raises(SystemExit, match="Not published: _build/proof.json: .+: run `make test`"):
        site.build("-D", "handbook_publish=1")


BROKEN = [
    (":::{case} pip/nope\n:::", 3, "case pip/nope does not exist: create snippets/pip/nope/"),
    (":::{case-file} uv/install-env b.toml\n:::", 3, "case uv/install-env has no b.toml: take one of a.toml"),
    (
        ":::{case-commands} pip/leak-extra\n:::",
        3,
        "case pip/leak-extra is printed without its proof: add {case-proof} pip/leak-extra",
    ),
    (
        ":::{case} pip/leak-extra\n:::\n:::{case-commands} pip/leak-extra\n:::",
        5,
        "case pip/leak-extra is printed twice: print its run.sh once",
    ),
    (":::{case} uv/configure-login\n:::", 16, "case uv/configure-login is also printed on guides/pip"),
    ("{case}`pip/install-env`", 3, "case pip/install-env is linked but on no page"),
]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Write a small test handbook; each test adds its own mistake to a page."""
    site = new_site(tmp_path_factory.mktemp("broken"))
    site.write({"guides/checked.md": "# C\n\n(grades)=\n## G\n"})
    site.write({"index.md": PAGES["index.md"].replace("{case}`pip/install-env`", "")})
    site.write({"guides/uv.md": PAGES["guides/uv.md"].replace(", {case}`the leak <pip/leak-extra>`", "")})
    return site


@pytest.mark.parametrize(("mistake", "line", "message"), BROKEN, ids=[one[2] for one in BROKEN])
def test_a_mistake_on_a_page(broken: Site, mistake: str, line: int, message: str, capfd) -> None:
    """A mistake on a page fails every build until it is corrected, with a line naming page, case and cure."""
    broken.write({"guides/pip.md": f"# Pip\n\n{mistake}\n"})
    assert broken.build() == 1
    assert f".md:{line}: WARNING: {message}" in capfd.readouterr().err
    assert not (broken.root / "doctrees" / "environment.pickle").exists()  # so the next build fails as well


def test_harness_variables_are_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table of the harness's variables comes from the list that the runner uses."""
    one = types.SimpleNamespace(
        name="NO_COLOR", value="1", clients=("pip", "uv"), why="quiet", systems=("linux", "macos")
    )
    monkeypatch.setattr("handbook.site.tables.table.VARIABLES", [one])
    site = Site(tmp_path)
    site.write({"conf.py": CONF, "index.md": "# Index\n\n:::{harness-variables}\n:::\n"})
    assert site.build() == 0
    assert "Variable Value Read by Why NO_COLOR 1 pip, uv quiet (on Linux and macOS)" in words(
        site.page("index")
    )
