"""Mutation tests: how kills are classified, how rules are checked, and which cases are selected."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from handbook.cases.case import Case
from handbook.runner import run
from handbook.runner.observation import compare
from handbook.tools import equivalent, mutate
from handbook.tools.equivalent import CLASSES, EQUIVALENT, Result, Rule
from handbook.tools.operators import Mutant
from tests import every

CASES = {case.name: case for case in every.CASES}
MUTANT = Mutant("uv/install-explicit", "run.sh", "line-removed", 1, line="a\n", text="", original="a\n")


@pytest.mark.parametrize(
    ("differences", "with_output", "verdict"),
    [
        (["exit: expected 0, saw 1"], ["exit: expected 0, saw 1"], "case"),
        (["not in the recording: GET x", "exit: expected 0, saw 1"], ["…"], "case"),
        (["not in the recording: GET x"], ["not in the recording: GET x"], "fact"),
        ([], ["output.txt differs"], "snapshot"),
        ([], [], "survived"),
    ],
)
def test_verdict(differences: list[str], with_output: list[str], verdict: str) -> None:
    """A kill counts for the case if an expectation fails, and for a fact if only an answer is missing."""
    assert equivalent.verdict(differences, with_output) == verdict in CLASSES


LAST = Rule("last-line", lambda mutant: mutant.number == 1, "it says nothing")
RULE_OFF, OWN = {"rules": {"last-line": "why"}}, {"mutants": {"run.sh:line-*:1": "why"}}


@pytest.mark.parametrize(
    ("rules", "exception", "verdict", "judged", "complaint"),
    [
        ([LAST], {}, "survived", "equivalent", ""),
        ([LAST], {}, "snapshot", "equivalent", ""),
        (
            [LAST],
            {},
            "case",
            "case",
            "the rule last-line does not hold here, run.sh:line-removed:1 is killed",
        ),
        ([LAST], RULE_OFF, "fact", "fact", ""),
        ([LAST], RULE_OFF, "survived", "survived", "exception.rules 'last-line' is no longer needed"),
        ([], RULE_OFF, "case", "case", "exception.rules 'last-line' is no longer needed"),
        ([], OWN, "survived", "equivalent", ""),
        ([], OWN, "case", "case", "'run.sh:line-*:1' is too wide, run.sh:line-removed:1 is killed"),
        ([], OWN, "case", "case", "'run.sh:line-*:1' matches no survivor: delete it"),
        ([], {}, "survived", "survived", ""),
    ],
)
def test_rules(rules: list[Rule], exception: dict, verdict: str, judged: str, complaint: str) -> None:
    """A survivor that a rule or its case declares is equivalent; a refuted or unneeded rule is an error."""
    case = replace(CASES[MUTANT.case], exception=exception)
    results = [Result(MUTANT, verdict), Result(replace(MUTANT, number=2), "survived")]
    said = equivalent.judge(results, case, rules)
    assert [result.verdict for result in results] == [judged, "survived"]
    assert any(complaint in one for one in said) if complaint else said == []
    assert all(one.startswith(f"snippets/{case.name}/case.toml: ") for one in said)


def test_rules_after_a_full_run() -> None:
    """A rule that matches no survivor of any case fails the run."""
    declared, killed = Result(MUTANT, "equivalent", rule="last-line"), Result(MUTANT, "case")
    assert equivalent.audit([declared, killed], [LAST]) == []
    assert equivalent.audit([killed], [LAST]) == ["rule last-line is no longer needed: delete it"]


def test_rules_have_reasons_and_match_a_mutant() -> None:
    """Each rule in force has a unique name and a reason, and matches a mutant of some case."""
    made = [mutant for name in CASES for mutant in every.mutants_of(name)]
    assert len({rule.name for rule in EQUIVALENT}) == len(EQUIVALENT)
    assert all(rule.reason and any(map(rule.matches, made)) for rule in EQUIVALENT)


def test_a_rule_names_no_case() -> None:
    """A rule does not depend on a case's name, because exceptions for one case belong in its case.toml."""
    for mutant in [mutant for name in CASES for mutant in every.mutants_of(name)]:
        other = replace(mutant, case=f"{mutant.case.partition('/')[0]}/add-another")
        assert [rule.name for rule in EQUIVALENT if rule.matches(mutant) != rule.matches(other)] == []


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.exception])
def test_an_exception_of_a_case_matches_one_of_its_mutants(name: str) -> None:
    """Each exception that a case declares for mutants matches at least one of its mutants."""
    exception, made = CASES[name].exception, every.mutants_of(name)
    known = {rule.name for rule in EQUIVALENT if any(map(rule.matches, made))}
    assert set(exception.get("rules", {})) <= known
    assert [rule.name for rule in equivalent.own(CASES[name]) if not any(map(rule.matches, made))] == []


# With the real client


def _mutant(case: Case, operator: str, line: str) -> Mutant:
    return next(
        one for one in every.mutants_of(case.name) if one.operator == operator and one.line.startswith(line)
    )


@pytest.mark.parametrize(
    ("name", "operator", "line", "verdict"),
    [
        ("uv/install-explicit", "wrong-letter-in-feed", "url", "case"),
        ("uv/install-explicit", "line-removed", "explicit", "case"),
        ("uv/install-explicit", "file-left-out", "", "case"),
        ("uv/install-explicit", "slash-lost", "url", "survived"),
        ("uv/build-package", "line-removed", "print", "fact"),
    ],
)
def test_real_mutants(name: str, operator: str, line: str, verdict: str, harness: run.Harness) -> None:
    """Mutants of a real case are classified: killed by the case, surviving a lost slash, killed by a fact."""
    case = CASES[name]
    mutant = _mutant(case, operator, line)
    if operator == "slash-lost":
        mutant = replace(mutant, text=mutant.original.replace('/simple/"', '/simple"'))
    following = [other for other in CASES.values() if other.given == {"after": [name]}]
    assert mutate.try_mutant(harness, case, mutant, following).verdict == verdict


def test_a_client_that_waits_is_ended(harness: run.Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands that run too long are ended with all their processes, and the mutant counts as noticed."""
    monkeypatch.setattr(harness, "seconds", 0.2)
    mutant = replace(MUTANT, text="sleep 60 & wait\n")
    result = mutate.try_mutant(harness, CASES["uv/install-explicit"], mutant)
    assert (result.verdict, result.differences) == (
        "case",
        ["uv/install-explicit: did not end in 0.2 s: correct run.sh"],
    )
    assert result.seconds < 5


def test_swapped_expectations_fail(harness: run.Harness, tmp_path: Path) -> None:
    """Two cases that swap their expectations both fail."""
    one, other = CASES["uv/install-explicit"], CASES["uv/fail-wrong-token"]
    first = run.observe(harness, [one], tmp_path / "one")
    second = run.observe(harness, [other], tmp_path / "other")
    assert not compare(first, one, output=False) and not compare(second, other, output=False)
    assert compare(first, other, output=False) and compare(second, one, output=False)


# The command line


def _git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@contoso.example"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def programs(case: Case) -> set[str]:
    """Return the programs that a case and its predecessors use or install."""
    earlier = [CASES[name] for name in case.given.get("after", [])]
    found = {one.client for one in [case, *earlier]}
    return found | {
        word for one in [case, *earlier] for key in ("programs", "public") for word in one.given.get(key, [])
    }


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Provide a repository with one commit on main, and a branch."""
    if not shutil.which("git"):
        pytest.skip("git is not installed")
    for name in (
        "snippets/uv/build-package/run.sh",
        "snippets/pip/install-env/run.sh",
        "locks/pip.txt",
        "index.md",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("a\n")
    _git(tmp_path, "init", "--quiet", "--initial-branch=main")
    _git(tmp_path, "add", ".")
    _git(tmp_path, "commit", "--quiet", "--message=a")
    _git(tmp_path, "checkout", "--quiet", "-b", "work")
    return tmp_path


@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("index.md", set()),
        ("handbook/tools/lint.py", set()),
        ("snippets/pip/install-env/run.sh", {"pip/install-env"}),
        ("snippets/pip/install-env/new.txt", {"pip/install-env"}),
        ("snippets/uv/build-package/run.sh", {"uv/build-package", "twine/publish-env"}),
        ("locks/pip.txt", {name for name, one in CASES.items() if "pip" in programs(one)}),
        ("locks/keyring.txt", {name for name, one in CASES.items() if "keyring" in programs(one)}),
        ("locks/uv.txt", {name for name, one in CASES.items() if "uv" in programs(one)}),
        ("handbook/feed/reference_feed.py", set()),
    ],
)
def test_changed(checkout: Path, file: str, expected: set[str], committed: bool) -> None:
    """A case is selected if its folder, a predecessor or a lock file of its programs differs from main."""
    (checkout / file).parent.mkdir(parents=True, exist_ok=True)
    (checkout / file).write_text("b\n")
    if committed:
        _git(checkout, "add", ".")
        _git(checkout, "commit", "--quiet", "--message=b")
    assert {case.name for case in mutate.changed(checkout, list(CASES.values()))} == expected


@pytest.mark.parametrize(
    "file",
    [
        "locks/site.txt",
        "handbook/feed/relay.py",
        "tests/cassettes/test_index/test_a.yaml",
        "handbook/runner/observation.py",
        "handbook/cases/clients.toml",
        "handbook/tools/operators.py",
    ],
)
def test_a_change_of_the_machinery_takes_a_tenth(checkout: Path, file: str) -> None:
    """If the machinery differs from main, a random tenth of the cases is added to those that differ."""
    for changed in (file, "snippets/pip/install-env/new.txt"):
        (checkout / changed).parent.mkdir(parents=True, exist_ok=True)
        (checkout / changed).write_text("b\n")
    cases = list(CASES.values())
    taken = [case.name for case in mutate.changed(checkout, cases)]
    assert taken == [case.name for case in mutate.changed(checkout, cases)]
    drawn = set(taken) - {"pip/install-env"}
    assert "pip/install-env" in taken and -(-len(cases) // 10) - 1 <= len(drawn) <= -(-len(cases) // 10)
    assert mutate.sample(cases, "a") != mutate.sample(cases, "b")


def test_changed_on_main(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture
) -> None:
    """On main with a clean tree, no case is selected; without a main branch, every case is."""
    _git(checkout, "checkout", "--quiet", "main")
    assert mutate.changed(checkout, list(CASES.values())) == []
    capsys.readouterr()
    assert len(mutate.changed(tmp_path_factory.mktemp("none"), list(CASES.values()))) == len(CASES)
    (line,) = capsys.readouterr().err.splitlines()
    assert line == "no git history with a main branch to compare with: taking every case"


def test_nothing_to_do(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """If no case differs from main, the command says so in one line and succeeds."""
    monkeypatch.setattr(mutate, "changed", lambda root, cases: [])
    assert mutate.main(["--changed"]) == 0
    assert capsys.readouterr().out == "no case differs from main\n"


def test_unknown_case(capsys: pytest.CaptureFixture[str]) -> None:
    """A case that does not exist is reported in one line with the nearest name, and exit status 2."""
    assert mutate.main(["pip/instal-env"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line == "handbook.tools.mutate: pip/instal-env: no such case: the nearest is pip/install-env"


@pytest.mark.parametrize(("verdict", "status"), [("case", 0), ("fact", 0), ("snapshot", 1), ("survived", 1)])
def test_report(
    verdict: str,
    status: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A surviving mutant is printed as a diff and fails the run; the last line has the totals."""
    monkeypatch.setattr(mutate, "ROOT", tmp_path)
    monkeypatch.setattr(mutate, "all_cases", lambda root: every.CASES)
    monkeypatch.setattr(mutate, "try_all", lambda cases: [[Result(MUTANT, verdict, ["exit: 1"])]])
    assert mutate.main(["uv/install-explicit"]) == status
    printed = capsys.readouterr().out
    assert printed.splitlines()[-1] == f"{1 - status} passed, {status} failed"
    assert (f"{MUTANT.id} (" in printed and "-a\n" in printed) == bool(status)
    (row,) = json.loads((tmp_path / "_build" / "mutations.json").read_text())["mutants"]
    assert (row["id"], row["class"], row["noticed"]) == (MUTANT.id, verdict, ["exit: 1"])


def test_a_case_that_fails_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """A case that fails unmodified ends the run, because all its mutants would count as killed."""
    case = CASES["uv/install-explicit"]
    monkeypatch.setattr(mutate, "mutants", lambda case: [])
    monkeypatch.setattr(mutate.workers, "ProcessPoolExecutor", _Here)
    monkeypatch.setattr(mutate, "_work", lambda job: ["exit: expected 0, saw 1"])
    with pytest.raises(mutate.MutateError, match="make test CASE=uv/install-explicit"):
        list(mutate.try_all([case]))


class _Here:
    """An executor that runs its jobs in this process."""

    def __init__(self, *_: object) -> None:
        self.map = map

    def shutdown(self, cancel_futures: bool) -> None:
        """Do nothing."""
