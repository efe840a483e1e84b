"""The runner: what it refuses to run, what it finds in a run, and what it removes from an output."""

from __future__ import annotations

import base64
import copy
import json
import os
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from handbook.cases import case as cases
from handbook.cases import clients, grades
from handbook.cases.case import Case, load
from handbook.feed import credentials, hosts, recording
from handbook.feed.http import Request, Response
from handbook.feed.recording import RecordingError
from handbook.feed.relay import Relay
from handbook.runner import host, normalise, observation, programs, run, system, wine
from handbook.runner.observation import Observation, last_command
from handbook.runner.sandbox import Sandbox
from handbook.runner.wall import Wall
from tests.conftest import ROOT

TOKEN = '[credential]\nAZURE_ARTIFACTS_TOKEN = "reader-read"'


def written(root: Path, commands: str, client: str = "bash", name: str = "add", more: str = "") -> Case:
    """Write a small case below `root/snippets` and load it."""
    folder = root / "snippets" / client / name
    folder.mkdir(parents=True)
    (folder / "run.sh").write_text(commands)
    text = f'title = "A canary"\nclient = "{client}"\nexit = 0\n{more}\n[asked]\n[result]\n'
    (folder / "case.toml").write_text(text)
    return load(folder)


def seen(harness: run.Harness, root: Path, commands: str, **more: str) -> Observation:
    """Run a small case, in a folder with a space in its name."""
    return run.observe(harness, [written(root, commands, **more)], root / "a run")


def one_line(error: type[Exception], call: object, *arguments: object) -> str:
    """Call a function that must fail; return its message, which must be one line."""
    with pytest.raises(error) as raised:
        call(*arguments)
    (line,) = str(raised.value).splitlines()
    return line


# Bad input


def moved(harness: run.Harness, root: Path) -> run.Harness:
    """Return the harness with another checkout."""
    other = copy.copy(harness)
    other.root = root
    return other


@pytest.mark.parametrize("client", [name for name, one in clients.CLIENTS.items() if one.lock])
def test_client_that_is_not_installed(harness: run.Harness, tmp_path: Path, client: str) -> None:
    """A client without an environment is reported with its folder and the cure."""
    case = written(tmp_path, "true\n", client)
    expected = f".envs/{client}: {client} is not installed: run `make setup`"
    elsewhere = moved(harness, tmp_path)
    assert one_line(clients.ClientError, run.observe, elsewhere, [case], tmp_path / "run") == expected
    assert one_line(clients.ClientError, programs.version, tmp_path, client) == expected


def test_case_that_must_come_first_fails(harness: run.Harness, tmp_path: Path) -> None:
    """A case whose predecessor fails is not run, and the predecessor is named."""
    (tmp_path / ".envs").symlink_to(ROOT / ".envs")
    written(tmp_path, "false\n", name="build-before")
    case = written(tmp_path, "true\n", more='[given]\nafter = ["bash/build-before"]')
    line = one_line(run.RunError, run.observe, moved(harness, tmp_path), [case], tmp_path / "run")
    assert line == "bash/build-before, which must come first, failed: run `make test CASE=bash/build-before`"


PART = ROOT / "tests" / "cassettes" / run.BEFORE[0]
GRADES = (PART / grades.PROVENANCE).read_text()


@pytest.mark.parametrize(
    "text",
    [None, "", "{", "[]", "{}", GRADES.replace('"grade": "c', '"grade": "x'), GRADES.replace("grade", "g")],
)
def test_provenance_that_cannot_be_used(tmp_path: Path, text: str | None) -> None:
    """A provenance file that is missing, broken or lacks a cassette's grade is reported with the cure."""
    part = tmp_path / PART.name
    shutil.copytree(PART, part)
    (part / grades.PROVENANCE).write_text(text or "")
    if text is None:
        (part / grades.PROVENANCE).unlink()
    harness = run.Harness(ROOT, tmp_path, run.BEFORE)
    line = one_line(RecordingError, harness.__enter__)
    assert line.startswith(f"{part / grades.PROVENANCE}: ")
    assert line.endswith("record the feed with `make record`")


# Faults


LEFT = {
    'mkdir a && printf "x%sx" "$AZURE_ARTIFACTS_TOKEN" >a/b': "~/project/a/b",
    'printf "az:%s" "$AZURE_ARTIFACTS_TOKEN" | base64 -w0 >~/.c': "~/.c",
    'echo "x$AZURE_ARTIFACTS_TOKEN" >&2': "output",
    'printf "az:%s" "$AZURE_ARTIFACTS_TOKEN" | base64 -w0': "output",
    "echo reader-read": "",
}


@pytest.mark.parametrize(("commands", "fault"), LEFT.items())
def test_token_that_stays_is_found(harness: run.Harness, tmp_path: Path, commands: str, fault: str) -> None:
    """A token that a client writes below home or prints, raw or encoded, is found and its place named."""
    assert seen(harness, tmp_path, commands + "\n", more=TOKEN).written == ([fault] if fault else [])


FAILING = [
    ("false\ntrue\n", 1, 1),
    ("true\nfalse | true\n\n# the end\necho last\n", 1, 2),
    ("echo last\n# the end\nfalse\n", 1, 0),
    ("true\n\nls \\\n  --no-such-option \\\n  .\n", 2, 0),
    ("ls \\\n  --no-such-option\ntrue\n", 2, 2),  # bash counts to the end of a continued command
    ("true\nfalse\n  # the end\n", 1, 0),
]


@pytest.mark.parametrize(("commands", "status", "line"), FAILING)
def test_only_the_last_command_may_fail(
    harness: run.Harness, tmp_path: Path, commands: str, status: int, line: int
) -> None:
    """A failure before the last command ends the run and is a fault with its line; the last may fail."""
    found = seen(harness, tmp_path, commands)
    fault = f"line {line} of run.sh failed, and it is not the last command"
    assert (found.exit, found.faults) == (status, [fault] if line else [])


LAST = {
    "": 0,
    "# only words\n": 0,
    "a\n": 1,
    "a\nb\n\n": 2,
    "a\n# b\n": 1,
    "a\n  # b\n": 1,
    "a\nb \\\n  c \\\n  d\n": 2,
    "a \\\n  b\nc\n# d\n": 3,
}


@pytest.mark.parametrize(("commands", "number"), LAST.items())
def test_last_command(commands: str, number: int) -> None:
    """The last command is identified by the line on which it starts, past comments and continued lines."""
    assert last_command(commands) == number


WINE_FAILED = """error: uv trampoline failed to spawn Python child process
  Caused by: uncategorized error (os error 1359)
"""


SILENT = run.SilentError("pip/install-one: Wine: its first program did not answer")


@pytest.mark.parametrize(
    ("place", "ends", "runs"),
    [
        (system.WINE, [WINE_FAILED, "ok"], 2),
        (system.WINE, [WINE_FAILED, WINE_FAILED, "ok"], 2),
        (system.WINE, ["Error output:\nUnable to create process using 'python.exe'\n", "ok"], 2),
        (system.WINE, [SILENT, "ok"], 2),
        (system.WINE, [SILENT, SILENT, "ok"], 2),
        (system.WINE, [run.RunError("another"), "ok"], 1),
        (system.WINE, ["  cause: Internal error. (os error 1359)\n", "ok"], 2),
        (system.WINE, ["OSError: [WinError 1359] Internal error\n", "ok"], 2),
        (system.WINE, ["launcher: Wine did not start the program\n", "ok"], 2),
        (system.WINE, ["error: another (os error 5)", "ok"], 1),
        (system.HERE, [WINE_FAILED, "ok"], 1),
    ],
)
def test_a_run_in_which_wine_failed_is_begun_again(
    place: object, ends: list[object], runs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under Wine alone, and once, a run is begun anew elsewhere if Wine did not answer or start a process."""
    folders: list[Path] = []

    def observed(harness: object, cases: object, folder: Path, *more: object) -> SimpleNamespace:
        folders.append(folder)
        end = ends[len(folders) - 1]
        if isinstance(end, Exception):
            raise end
        return SimpleNamespace(output=end)

    monkeypatch.setattr(run, "_observe", observed)
    last = ends[runs - 1]
    if isinstance(last, Exception):
        with pytest.raises(run.RunError, match=f"^{last}$"):
            run.observe(SimpleNamespace(system=place), [], tmp_path / "run")
    else:
        assert run.observe(SimpleNamespace(system=place), [], tmp_path / "run").output == last
    assert len(set(folders)) == len(folders) == runs


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(wine.SILENT, run.SilentError), ("the Credential Manager cannot be asked", run.RunError)],
)
@pytest.mark.parametrize("when", ["begin", "end"])
def test_what_wine_did_not_answer_is_no_result(
    harness: run.Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str, kind: type, when: str
) -> None:
    """Only if Wine's first program is silent, at the begin or the end, is a run one that can be repeated."""

    def failing(sandbox: Sandbox, wall: Wall) -> None:
        sandbox.fault = fault
        if when == "begin":
            raise (wine.SilentError if kind is run.SilentError else wine.WineError)(fault)

    monkeypatch.setattr(Sandbox, when, failing)
    with pytest.raises(run.RunError, match=f": {re.escape(fault)}$") as raised:
        seen(harness, tmp_path, "true\n")
    assert raised.type is kind


@pytest.mark.parametrize("prompt", ["User for {}: ", "Password: ", "Username: ", "Enter your username: "])
def test_prompt_is_a_fault(harness: run.Harness, tmp_path: Path, prompt: str) -> None:
    """A client that asks for a user name or a password fails its case."""
    commands = f"echo 'Looking'\nprintf '{prompt.format(hosts.FEED)}'\n"
    assert seen(harness, tmp_path, commands).faults == ["the client asked for a user name or a password"]


def test_prompt_cannot_be_answered(harness: run.Harness, tmp_path: Path) -> None:
    """A run has no terminal for a prompt, and an empty standard input if the case types nothing."""
    beside = copy.copy(harness)
    beside.wall = Wall(asked=False)  # behind the wall, a session from outside has no number
    found = seen(beside, tmp_path, "cat\npython3 -c 'import os; print(os.getsid(0))'\n")
    assert found.exit == 0
    assert int(found.output) not in (0, os.getsid(0))  # a session of its own has no terminal


@pytest.mark.parametrize(("status", "number"), [(429, 1), (500, 1), (503, 1), (404, 0), (200, 0)])
def test_answer_that_clients_retry_is_a_fault(status: int, number: int) -> None:
    """An answer after which clients wait and retry fails the case; a refusal does not."""
    player = recording.Player({}, credentials.self_named())
    request = Request("GET", f"https://{hosts.FEED}/a")
    relay = Relay(player)
    relay.log.append((request, Response(status, "x")))
    exchanges = [observation.exchange(*one, player.classify) for one in relay.log]
    found = observation.faults(relay, player, exchanges, "", 0, "true\n")
    assert [line.partition(",")[0] for line in found] == [f"GET {request.url} was answered {status}"] * number


def test_token_without_a_user_name_is_a_fault() -> None:
    """A token sent with an empty user name fails the case, because Poetry 2.0 ignores such a credential."""
    player = recording.Player({}, credentials.self_named())
    relay = Relay(player)
    for user in ("", "az"):
        header = f"Basic {base64.b64encode(f'{user}:reader-read'.encode()).decode()}"
        relay.log.append((Request("GET", "https://a/b", (("Authorization", header),)), Response(200, "OK")))
    exchanges = [observation.exchange(*one, player.classify) for one in relay.log]
    (line,) = observation.faults(relay, player, exchanges, "", 0, "true\n")
    assert line.startswith("GET https://a/b carries a token without a user name")


# Outputs

INDEX, FILES = hosts.public_hosts()
ENVIRONMENT = "-a1b2c3d4-py3.11"
NORMALISED = {
    "time": ("Resolved 2 packages in 12ms", "Resolved 2 packages in 0.1s"),
    "progress": ("x • 00:12 • 3.4 MB/s", "x • 00:00 • ?"),
    "python": (
        "Using CPython 3.12.1 interpreter at: /opt/python",
        "Using CPython 3.11 interpreter at: /usr/bin/python3",
    ),
    "environment": ("virtualenv project-Xy_12-3z-py3.12", f"virtualenv project{ENVIRONMENT}"),
    "default-python": (
        "Using default python from /opt/p/bin/python 3.12.1 to",
        "Using default python from /usr/bin/python3 3.11.2 to",
    ),
    "build": (
        "environment CPython3.12.1.final.0-64-arm64 in",
        "environment CPython3.11.2.final.0-64-x86_64 in",
    ),
    "named-environment": ("/virtualenvs/project-RT27Vb2t, clear", "/virtualenvs/project-a1b2c3d4, clear"),
    "short-digest": ("from Pipfile.lock (51d3e4)...", "from Pipfile.lock (000000)..."),
    "log": ("/log/pdm-lock-j_6w1c4x.log", "/log/pdm-lock-a1b2c3d4.log"),
    "temporary": ("/x/tmp/tmpk_5rdwyg/a.py", "/tmp/tmpa1b2c3d4/a.py"),
    "spinner": ("⠹ 0:00:00 Resolve", "⠋ 0:00:00 Resolve"),
    "elapsed": ("  0:00:07 🔒 Lock", "  0:00:00 🔒 Lock"),
    "order": (
        "  ✔ Install b 1 successful\n  ✔ Install a 2 successful\n",
        "  ✔ Install a 2 successful\n  ✔ Install b 1 successful\n",
    ),
    "digest": (f"sha256:{'4f' * 32}", f"sha256:{'0' * 64}"),
    "process": ("process with PID 4711 exited", "process with PID 1234 exited"),
    "seconds": ("OK (2.5=setup[1.22]+cmd[0.3] seconds)", "OK (0.1=setup[0.1]+cmd[0.1] seconds)"),
    "folder": ("/home/az/.cache/pre-commit/repox7_q2w9e/a", "/home/az/.cache/pre-commit/repoa1b2c3d4/a"),
    "version": (
        "Using Python 3.12.4 environment at: .tox/tests",
        "Using Python 3.11 environment at: .tox/tests",
    ),
    "date": ("cmd_2026-11-30_08.18.15_pip.log", "cmd_2026-01-01_00.00.00_pip.log"),
    "human time": ("was successful in 9 seconds.", "was successful in 1 second."),
    "colour": ("\x1b[31mred\x1b[39m", "red"),
    "platform": ("(e.g., `manylinux_2_17_x86_64`)", "(e.g., `manylinux_2_36_x86_64`)"),
    "padding": ("ERROR HTTPError:   \nnext", "ERROR HTTPError:\nnext"),
}
NEAR = {
    "time": ["in 3 packages", "within 12ms", "in 12 ms"],
    "progress": ["at 12:30", "3.4 MB/s"],
    "python": ["Using Python 3.12", "interpreter at: /opt/python"],
    "environment": ["contoso_utils-1.1.0-py3-none-any.whl", "project-a1b2c3d-py3.12"],
    "default-python": ["Using default python", "from /opt/p/bin/python 3.12.1"],
    "build": ["CPython3.12.1", "CPython3Posix(dest"],
    "named-environment": ["/virtualenvs/project-RT27Vb2t9", "/envs/project-RT27Vb2t"],
    "short-digest": ["from Pipfile.lock (51d3e)", "from other.lock (51d3e4)"],
    "log": ["/log/pdm-lock.log", "/logs/pdm-lock-j_6w1c4x.log"],
    "temporary": ["/tmp/tmpk5/a.py", "/tmp/other/a.py"],
    "spinner": ["⠹ Resolve", "x 0:00:00 Resolve"],
    "elapsed": ["0:00:07 🔒 Lock", "  at 0:00:07 x"],
    "order": [
        "  ✔ Install b 1 successful\nthen\n  ✔ Install a 2 successful\n",
        "  ✔ Update b\n  ✔ Update a\n",
    ],
    "digest": ["4f" * 31 + "4", "4f" * 33, "4F" * 32],
    "process": ["PID 12ab", "process 4711", "XPID 12"],
    "seconds": ["5 seconds", "a[0.3]", "1=setup"],
    "folder": ["/pre-commit/repository", "repox7_q2w9e"],
    "version": ["Using Python 3.12.4", "python3.12"],
    "date": ["2026-11-30", "2026-11-30 08.18.15"],
    "human time": ["in 9 seconds", "successful in 9 s"],
    "colour": ["[31m", "\\x1b[31m"],
    "platform": ["musllinux_1_2_x86_64", "manylinux2014_x86_64", "xmanylinux_2_17_x86_64"],
    "padding": ["  indented", "a  b"],
}


def shown(text: str) -> str:
    """Return a text as a page shows it."""
    return normalise.normalised(text, Path("/x/home"), Path("/x/tmp"))


def test_each_kind_is_normalised_and_nothing_near_it() -> None:
    """Each normaliser changes the text that differs between runs, and keeps text that only resembles it."""
    assert set(NORMALISED) == set(NEAR) == {one.kind for one in normalise.NORMALISERS}
    for kind, (text, page) in NORMALISED.items():
        assert shown(text) == page
        assert [shown(near) for near in NEAR[kind]] == NEAR[kind]
    assert shown("/x/home/project /x/tmp/a") == "/home/az/project /tmp/a"
    others = {Path("/x/.envs"): normalise.TOOLS}
    found = normalise.normalised("/x/.envs/flit/a.py", Path("/x/home"), Path("/x/tmp"), others)
    assert found == "/home/az/.local/share/uv/tools/flit/a.py"


@pytest.mark.parametrize("name", [INDEX, FILES, INDEX.upper(), FILES.title()])
def test_names_of_the_public_index_never_survive(name: str) -> None:
    """Neither host name of PyPI remains in an output, in any place and letter case."""
    for text in (
        name,
        f"https://{name}/simple/",
        f"https://upload.{name}:443",
        f"host='{name}'",
        f"{name}{name}",
    ):
        assert name.lower() not in shown(text).lower()


# The reader's computer


@pytest.mark.parametrize("client", ["bash", "uv", "pip"])
def test_nothing_of_the_machine_reaches_a_run(
    harness: run.Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: str
) -> None:
    """A run's environment is HOME, PATH, TMPDIR, the harness's variables and the case's credentials."""
    monkeypatch.setenv("HANDBOOK_CANARY", "alive")
    commands = "python3 -c 'import json, os; print(json.dumps(dict(os.environ)))'\n"
    found = json.loads(seen(harness, tmp_path, commands, client=client, more=TOKEN).output)
    given = {one.name for one in clients.VARIABLES if client in one.clients and "linux" in one.systems}
    of_bash = {"PWD", "SHLVL", "_"}
    assert set(found) - of_bash == given | {"HOME", "PATH", "TMPDIR", "AZURE_ARTIFACTS_TOKEN"}
    assert (found["HOME"], found["PWD"], found["TMPDIR"]) == ("/home/az", "/home/az/project", "/tmp")
    assert found["PATH"].rpartition(f"{normalise.PROGRAMS}:")[2] == ":".join(host.HERE.path())


def test_cases_and_feed_speak_of_the_same() -> None:
    """The cases and the feed define the same credential classes and kinds of host."""
    assert set(credentials.CLASSES) == set(cases.CREDENTIALS)
    assert hosts.KINDS == cases.HOSTS
