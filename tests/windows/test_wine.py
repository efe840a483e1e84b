"""A Windows reader's computer under Wine: behind the wall, isolated, and gone when its case ends."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from handbook.cases.case import SAVED, load
from handbook.cases.clients import CLIENTS, VARIABLES
from handbook.feed import packages
from handbook.runner import run, wine
from handbook.runner.observation import Observation
from handbook.runner.sandbox_wine import READER, WineSandbox
from handbook.runner.wall import Wall
from tests.conftest import ROOT
from tests.unit.test_wall import NotFound

CASE = 'title = "A case"\nclient = "{client}"\nexit = 0\n[asked]\n[result]\n{more}'
TOKEN = '[credential]\nAZURE_ARTIFACTS_TOKEN = "reader-read"\n'
CMD = '[windows]\nonly = "cmd is of Windows alone"\n'
SLEEP = 'import time; print("here", flush=True); time.sleep(600)'


@pytest.fixture
def see(harness: run.Harness, tmp_path: Path) -> Callable[..., Observation]:
    """Provide a function that runs commands for a Windows reader."""

    def see_one(commands: str, client: str = "pip", more: str = "", **files: str) -> Observation:
        folder = tmp_path / "snippets" / client / "configure-one"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(tmp_path / "run", ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "case.toml").write_text(CASE.format(client=client, more=more), encoding="utf-8")
        for name, text in {"run.cmd" if CMD in more else "run.sh": commands, **files}.items():
            (folder / name).write_text(text, encoding="utf-8")
        return run.observe(harness, [load(folder)], tmp_path / "run")

    return see_one


def left(folder: Path) -> list[str]:
    """Return the processes that still run below a folder; those that are being ended have five seconds."""
    end = time.monotonic() + 5
    while found := running(folder):
        if time.monotonic() > end:
            break
        time.sleep(0.05)
    return found


def running(folder: Path) -> list[str]:
    """Return the processes that run below a folder at this moment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.fsencode(folder) in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes().decode())
    return found


def test_a_login_ends_with_its_case(harness: run.Harness, tmp_path: Path) -> None:
    """Poetry's token is in the Credential Manager of its case, and the next case has none."""
    case = load(ROOT / "snippets" / "poetry" / "configure-auth")
    seen = run.observe(harness, [case], tmp_path / "one")
    assert seen.written == ["Credential Manager: poetry-repository-internal"]
    sandbox = WineSandbox(ROOT, harness.relay, tmp_path / "two", [case], harness.system)
    harness.wall.share(sandbox.folder)
    sandbox.begin(harness.wall)
    sandbox.end(harness.wall)
    assert (sandbox.stores, sandbox.fault) == ([], "")


def test_the_registry_is_searched_for_tokens(see: Callable[..., Observation]) -> None:
    """A token that a reader keeps as a user variable is found, and is not in the next run's registry."""
    keep = "python -c \"import os, winreg; key = winreg.CreateKey(winreg.HKEY_CURRENT_USER, 'Environment');"
    keep += " winreg.SetValueEx(key, 'KEPT', 0, winreg.REG_SZ, os.environ['AZURE_ARTIFACTS_TOKEN'])\"\n"
    assert see(keep, more=TOKEN).written == ["registry"]
    look = "python -c \"import os; print(os.environ.get('KEPT'))\"\n"
    assert see(look, more=TOKEN).output == "None\n"


@pytest.mark.parametrize(
    ("status", "seen_as", "said"),
    [("5", 5, ""), ("0xC0000005 - 2**32", 255, "0xC0000005"), ("256", 255, "0x00000100")],
)
def test_a_crash_is_no_ordinary_status(
    see: Callable[..., Observation], status: str, seen_as: int, said: str
) -> None:
    """A status that Linux would cut to eight bits is printed, and becomes 255."""
    seen = see(f'python -c "import os; os._exit({status})"\n')
    assert seen.exit == seen_as
    assert seen.output == (f"the program ended with status {said}\n" if said else "")


def test_a_program_that_is_not_started_is_said(see: Callable[..., Observation]) -> None:
    """A program that Wine does not start is said in the output, and the status is a shell's."""
    seen = see('"$(readlink "$(command -v pip)")" nothing\n')
    assert (seen.exit, seen.output) == (127, "launcher: Wine did not start the program\n")


def test_a_hung_program_ends_its_case(
    harness: run.Harness,
    see: Callable[..., Observation],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A program that hangs fails its case with one line, and all its processes are ended."""
    monkeypatch.setattr(harness, "seconds", 20)
    with pytest.raises(run.SlowError, match=r"^pip/configure-one: did not end in 20 s: correct run.sh$"):
        see(f"python -c '{SLEEP}'\n")
    assert left(tmp_path) == []


def test_a_detached_program_ends_with_its_case(see: Callable[..., Observation], tmp_path: Path) -> None:
    """A program that was started detached, without a console, ends with the case."""
    start = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'],"
    start += " creationflags=8, stdin=-3, stdout=-3, stderr=-3)"
    assert see(f'python -c "{start}"\n').exit == 0
    assert left(tmp_path) == []


def test_a_server_outside_the_wall_is_refused(harness: run.Harness, tmp_path: Path) -> None:
    """If Wine's server, which creates all sockets, runs outside the wall, no case runs."""
    case = load(ROOT / "snippets" / "pip" / "install-env")
    sandbox = WineSandbox(ROOT, harness.relay, tmp_path / "run", [case], harness.system)
    with pytest.raises(wine.WineError, match="^Wine: its server runs outside the wall: end it .+$"):
        sandbox.begin(Wall(asked=False))
    assert left(tmp_path) == []


def test_a_silent_wine_is_told_from_a_result(harness: run.Harness, tmp_path: Path) -> None:
    """If Wine's first program ends before it answers, the run has no result, and nothing is left."""
    case = load(ROOT / "snippets" / "pip" / "install-env")
    sandbox = WineSandbox(ROOT, harness.relay, tmp_path / "run", [case], harness.system)
    (sandbox.prefix / "drive_c" / "handbook").unlink()  # contains that program
    with pytest.raises(wine.SilentError, match="^Wine: its first program did not answer: .+$"):
        sandbox.begin(harness.wall)
    assert left(tmp_path) == []


def test_a_worker_stays_on_one_core(harness: run.Harness) -> None:
    """While cases run under Wine, a worker has one core; several workers share out what there is."""
    own = os.sched_getaffinity(0)
    assert len(own) == 1
    os.sched_setaffinity(0, range(os.cpu_count()))
    try:
        cores = sorted(os.sched_getaffinity(0))
        with wine.on_one_core(len(cores) + 1):
            assert os.sched_getaffinity(0) == {cores[1 % len(cores)]}
        assert os.sched_getaffinity(0) == set(cores)
    finally:
        os.sched_setaffinity(0, own)


def test_what_a_killed_server_leaves_behind_is_ended(tmp_path: Path) -> None:
    """All programs of one prefix are ended, and those of another prefix stay."""
    prefixes = tmp_path / "one", tmp_path / "one-more"
    started = [subprocess.Popen(["sleep", "600"], env={"WINEPREFIX": str(one)}) for one in prefixes]
    try:
        wine.end_programs(prefixes[0])
        assert (started[0].wait(5), started[1].poll()) == (-signal.SIGKILL, None)
    finally:
        for one in started:
            one.kill()
            one.wait()


@contextlib.contextmanager
def serving(listening: socket.socket) -> Iterator[list[str]]:
    """Serve a listening socket; yield the list of the methods of its requests."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), NotFound, bind_and_activate=False)
    server.socket.close()
    server.socket, server.asked = listening, []
    thread = threading.Thread(target=functools.partial(server.serve_forever, 0.05))
    thread.start()
    try:
        yield server.asked
    finally:
        server.shutdown()
        thread.join()


# keyring for Windows has no part that connects, because Microsoft's provider does not start in Wine.
@pytest.mark.runs
@pytest.mark.parametrize(
    "client", [name for name, one in CLIENTS.items() if one.windows and name != "keyring"]
)
def test_canary(harness: run.Harness, tmp_path: Path, client: str) -> None:
    """The client for Windows can reach a listener behind the wall, and none on this machine."""
    wall = Wall()
    case = next(one for one in (ROOT / "snippets").glob("pip/install-env"))
    sandbox = WineSandbox(ROOT, harness.relay, tmp_path / "run", [load(case)], harness.system)
    wheel = packages.wheel("contoso-utils", "1.0.0")
    (sandbox.project / "dist").mkdir()
    (sandbox.project / "dist" / wheel.filename).write_bytes(wheel.content)
    (sandbox.project / "pyproject.toml").write_text('[project]\nname = "contoso-utils"\nversion = "1.0.0"\n')
    for name in CLIENTS[client].programs if client != "pip" else []:
        program = sandbox.prefix / "drive_c" / "bin" / f"{name}.exe"
        program.symlink_to(wine.folder_of(ROOT, client) / "Scripts" / program.name)
        (sandbox.folder / "bin" / name).symlink_to(sandbox.folder / "wrapper.sh")
    fixed = {one.name: one.value for one in VARIABLES if client in one.clients and one.value[0] != "{"}
    fixed = {name: value for name, value in fixed.items() if name != "PYTHON_KEYRING_BACKEND"}
    path = f"{sandbox.folder / 'bin'}:/usr/bin:/bin"
    environment = {**wine.variables(sandbox.prefix), **fixed, "PATH": path}
    wall.share(sandbox.folder)
    session = wine.Session(wall, sandbox.prefix, environment)
    session.begin()
    try:
        with socket.create_server(("127.0.0.1", 0)) as outside, serving(outside) as asked:
            behind = wall.listening.getsockname()[1]
            for port in (outside.getsockname()[1], behind):
                with serving(wall.listening) if port == behind else contextlib.nullcontext([]) as heard:
                    url = f"http://127.0.0.1:{port}/"
                    canary = CLIENTS[client].canary.format(url=url, port=port)
                    said = wine.run(wall, sandbox.project, environment, "bash", "-c", canary)
        assert asked == [], "the client went round the wall"
        assert heard, said.stdout
    finally:
        session.end()
        wall.tidy()
        wall.close()
        wall.listening.close()


def test_nothing_is_taken_from_a_windows_reader(see: Callable[..., Observation]) -> None:
    """A Windows reader's programs get Windows' variables, and Windows' own keyring and encoding."""
    show = "import os, sys, locale; print(os.environ.get('HOME'), os.environ['APPDATA'], sys.flags.utf8_mode,"
    show += " locale.getpreferredencoding(), os.environ.get('PYTHON_KEYRING_BACKEND'), os.environ['TEMP'])"
    roaming, local = "/home/az/AppData/Roaming", "/tmp"
    assert see(f'python -c "{show}"\n', "twine").output == f"None {roaming} 0 cp1252 None {local}\n"


def test_both_outputs_get_into_a_file(see: Callable[..., Observation]) -> None:
    """A program's output can be redirected to files, each stream to its own or both to one."""
    say = "python -c \"import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)\""
    shown = "echo A; cat a; echo B; cat b; echo C; cat c"
    seen = see(f"{say} > a 2>&1 || echo $?\n{say} 2> b || echo $?\n{say} > c || echo $?\n{shown}\n")
    printed, _, files = seen.output.partition("A\n")
    both, _, files = files.partition("B\n")
    assert sorted(printed.split()) == ["3", "3", "3", "err", "out"]
    assert sorted(both.split()) == ["err", "out"]
    assert files.split() == ["err", "C", "out"]


def test_a_program_that_a_case_installs_is_found(see: Callable[..., Observation]) -> None:
    """bash finds a program that the commands put on PATH without its extension, as do Windows programs."""
    lines = [
        "mkdir -p ~/.local/bin",
        "cp -L ~/../../bin/uv.exe ~/.local/bin/other.exe",
        'export PATH="$HOME/.local/bin:$PATH"',
        "other --version > a",
        "grep -c uv a",
        "python -c \"import shutil; print(shutil.which('other'))\"",
        "missing",
    ]
    seen = see("\n".join([*lines, ""]), "uv")
    found = rf"{READER}\.local\bin\other.exe"
    assert (seen.exit, seen.faults) == (127, [])
    assert seen.printed.splitlines() == ["1", found, "bash: missing: command not found"]


def test_cmd_stops_at_the_first_line_that_fails(see: Callable[..., Observation]) -> None:
    """A run.cmd runs as a cmd script, ends at the line that fails, and reports that line."""
    lines = [
        "rem first",
        "echo Data%%20Team %AZURE_ARTIFACTS_TOKEN:~0,0%$HOME",
        'python -c "raise SystemExit(7)"',
    ]
    seen = see("\n".join([*lines, "echo never", ""]), more=TOKEN + CMD)
    assert (seen.exit, seen.output.splitlines()[0][:11]) == (7, "Data%20Team")
    assert "never" not in seen.output
    assert seen.faults == ["line 3 of run.cmd failed, and it is not the last command"]


@pytest.mark.parametrize("how", SAVED)
def test_a_file_is_saved_as_windows_powershell_does(see: Callable[..., Observation], how: str) -> None:
    """A saved file has the mark, the encoding and the line ends of Windows PowerShell."""
    more = f'[place]\n"a.txt" = "a.txt"\n[saved]\n"a.txt" = "{how}"\n'
    seen = see("python -c \"print(open('a.txt', 'rb').read().hex())\"\n", more=more, **{"a.txt": "ä\n"})
    mark = b"\xff\xfe" if how == "utf-16" else b""
    assert seen.output == (mark + "ä\r\n".encode("utf-16-le" if mark else how)).hex() + "\n"
