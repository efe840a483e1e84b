"""Proofs: what they cover, what a reader recomputes, and what `make publish` refuses."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from handbook.cases import case, clients, grades, machine, proof
from handbook.cases.closure import closure
from handbook.cases.machine import WALL
from handbook.runner import system
from tests.conftest import ROOT
from tests.unit import proofs
from tests.unit.test_ext import CONF, Site

HERE = system.HERE.name
NAME = "pip/install-env"
GIVEN = '[given]\nafter = ["uv/build-package"]\nprograms = ["keyring"]\n'
FEED = 'exit = 0\n[asked]\nfeed = ["-"]\n[result]\n'


def write(root: Path) -> Site:
    """Write and prove a site with one case, which has a predecessor and calls keyring."""
    site = Site(root)
    site.write({"conf.py": CONF, "index.md": "# Index\n\n(grades)=\n## Grades\n"})
    for name, more in (("uv/build-package", ""), (NAME, GIVEN)):
        head = f'title = "A case"\nclient = "{name.partition("/")[0]}"\n'
        site.write({f"snippets/{name}/case.toml": head + FEED + more, f"snippets/{name}/run.sh": "true\n"})
    site.prove(NAME, "uv/build-package")
    return site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Provide a small proved site."""
    return write(tmp_path)


def refused(site: Site) -> str:
    """Return why publishing the site is refused, or "" if it is not."""
    try:
        return "" if site.build("-D", "handbook_publish=1") == 0 else "the build failed"
    except SystemExit as error:
        return str(error)


COVERED = [
    f"snippets/{NAME}/run.sh",
    f"snippets/{NAME}/case.toml",
    f"snippets/{NAME}/output.txt",
    "snippets/uv/build-package/run.sh",
    "handbook/runner/plugin.py",
    "handbook/runner/run.py",
    "handbook/cases/clients.toml",
    "handbook/feed/relay.py",
    "locks/pip.txt",
    "locks/keyring.txt",
    "locks/uv.txt",
    "locks/site.txt",
    f"{proofs.RECORDED}/captured.yaml",
]
NOT_COVERED = [
    "handbook/tools/benchmark.py",
    "handbook/feed/reference_feed.py",
    "locks/twine.txt",
    f"{proofs.RECORDED}/live.yaml",
    "snippets/pip/leak-extra/run.sh",
    f"snippets/{NAME}/__pycache__/a.pyc",
]


@pytest.mark.parametrize("name", COVERED)
def test_a_proof_covers_what_its_result_depends_on(site: Site, name: str) -> None:
    """A change to the case, its predecessor, the runner, the feed, locks or answers refuses the site."""
    assert refused(site) == ""
    file = site.root / name
    file.write_text((file.read_text() if file.exists() else "") + "# a comment\n")
    said = refused(site)
    assert said.startswith(f"Not published: {NAME}: files changed since its proof of 2026-11-22")


@pytest.mark.parametrize("name", [name for name in COVERED if not name.endswith(("output.txt", ".toml"))])
def test_what_a_proof_covers_must_be_there(site: Site, name: str) -> None:
    """Without a file on which its result depends, a case is not published, and the file is named."""
    (site.root / name).unlink()
    said = refused(site)
    assert said.startswith(("Not published: ", f"{name}: does not exist: "))
    assert name in said or "files changed" in said


@pytest.mark.parametrize("name", NOT_COVERED)
def test_what_no_run_reads_is_not_covered(site: Site, name: str) -> None:
    """A file on which the run does not depend affects no proof."""
    site.write({name: "def other(): ...\n"})
    found = case.load(site.root / "snippets" / NAME)
    one = proof.load(site.root)[NAME][HERE]
    assert proof.Checkout(site.root).fault(found, HERE, one) == ""


ANSWER = f"{proofs.RECORDED}/live.yaml"
TOMORROW = (date.today() + timedelta(days=1)).isoformat()
LATER = (date.today() + timedelta(days=2)).isoformat()
# Field, its new value, and the error even if the digest fits; "" if nothing can detect it.
EDITED = [
    ("client", "uv", "its proof is one of uv"),
    ("version", "99.9", "its proof is one of pip 99.9, not 26.3"),
    ("system", "Forged OS", f"its proof says system 'Forged OS', which is {machine.system()!r} here"),
    ("python", "2.7", f"its proof says python '2.7', which is {machine.python()!r} here"),
    ("wall", not proof.surroundings()["wall"], "its proof says wall "),
    ("date", LATER, f"its proof is dated {LATER}, which is still to come"),
    ("date", TOMORROW, ""),
    ("grade", "live", "its proof says 'live', but its answers are 'captured'"),
    ("inputs", [], "its proof rests on an answer that its run did not get"),
    ("inputs", [f"{proofs.RECORDED}/captured.yaml", ANSWER], ""),
    ("inputs", ["conf.py", f"{proofs.RECORDED}/captured.yaml"], "its proof names conf.py, which is not "),
    ("rests_on", [], "its proof names no answer, though hosts are asked"),
    ("rests_on", [ANSWER], "its proof rests on an answer that its run did not get"),
    ("said", ["old"], ""),
    ("said", ["new"], "its proof says 'captured', but its answers are 'inferred'"),
    ("said", ["gone"], "its proof names gone, which no phrase is called"),
    ("requests", {}, ""),
    ("digest", "0" * 64, ""),
]


def test_every_field_is_edited() -> None:
    """The table has a row for each field of an entry."""
    assert {field for field, _, _ in EDITED} == set(proof.FIELDS)


@pytest.mark.parametrize(("field", "value", "said"), EDITED)
def test_an_edited_proof(site: Site, field: str, value: object, said: str) -> None:
    """The digest binds each field, and a recomputable field is refused even with a fitting digest."""
    if field != "digest":
        found = case.load(site.root / "snippets" / NAME)
        fields = {key: one for key, one in proof.load(site.root)[NAME][HERE].items() if key != "digest"}
        signed = proof.Checkout(site.root).signed(found, HERE, **fields | {field: value})
        proof.write(site.root, HERE, {NAME: signed})
        assert (f"Not published: {NAME}: {said}" in refused(site)) if said else (refused(site) == "")
        proofs.prove(site.root, NAME)
    entries = proof.load(site.root)
    entries[NAME][HERE][field] = value
    proof.path(site.root).write_text(json.dumps(entries))
    assert f"Not published: {NAME}: " in refused(site)


def test_a_proof_is_of_one_case_and_one_system(site: Site) -> None:
    """An entry that is moved to another case or system does not count there."""
    one = proof.load(site.root)["uv/build-package"][HERE]
    proof.write(site.root, HERE, {NAME: one})
    assert "its proof is one of uv" in refused(site)
    found, checkout = case.load(site.root / "snippets" / NAME), proof.Checkout(site.root)
    there = proofs.entry(site.root, found, "wine", system="Wine 10.0", python="3.12", wall=True)
    assert checkout.fault(found, "wine", there) == ""
    assert "files changed" in checkout.fault(found, "windows", there)
    assert "which is" in checkout.fault(found, HERE, there)
    newer = proofs.entry(site.root, found, "wine", version="27.0")
    assert checkout.fault(found, "wine", newer) == "its proof is one of pip 27.0, not 26.3"


def test_a_proof_without_the_wall(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run without the wall proves nothing on a machine that has the wall."""
    monkeypatch.setenv(WALL, "off")
    proofs.prove(site.root, NAME, "uv/build-package")
    assert refused(site) == ""
    monkeypatch.delenv(WALL)
    assert ("its proof says wall False, which is True here" in refused(site)) == (sys.platform == "linux")


def test_provenance_decides_about_the_grade(site: Site) -> None:
    """If a source turns out to be weaker, the results that rest on it are refused until they run again."""
    file = f"{proofs.RECORDED}/{grades.PROVENANCE}"
    weaker = proofs.FILES[file].replace('"grade": "captured"', '"grade": "inferred"')
    site.write({file: weaker})
    assert "its proof says 'captured', but its answers are 'inferred'" in refused(site)


def test_proofs_are_merged(site: Site) -> None:
    """Writing keeps other cases and systems, removes the listed ones, and leaves no temporary file."""
    one = proof.load(site.root)[NAME][HERE]
    proof.write(site.root, "wine", {NAME: one, "pip/b": one})
    assert proof.write(site.root, HERE, {"pip/c": one}, remove=[NAME, "uv/build-package"]) == ""
    assert {name: list(found) for name, found in proof.load(site.root).items()} == {
        NAME: ["wine"], "pip/b": ["wine"], "pip/c": [HERE]
    }  # fmt: skip
    assert [file.name for file in (site.root / "_build").iterdir()] == ["proof.json"]


BROKEN = ["{", "[]", '{"pip/a": 1}', '{"pip/a": {"linux": {}}}', '{"pip/a": {"grade": "sure"}}', "[" * 99999]


@pytest.mark.parametrize("content", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_proof_file_costs_no_proof(site: Site, content: str) -> None:
    """A broken proof file is refused in one line, and replaced by the proofs of the next run."""
    one = proof.load(site.root)[NAME]
    proof.path(site.root).write_text(content)
    with pytest.raises(proof.ProofError, match=r"^_build/proof.json: is not a list of proofs: run "):
        proof.load(site.root)
    said = proof.write(site.root, HERE, {NAME: one[HERE]})
    assert said == (
        "_build/proof.json: is not a list of proofs: written anew, with the proofs of this run alone"
    )
    assert proof.load(site.root) == {NAME: one}


def test_the_weakest_grade_is_the_last_in_the_list() -> None:
    """Of several grades, the one furthest from a live recording counts; asking PyPI is documented."""
    assert grades.weakest(["live", "sibling", "captured"]) == "sibling"
    assert grades.of_run([], []) == "local"
    assert grades.of_run(["live"], ["feed", "public-index"]) == "documented"
    assert grades.of_run(["inferred"], ["feed", "public-index"]) == "inferred"


# The closure of the checkout itself


def test_the_closure_holds_what_the_runner_loads() -> None:
    """Every module of the checkout that the runner loads is in the closure computed from the sources."""
    code = (
        "import sys, handbook.runner.plugin; "
        "print(*(one.__file__ for one in sys.modules.values() if getattr(one, '__file__', None)), sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    files = {Path(line) for line in done.stdout.splitlines() if (ROOT / ".envs") not in Path(line).parents}
    loaded = {file.relative_to(ROOT).as_posix() for file in files if ROOT in file.parents}
    found = closure(ROOT, proof.RUNNER)
    assert (
        {
            "handbook/runner/run.py",
            "handbook/cases/names.py",
            "handbook/cases/clients.py",
            "handbook/feed/relay.py",
        }
        <= loaded
        <= found
    )
    assert "handbook/feed/reference_feed.py" not in found and "handbook/tools/mutate.py" not in found


def test_nothing_is_imported_by_a_name_that_is_made() -> None:
    """The runner and the feed import only by statements, because the closure sees no other imports."""
    for name in closure(ROOT, proof.RUNNER):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not [word for word in ("import_module", "__import__", "runpy", "exec(") if word in text], name


@pytest.mark.parametrize(
    "line", ["from handbook.runner import added", "def late():\n    import handbook.runner.added"]
)
def test_a_new_module_is_covered(tmp_path: Path, line: str) -> None:
    """A module that the runner newly imports, wherever the statement is, is covered from then on."""
    folder = tmp_path / "handbook"
    shutil.copytree(ROOT / "handbook", folder, ignore=shutil.ignore_patterns("__pycache__"))
    added = folder / "runner" / "added.py"
    added.write_text("")
    before = proof.Checkout(tmp_path).machinery
    observation = folder / "runner" / "observation.py"
    observation.write_text(observation.read_text() + f"\n{line}\n")
    assert "handbook/runner/added.py" in closure(tmp_path, proof.RUNNER)
    between = proof.Checkout(tmp_path).machinery
    added.write_text("A = 1\n")
    assert len({before, between, proof.Checkout(tmp_path).machinery}) == 3


def test_a_lock_names_its_version(tmp_path: Path) -> None:
    """A client's version is what its lock pins; a lock that is missing or does not pin it is named."""
    assert clients.locked("pip", ROOT) in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (tmp_path / "locks").mkdir()
    for text, problem in ((None, "No such file"), ("pip-tools==1\n", "does not pin pip")):
        if text:
            (tmp_path / "locks/pip.txt").write_text(text)
        with pytest.raises(clients.ClientError, match=rf"^locks/pip.txt: {problem}.*: git checkout "):
            clients.locked("pip", tmp_path)
