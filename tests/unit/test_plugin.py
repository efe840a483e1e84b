"""The runner: how pytest runs, reports, writes and proves a case, and keeps current proofs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from handbook.cases import proof
from handbook.cases.case import load
from handbook.runner import observation, plugin, run
from handbook.runner.system import HERE
from tests.conftest import ROOT

GREET = "bash/build-greeting"
MISTYPED = "bash/build-greting"
COUNT = "bash/build-count"
TESTS = {
    "conftest.py": """import pytest
pytest_plugins = ["handbook.runner.plugin"]

@pytest.fixture
def browser(): ...

@pytest.fixture
def tab(browser): ...
""",
    "test_snippets.py": """import pytest

@pytest.mark.cases
def test_case(case, prove):
    prove(case)

def test_in_a_browser(tab): ...

def test_without_one(): ...
""",
}


@dataclass
class Checkout:
    """A copy of the code that runs cases, with cases of its own."""

    root: Path

    def case(self, name: str, commands: str, more: str = "", head: str = "") -> Path:
        """Write a bash case that makes no request; return its folder."""
        folder = self.root / "snippets" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "run.sh").write_text(commands)
        text = f'title = "A case"\nclient = "{name.partition("/")[0]}"\nexit = 0\n'
        (folder / "case.toml").write_text(f"{text}{head}[asked]\n[result]\n{more}")
        return folder

    def pytest(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Run pytest in the copy, as a person does."""
        argv = [sys.executable, "-m", "pytest", *options]
        variables = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
        return subprocess.run(argv, cwd=self.root, env=variables, capture_output=True, text=True, check=False)

    def proved(self) -> set[str]:
        """Return the cases whose proof is current."""
        found, checkout = proof.load(self.root), proof.Checkout(self.root)
        faults = {
            name: checkout.fault(load(self.root / "snippets" / name), HERE.name, systems.get(HERE.name))
            for name, systems in found.items()
        }
        return {name for name, fault in faults.items() if not fault}


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Provide a checkout with two cases that differ in their output."""
    for name in ("handbook", "locks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tests").mkdir()
    for name in (".envs", "pyproject.toml", "tests/cassettes"):
        (tmp_path / name).symlink_to(ROOT / name)
    for name, text in TESTS.items():
        (tmp_path / "tests" / name).write_text(text)
    made = Checkout(tmp_path)
    made.case(GREET, "echo hello\n", 'printed = ["hello"]\n')
    made.case(COUNT, "echo one\n", 'printed = ["one"]\n')
    return made


def test_a_case_is_shown_and_proved(checkout: Checkout) -> None:
    """With --case, only that case runs, its commands, requests and output are shown, and it is proved."""
    done = checkout.pytest("--case", GREET)
    assert done.returncode == 0, done.stdout + done.stderr
    for said in ("echo hello", "no request", "output, exit status 0", "\nhello\n", "1 passed, 2 deselected"):
        assert said in done.stdout
    assert checkout.proved() == {GREET}


def test_a_real_request_is_shown(harness: run.Harness, tmp_path: Path) -> None:
    """A request is shown with its status, its credential class and the kind of its host."""
    case = load(ROOT / "snippets" / "uv" / "install-env")
    seen = run.observe(harness, [case], tmp_path / "run")
    parts = dict(plugin.shown(case, seen, []))
    assert re.search(r"^303 +contributor-write +feed +GET https://pkgs\.", parts["requests"], re.M)
    assert re.search(r"^200 +none +file-store +GET https://", parts["requests"], re.M)


def test_a_case_that_fails_is_shown_and_loses_its_proof(checkout: Checkout) -> None:
    """If a case fails, its differences are shown, the run fails, and an older proof is removed."""
    checkout.pytest("--case", GREET)
    checkout.case(GREET, "echo other\n", 'printed = ["hello"]\n')
    done = checkout.pytest("--case", GREET)
    assert done.returncode == 1
    for said in ("echo other", "\nother\n", "FAILED printed: no line says 'hello'"):
        assert said in done.stdout
    assert "Traceback" not in done.stdout and "plugin.py" not in done.stdout
    assert proof.load(checkout.root) == {}


@pytest.mark.parametrize("options", [[], ["--case", COUNT], ["--case", COUNT, "--write"]], ids=" ".join)
def test_every_run_makes_the_same_checks(checkout: Checkout, options: list[str]) -> None:
    """A case with the files and expectations of another is refused by every kind of run."""
    checkout.case(COUNT, "echo hello\n", 'printed = ["hello"]\n')
    done = checkout.pytest(*options)
    assert done.returncode == 1
    assert f"FAILED {GREET} has its files and expects the same: " in done.stdout
    assert COUNT not in proof.load(checkout.root)


def test_the_list_of_checks(harness: run.Harness, tmp_path: Path) -> None:
    """Everything that is wrong with a run is in one list: faults, expectations and redundant cases."""
    case = load(ROOT / "snippets" / "uv" / "install-env")
    seen = run.observe(harness, [case], tmp_path / "run")
    assert observation.differences(seen, case, [case]) == observation.compare(seen, case) == []
    seen.faults.append("TLS failed: no")
    seen.exit = 3
    assert observation.differences(seen, case, [case]) == ["TLS failed: no", "exit: expected 0, saw 3"]


def test_output_is_written_anew(checkout: Checkout) -> None:
    """With `--write`, the client's output becomes the expected output, and the case is proved with it."""
    file = checkout.root / "snippets" / GREET / "output.txt"
    file.write_text("an older output\n")
    assert "FAILED output.txt differs" in checkout.pytest("--case", GREET).stdout
    assert file.read_text() == "an older output\n"
    assert checkout.pytest("--case", GREET, "--write").returncode == 0
    assert file.read_text() == "hello\n"
    assert checkout.proved() == {GREET}


def test_no_token_is_written(checkout: Checkout) -> None:
    """An output that contains a token of the run is never written to a file."""
    head = '[credential]\nAZURE_ARTIFACTS_TOKEN = "reader-read"\n'
    folder = checkout.case(GREET, 'echo "$AZURE_ARTIFACTS_TOKEN"\n', 'written = ["output"]\n', head)
    done = checkout.pytest("--case", GREET, "--write")
    assert f"{GREET}: prints a token" in done.stdout and done.returncode == 1
    assert not (folder / "output.txt").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--case", MISTYPED], f"{MISTYPED}: no such case: the nearest is {GREET}"),
        (["--write"], "--write: writes the output of one case: name it with --case"),
    ],
)
def test_what_cannot_be_asked_for(checkout: Checkout, options: list[str], said: str) -> None:
    """A mistyped name, and --write without a case, are reported in one line."""
    done = checkout.pytest(*options)
    assert (done.returncode, done.stdout, done.stderr) == (4, "", f"ERROR: {said}\n\n")


def test_a_predecessor_that_is_missing(checkout: Checkout) -> None:
    """A missing predecessor is reported in one line that names both cases and the nearest name."""
    checkout.case(GREET, "echo hello\n", 'printed = ["hello"]\n[given]\nafter = ["bash/build-cont"]\n')
    said = f"{GREET}: given.after names bash/build-cont: no such case: the nearest is {COUNT}"
    done = checkout.pytest("--case", GREET)
    assert said in done.stdout and "Traceback" not in done.stdout
    assert done.returncode == 1


def test_a_case_that_is_not_run_says_why(checkout: Checkout) -> None:
    """A case that cannot run here is shown with its reason and source, and fails nothing."""
    more = '[checked]\nno = "a person signs in"\nsource = "https://example.org/"\ndate = 2026-11-22\n'
    checkout.case(GREET, "echo hello\n", more)
    done = checkout.pytest("--case", GREET)
    assert f"{GREET} is not run here: a person signs in (https://example.org/)" in done.stdout
    assert done.returncode == 0 and proof.load(checkout.root) == {}


def test_what_is_proved_is_kept(checkout: Checkout) -> None:
    """`--changed` runs cases without a current proof, no browser test, and reports what it kept."""
    assert "4 passed" in checkout.pytest("-n", "2").stdout
    entries = proof.load(checkout.root)
    one = entries[GREET][HERE.name]
    older = {key: value for key, value in one.items() if key != "digest"} | {"date": "2026-11-20"}
    case = load(checkout.root / "snippets" / GREET)
    signed = proof.Checkout(checkout.root).signed(case, HERE.name, **older)
    proof.write(checkout.root, HERE.name, {GREET: signed})
    for options in ([], ["-n", "2"]):
        done = checkout.pytest("--changed", *options)
        assert "2 cases kept, not run (oldest proof 2026-11-20)" in done.stdout
        assert re.search(r"^1 passed\b", done.stdout, re.M)
    checkout.case(COUNT, "echo one # new\n", 'printed = ["one"]\n')
    done = checkout.pytest("--changed", "-n", "2")
    assert "1 cases kept, not run (oldest proof 2026-11-20)" in done.stdout
    assert re.search(r"^2 passed\b", done.stdout, re.M)
    assert checkout.proved() == {GREET, COUNT}
    assert re.search(r"^4 passed\b", checkout.pytest().stdout, re.M)
    assert proof.load(checkout.root)[GREET][HERE.name]["date"] != "2026-11-20"


def test_a_group_runs_alone(checkout: Checkout) -> None:
    """The cases of a slow client run only with `--group`, and then nothing else runs."""
    checkout.case("flit/build-nothing", "true\n")
    rows = checkout.root / "handbook" / "cases" / "clients.toml"
    rows.write_text(rows.read_text().replace('spelling = "Flit"\n', 'spelling = "Flit"\ngroup = "tools"\n'))
    assert "4 passed" in checkout.pytest().stdout
    assert checkout.proved() == {GREET, COUNT}
    done = checkout.pytest("--group", "tools")
    assert re.search(r"^1 passed\b", done.stdout, re.M)
    assert checkout.proved() == {GREET, COUNT, "flit/build-nothing"}
    assert "2 cases kept" in checkout.pytest("--changed").stdout
    assert re.search(r"^1 passed\b", checkout.pytest("--case", GREET).stdout, re.M)


def test_an_unknown_group_is_one_line(checkout: Checkout) -> None:
    """An unknown group is reported together with the existing ones."""
    done = checkout.pytest("--group", "tolls")
    assert "ERROR: --group: 'tolls' is not a group: use tools\n" in done.stdout + done.stderr


def test_a_case_that_is_asked_for_is_never_kept(checkout: Checkout) -> None:
    """A case selected by --case always runs, proved or not."""
    for _ in range(2):
        assert re.search(r"^1 passed\b", checkout.pytest("--case", GREET, "--changed").stdout, re.M)


def test_a_new_lock_keeps_nothing(checkout: Checkout) -> None:
    """After a change to a file on which every case depends, `--changed` runs every case."""
    checkout.pytest()
    lock = checkout.root / "locks" / "site.txt"
    lock.write_text(lock.read_text() + "# new\n")
    done = checkout.pytest("--changed")
    assert "0 cases kept, not run; no test in a browser" in done.stdout
    assert re.search(r"^3 passed\b", done.stdout, re.M)


def test_a_broken_proof_file_is_one_line(checkout: Checkout) -> None:
    """An unreadable proof file is reported in one line, and the run's proofs replace it."""
    proof.path(checkout.root).parent.mkdir()
    proof.path(checkout.root).write_text('{"pip/a": 1}')
    tests = checkout.root / "tests" / "test_snippets.py"
    reads = "\n\ndef test_it():\n    from handbook.cases import proof\n    proof.load(proof.Path('.'))\n"
    tests.write_text(tests.read_text() + reads)
    done = checkout.pytest("--changed", "-n", "2")
    assert done.returncode == 0
    assert done.stdout.count("_build/proof.json: is not a list of proofs: written anew") == 1
    assert checkout.proved() == {GREET, COUNT}


def test_proofs_that_cannot_be_written_fail_the_run(checkout: Checkout) -> None:
    """If the proofs cannot be written, the run says so and fails."""
    proof.path(checkout.root).mkdir(parents=True)
    done = checkout.pytest("--case", GREET)
    assert "_build/proof.json: cannot be written: " in done.stdout and "Traceback" not in done.stdout
    assert done.returncode != 0


def test_a_client_that_is_not_the_locked_one_proves_nothing(checkout: Checkout) -> None:
    """A case whose client is not the version that its lock pins fails with the cure."""
    lock = checkout.root / "locks" / "uv.txt"
    lock.write_text(re.sub(r"(?m)^uv==\S+", "uv==0.0.1", lock.read_text()))
    checkout.case("uv/build-nothing", "uv --version >/dev/null\n")
    done = checkout.pytest("--case", "uv/build-nothing")
    assert re.search(r"\.envs/uv: uv [\d.]+ is not what locks/uv\.txt pins: run `make setup`", done.stdout)
    assert done.returncode == 1 and proof.load(checkout.root) == {}


def test_a_proof_is_the_entry_that_the_run_made(checkout: Checkout) -> None:
    """An entry holds exactly the declared fields, including those that cannot be recomputed."""
    checkout.pytest("--case", GREET)
    ((system, entry),) = json.loads(proof.path(checkout.root).read_text())[GREET].items()
    assert system == HERE.name and entry.keys() == proof.FIELDS.keys()
    assert {key: entry[key] for key in ("system", "python", "wall")} == proof.surroundings()
    assert (entry["client"], entry["grade"], entry["inputs"], entry["requests"]) == ("bash", "local", [], {})
