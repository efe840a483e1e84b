"""The machine's part in a run, including Windows, which is tested here as far as another machine can."""

from __future__ import annotations

import subprocess
import sys
import types
from pathlib import Path

import pytest

from handbook.cases import machine
from handbook.cases.case import SYSTEMS
from handbook.cases.machine import MissingError
from handbook.runner import host
from handbook.runner.host import LINUX, MACOS, WINDOWS


def test_hosts_are_the_systems() -> None:
    """Each system has a host, and one of them is this machine."""
    assert tuple(one.name for one in (LINUX, MACOS, WINDOWS)) == SYSTEMS
    assert host.HERE.name == machine.HERE


def test_windows_without_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without Git for Windows, the error is one line, and WSL's bash is not used."""
    (tmp_path / "bash.exe").touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingError, match="^bash: Git for Windows is not installed: .+$"):
        machine.bash("windows")


def test_windows_gets_copies(tmp_path: Path) -> None:
    """On Windows, where links need a privilege, files and folders are copied instead of linked."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_text("b", encoding="utf-8")
    for name, here, linked in (("c", WINDOWS, False), ("d", LINUX, True)):
        here.put(tmp_path / "a", tmp_path / name)
        here.put(tmp_path / "a" / "b", tmp_path / f"{name}.exe")
        assert (tmp_path / name).is_symlink() == (tmp_path / f"{name}.exe").is_symlink() == linked
        assert (tmp_path / name / "b").read_bytes() == (tmp_path / f"{name}.exe").read_bytes() == b"b"


def test_process_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows, a run starts a process group without a window, and taskkill ends it with its children."""
    ran = []
    monkeypatch.setattr(subprocess, "run", lambda command, **_: ran.append(command))
    WINDOWS.end(types.SimpleNamespace(pid=7))
    assert ran == [["taskkill", "/F", "/T", "/PID", "7"]]
    assert WINDOWS.alone() == {"creationflags": 0x08000200}


def test_lock_on_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock reports once that it is waiting, and tries until it gets the file."""
    answers = [OSError, OSError, OSError, None]
    asked, said = [], []

    def locking(_: int, mode: str, size: int) -> None:
        asked.append((mode, size))
        if answer := answers.pop(0):
            raise answer

    fake = types.SimpleNamespace(locking=locking, LK_LOCK="wait", LK_NBLCK="now")
    monkeypatch.setitem(sys.modules, "msvcrt", fake)
    with (tmp_path / "lock").open("w") as file:
        WINDOWS.lock(file, lambda: said.append("waiting"))
    assert asked == [("now", 1), ("wait", 1), ("wait", 1), ("wait", 1)]
    assert said == ["waiting"]
