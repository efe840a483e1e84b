"""The command line, the Makefile and the CI files use the same table of commands."""

import os
import re
import subprocess
import types
from pathlib import Path

import pytest
import yaml

from handbook.cases import machine
from handbook.runner import system
from handbook.tools import commands, environments, lint, releases
from handbook.tools.environments import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize("name", ["audit", "lock", "record", "test"])
def test_a_command_stops_where_it_fails(name, monkeypatch, tmp_path):
    """If its first program fails, a command starts no other, replaces nothing, and returns that status."""
    ran, kept = [], tmp_path / "tests" / "cassettes" / "kept.yaml"
    kept.parent.mkdir(parents=True)
    kept.touch()
    monkeypatch.setattr(commands, "run", lambda *argv, **_: ran.append(argv) or 3)
    monkeypatch.setattr(commands, "ROOT", tmp_path)
    monkeypatch.setattr(environments, "uv_variables", lambda: {})
    assert commands.COMMANDS[name].run([]) == 3
    assert (len(ran), kept.exists()) == (1, True)


def test_test_stops_at_lint(monkeypatch):
    """If lint finds something, `test` ends with lint's status before any test runs."""
    ran = []
    monkeypatch.setattr(commands, "run", lambda *argv: ran.append(argv[2]) or 1)
    assert commands.test([]) == 1
    assert ran == ["handbook.tools.lint"]


def test_test_passes_arguments_on(monkeypatch):
    """`test` runs lint, then pytest with at most four workers; with a case's name, only the cases' tests."""
    ran = []
    monkeypatch.setattr(commands, "run", lambda *argv: ran.append(argv[2:]) or 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    commands.test(["-k", "relay"])
    commands.test(["--changed"])
    commands.test(["pip/install-env", "--write"])
    assert ran == [
        ("handbook.tools.lint",),
        ("pytest", "-n", "4", "--maxschedchunk", "1", "-k", "relay"),
        ("handbook.tools.lint",),
        ("pytest", "-n", "4", "--maxschedchunk", "1", "--changed"),
        ("pytest", "tests/cases/test_cases.py", "--case", "pip/install-env", "--write"),
    ]


@pytest.mark.parametrize(
    ("variables", "arguments"),
    [
        ([], "test"),
        (["CHANGED=1"], "test --changed"),
        (["CASE=pip/install-env"], "test pip/install-env"),
        (["GROUP=tools", "CHANGED=1"], "test --group tools --changed"),
        (["CASE=pip/install-env", "WRITE=1"], "test pip/install-env --write"),
    ],
)
def test_make_passes_on_what_it_is_told(variables, arguments, tmp_path):
    """`make test` passes CASE, CHANGED, GROUP and WRITE to the command, and by default runs everything."""
    echo = tmp_path / "python"
    echo.write_text('#!/bin/sh\nshift 2\necho "$@"\n')
    echo.chmod(0o755)
    argv = ["make", "-s", f"PYTHON={echo}", "test", *variables]
    clean = {"PATH": os.environ["PATH"]}
    done = subprocess.run(argv, cwd=ROOT, env=clean, capture_output=True, text=True, check=True)
    assert done.stdout.split() == arguments.split()


STARTING = sorted(set(commands.COMMANDS) - {"clean", "help", "lock", "record", "setup"})


@pytest.mark.parametrize("name", STARTING)
def test_each_command_is_made_of_words(name, monkeypatch):
    """Each command starts the site's Python, with strings as arguments."""
    ran = []
    monkeypatch.delenv("HANDBOOK_WINDOWS", raising=False)  # if it is off, windows starts nothing
    monkeypatch.setattr(
        subprocess, "run", lambda argv, **_: ran.append(argv) or types.SimpleNamespace(returncode=0)
    )
    assert commands.COMMANDS[name].run([]) == 0
    assert ran and all(isinstance(word, str) for argv in ran for word in argv)
    assert {argv[0] for argv in ran} == {commands.SITE}
    assert "site" in commands.COMMANDS[name].needs([]), "it starts the site's Python, so it must set that up"


def test_a_group_under_wine_runs_its_cases_alone(monkeypatch):
    """`make windows GROUP=tools` runs no test without a case of the group: pytest calls that an error."""
    ran = []
    monkeypatch.setattr(commands, "run", lambda *argv: ran.append(argv) or 0)
    assert commands.windows(["--group", "tools", "--changed"]) == 0
    assert [argv[-3:] for argv in ran if "pytest" in argv] == [("--group", "tools", "--changed")]
    ran.clear()
    assert commands.windows([]) == 0
    assert len([argv for argv in ran if "pytest" in argv]) == 3


def test_help_lists_every_target():
    """`make` alone prints every target with its comment."""
    done = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert re.findall(r"^  ([a-z]+) +\S", done.stdout, re.MULTILINE) == TARGETS


def test_each_target_is_one_call_of_the_command_of_that_name():
    """Each target is declared phony, has a comment, and is one call that also works without make."""
    rules = re.findall(r"^([a-z]+):  ## \S.*\n((?:\t.+\n)+)", MAKEFILE, re.MULTILINE)
    assert [name for name, _ in rules] == TARGETS == MAKEFILE.split(".PHONY: ")[1].split("\n")[0].split()
    for name, recipe in rules:
        assert re.fullmatch(rf"\t@(exec )?\$\(PYTHON\) -m handbook {name}( \$.+)?\n", recipe)
    assert set(TARGETS) == set(commands.COMMANDS)


def test_make_hands_words_over_as_they_are(tmp_path):
    """The values of CASE, CLIENT and PORT each reach the command as one word, whatever they contain."""
    echo = tmp_path / "python"
    echo.write_text('#!/bin/sh\nshift 2\nprintf "%s|" "$@"\n')
    echo.chmod(0o755)
    hostile = "x;touch 'y' \"z\" `id` ~ *"
    for target, names in {
        "test": ["CASE"],
        "names": [],
        "serve": ["PORT"],
        "relay": ["CLIENT", "PORT"],
    }.items():
        given = [f"{name}={hostile}" for name in names]
        argv = ["make", "-s", f"PYTHON={echo}", target]
        for more, words in ((given, [hostile] * len(names)), ([], [])):
            clean = {"PATH": os.environ["PATH"]}
            done = subprocess.run(
                [*argv, *more], cwd=ROOT, env=clean, capture_output=True, text=True, check=True
            )
            assert done.stdout == "|".join([target, *words, ""])


@pytest.mark.parametrize("port", ["70000", "-1", "x"])
def test_a_port_that_is_none(port, capsys):
    """An invalid port is reported in one line, before anything is built."""
    assert commands.main(["serve", port]) == 2
    assert capsys.readouterr().err == f"handbook: PORT={port}: is not a port: use a number from 1 to 65535\n"


def test_ci_runs_what_a_contributor_is_told_to_run():
    """Both CI services run .ci/run, which calls each command that CONTRIBUTING says it calls."""
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    told = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    promised = told.partition("## Before you send it")[2].partition("`.ci/run` does all of it")[0]
    called = set(re.findall(r"^make ([a-z]+)", script, re.MULTILINE))
    assert len(called) > 2 and called == set(re.findall(r"`make ([a-z]+)", promised))
    assert os.access(ROOT / ".ci/run", os.X_OK)
    for file in ("azure-pipelines.yml", lint.WORKFLOW):
        jobs = yaml.safe_load((ROOT / file).read_text(encoding="utf-8"))["jobs"]
        every = jobs.values() if isinstance(jobs, dict) else jobs
        ran = [step.get("run", step.get("script")) for job in every for step in job["steps"]]
        assert {".ci/run", ".ci/run browser"} <= set(ran), file


def test_only_the_publishing_jobs_may_write():
    """A checking job has read permission only; a publishing job waits for it and checks nothing out."""
    jobs = yaml.safe_load((ROOT / lint.WORKFLOW).read_text(encoding="utf-8"))["jobs"]
    publishing = {name for name, job in jobs.items() if "PUBLISH_" in job.get("if", "")}
    assert publishing == {"pages", "static-web-app", "close-preview"}
    for name, job in jobs.items():
        uses = [step.get("uses", "") for step in job["steps"]]
        if name in publishing:
            assert job.get("needs") == "check" or name == "close-preview"
            assert not any("checkout" in used for used in uses), name
        else:
            assert job["permissions"] == {"contents": "read"}, name
    pipeline = yaml.safe_load((ROOT / "azure-pipelines.yml").read_text(encoding="utf-8"))["jobs"]
    checking = [job["job"] for job in pipeline if {"checkout": "none"} not in job["steps"]]
    assert checking == ["tools", "check", "nightly", "nightly_tools", "nightly_versions", "weekly_versions"]
    for job in pipeline[len(checking) :]:
        assert job["dependsOn"] == "check" and "PUBLISH_" in job["condition"]
    assert "TOKEN" not in str(pipeline[: len(checking)])


def test_every_client_has_its_week():
    """The weekly job of both CI systems runs every release of each client that is measured."""
    job = yaml.safe_load((ROOT / lint.WORKFLOW).read_text(encoding="utf-8"))["jobs"]["weekly-versions"]
    assert job["strategy"]["matrix"]["client"] == list(releases.measured_clients())
    pipeline = yaml.safe_load((ROOT / "azure-pipelines.yml").read_text(encoding="utf-8"))["jobs"]
    [job] = [one for one in pipeline if one.get("job") == "weekly_versions"]
    found = [one["CLIENT"] for one in job["strategy"]["matrix"].values()]
    assert found == list(releases.measured_clients())


def test_each_system_has_a_job_that_keeps_its_proof():
    """On macOS and Windows, one job runs every case in bash and hands over a proof named after the system."""
    job = yaml.safe_load((ROOT / lint.WORKFLOW).read_text(encoding="utf-8"))["jobs"]["systems"]
    found = {one["system"]: one for one in job["strategy"]["matrix"]["include"]}
    assert set(found) == set(machine.SYSTEMS) - {"linux"}
    for name, one in found.items():
        here = next(here for here in system.SYSTEMS.values() if here.name == name)
        python = here.executable(Path(".envs/site"), "python").as_posix()
        assert (one["runner"].partition("-")[0], one["python"]) == (name, python.removesuffix(".exe"))
    assert job["defaults"] == {"run": {"shell": "bash"}}
    kept = job["steps"][-1]["with"]
    assert (kept["name"], kept["path"]) == ("proof-${{ matrix.system }}", "_build/proof.json")


def test_lint_reports_what_a_tool_finds():
    """A tool's findings are reported with its name and its output."""
    assert lint.check(["ruff", "check", str(Path("no") / "such.py")]).startswith("ruff:\n")
    assert lint.check(["ruff", "--version"]) == ""
