"""Repository-wide rules: pages, cases, cassettes, facts and evidence match, and nothing forbidden gets in."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

import pytest

from handbook.cases import names
from handbook.feed import phrases
from handbook.site.domain import unrun_code
from tests.conftest import ROOT
from tests.every import CASES
from tests.facts.fact import evidence
from tests.unit import shape

LOG = ROOT / "CHANGELOG.md"  # a page includes it
PAGES = {path: path.read_text(encoding="utf-8") for path in [*shape.pages(ROOT), LOG]}
INCLUDED = re.compile(r"\{include\} *(\S+)")
CASSETTES = ROOT / "tests" / "cassettes"
COMMANDS = [case.commands for case in CASES]


def texts() -> dict[str, str]:
    """Return every text file of the repository, keyed by name."""
    found = {}
    for path in shape.tracked(ROOT):
        try:
            found[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found


EVERYTHING = texts()
TEXTS = {name: text for name, text in EVERYTHING.items() if not name.startswith("company/")}  # a fork's own


@pytest.mark.parametrize("git", ["", "exit 128", "exit 0"], ids=["archive", "foreign owner", "no git"])
def test_files_are_found_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, git: str) -> None:
    """The files are also found without .git, with one that git refuses to read, and without git."""
    root = tmp_path / "archive"
    for name in (".github/a.yml", "guides/b.md", "c", ".envs/d", "_build/e", "tests/__pycache__/f"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")
    (root / ".git").write_text("") if git else None
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    if git != "exit 0":
        program.write_text(f"#!/bin/sh\n{git or 'exit 0'}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    found = {path.relative_to(root).as_posix() for path in shape.tracked(root)}
    assert found == {".github/a.yml", "guides/b.md", "c"}


def test_walking_finds_what_git_tracks() -> None:
    """All files that git tracks are also found without git."""
    if (ROOT / ".git").exists():
        assert set(shape.walked(ROOT)) >= set(shape.tracked(ROOT))


def test_every_case_has_a_page() -> None:
    """Each case is printed on a page, and each page prints only cases that exist."""
    assert shape.printed(PAGES.values()) == {case.name for case in CASES}


def test_every_file_belongs_to_a_case() -> None:
    """Every file below snippets/ belongs to a case."""
    assert shape.homeless(ROOT) == []


def test_every_cassette_has_a_fact() -> None:
    """Each cassette has its fact's entry beside it, and each entry its cassette."""
    for folder in sorted(path for path in CASSETTES.iterdir() if path.is_dir()):
        entries = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
        assert set(entries) == {path.name for path in folder.glob("*.yaml")}, folder.name


def test_every_transcription_is_named_by_a_fact() -> None:
    """Each piece of evidence is named by a fact or a phrase of the feed, and each such name exists.

    How a task starts a shell is no answer of the feed: `test_cmd_is_started_as_the_task_starts_it` names it.
    """
    entries = [json.loads(path.read_text(encoding="utf-8")) for path in CASSETTES.glob("*/provenance.json")]
    named = {name for folder in entries for entry in folder.values() for name in entry["evidence"]}
    named |= {name for phrase in phrases.declared().values() for name in phrase.evidence}
    assert named | {"task-command-line"} == set(evidence())


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_no_code_escapes(page: Path) -> None:
    """A page contains no configuration and no command that no case runs."""
    assert unrun_code.escaped(PAGES[page], COMMANDS) == []


def test_what_a_page_includes_is_looked_at() -> None:
    """The only file that a page includes is the change log, which must follow the rules for pages."""
    included = {
        (page.parent / one).resolve() for page, text in PAGES.items() for one in INCLUDED.findall(text)
    }
    assert included == {LOG}


def test_only_the_example_names() -> None:
    """Snippets and pages use only the example names, and a source is called `internal` or `shared`."""
    shown = {
        name: text for name, text in TEXTS.items() if name.startswith(("snippets/", "guides/", "index.md"))
    }
    # twine breaks long lines at any position.
    joined = [n for n in shown if n.startswith("snippets/twine/") and n.endswith("output.txt")]
    shown |= {n: re.sub(r"\n *", "", shown[n]) for n in joined}
    found = {n: shape.foreign_names(t) for n, t in shown.items() if shape.foreign_names(t)}
    cure = f"use {names.example_path()} or {names.organization_path()}, and the sources {names.SOURCES}"
    assert found == {}, cure


def test_no_token_shapes() -> None:
    """No file of the repository and no proof contains anything that looks like a token."""
    proofs = ROOT / "_build" / "proof.json"
    everything = EVERYTHING | ({"proof": proofs.read_text(encoding="utf-8")} if proofs.exists() else {})
    for name in [name for name in everything if name.startswith("tests/cassettes/")]:
        # A cassette contains whole files as base64; tokens of 84 characters are searched for everywhere else.
        everything[name] = "\n".join(line for line in everything[name].splitlines() if len(line.strip()) < 76)
    assert {
        name: shape.token_shapes(text) for name, text in everything.items() if shape.token_shapes(text)
    } == {}


def test_no_host_of_a_registry() -> None:
    """No file of the repository names a host of a package registry."""
    assert {
        name: shape.registry_hosts(text) for name, text in TEXTS.items() if shape.registry_hosts(text)
    } == {}


def test_no_path_of_a_machine() -> None:
    """No file of the repository contains a path that exists only on one machine."""
    assert {
        name: shape.machine_paths(text) for name, text in TEXTS.items() if shape.machine_paths(text)
    } == {}


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_named_targets_exist(name: str) -> None:
    """Each target that the README, the contributors' guide or the change log names is in the Makefile."""
    assert shape.missing_targets(TEXTS[name], TEXTS["Makefile"]) == []


def test_pages_stay_short() -> None:
    """A page has at most 250 lines."""
    lengths = {name: len(text.splitlines()) for name, text in TEXTS.items() if name.endswith(".md")}
    assert [name for name, length in lengths.items() if length > 250] == []


def test_every_test_says_its_claim() -> None:
    """Each test has a docstring of one sentence."""
    tests = {name: text for name, text in TEXTS.items() if "/test_" in name and name.endswith(".py")}
    assert {n: shape.undocumented_tests(t) for n, t in tests.items() if shape.undocumented_tests(t)} == {}


HOST = "python." + "org"  # no registry's host
TEST = 'def test_a():\n    """{}"""\n'
UV = '[[tool.uv.index]]\nname = "{}"\n'
INDEX = "https://pkgs.dev.azure.com/contoso/platform/_packaging/{}/pypi/simple/"
ESCAPED = functools.partial(unrun_code.escaped, commands=COMMANDS)
TARGETS = functools.partial(shape.missing_targets, makefile="test:\n")


@pytest.mark.parametrize(
    ("detector", "bad", "good"),
    [
        (shape.foreign_names, INDEX.format("other"), INDEX.format("python-internal")),
        (shape.foreign_names, UV.format("contoso"), UV.format("internal")),
        (shape.foreign_names, UV.format("python-internal"), UV.format("shared")),
        (shape.foreign_names, "index-servers =\n    feed\n", "index-servers = internal\n"),
        (shape.foreign_names, 'a = { source = "contoso" }', 'a = { source = "internal" }'),
        (shape.foreign_names, "poetry add --source contoso a", "poetry add --source internal a"),
        (shape.foreign_names, "UV_INDEX_CONTOSO_PASSWORD", "UV_INDEX_INTERNAL_PASSWORD"),
        (shape.foreign_names, "UV_INDEX_PLATFORM_PASSWORD", "UV_INDEX_SHARED_PASSWORD"),
        (shape.token_shapes, "a" * 75 + "AZDO" + "b" * 4, "a" * 64),
        (shape.token_shapes, "a" * 52, "a" * 51),
        (shape.token_shapes, "eyJ" + "a" * 12 + "." + "b" * 12, "eyJ"),
        (shape.token_shapes, "Authorization: Basic " + "YXo6" * 4, 'Basic realm="https://example.test/"'),
        (shape.token_shapes, "ghp_" + "a" * 30, "ghp_short"),
        (shape.token_shapes, "sig=" + "a" * 40, "sig=signature"),
        (shape.registry_hosts, "see https://" + "npmjs" + ".com/x", f"see https://{HOST}"),
        (shape.machine_paths, "in /fa" + "rm/x", "in /home/az/project and ~/x"),
        (TARGETS, "run `make tset`", "run `make test CASE=a/b`"),
        (shape.undocumented_tests, TEST.format(""), TEST.format("It holds.")),
        (shape.undocumented_tests, TEST.format("It holds. So does it."), "def helper():\n    pass\n"),
        (ESCAPED, "```ini\n[global]\n```\n", ":::{case} pip/install-env\n:::\n"),
        (ESCAPED, "run `pip install x`", "run `uv build`"),
    ],
)  # fmt: skip
def test_detectors_detect(detector, bad: str, good: str) -> None:
    """Each detector finds what it looks for, and ignores text that only resembles it."""
    assert detector(bad)
    assert not detector(good)


def test_registry_hosts_of_pypi_are_known() -> None:
    """The names of PyPI's hosts are found, whatever their source."""
    from handbook.feed.hosts import public_hosts

    assert all(shape.registry_hosts(f"at https://{host}/x") for host in public_hosts())


def test_a_file_without_a_case_is_found(tmp_path: Path) -> None:
    """A file beside the cases, or in a folder without case.toml, is found."""
    for name in ("pip/a/case.toml", "pip/a/x/pip.conf", "pip/b/run.sh", "pip/stray.txt"):
        (tmp_path / "snippets" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "snippets" / name).touch()
    assert shape.homeless(tmp_path) == ["pip/b/run.sh", "pip/stray.txt"]
