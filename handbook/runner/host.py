"""The machine that runs the cases: links, locks, ending processes; standard library only.

`HERE` is this machine. It differs from the reader's system (`system.py`): under Wine, the reader has Windows
and the host is Linux. The code for Windows as a host has never run on Windows; the tests exercise it here, as
far as another machine can.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from handbook.cases.machine import HERE as NAME
from handbook.cases.machine import SYSTEMS, bash

DETACHED = 0x00000200 | 0x08000000  # CREATE_NEW_PROCESS_GROUP, CREATE_NO_WINDOW


@dataclass(frozen=True)
class Host:
    """A machine, identified by its system's name."""

    name: str

    @property
    def windows(self) -> bool:
        """Whether this is Windows."""
        return self.name == "windows"

    def path(self) -> list[str]:
        """Return the folders of the machine's own programs and, on Windows, of the Python that runs this."""
        if self.windows:
            python = Path(getattr(sys, "_base_executable", sys.executable)).parent
            system32 = Path(os.environ.get("SYSTEMROOT", "C:/Windows")) / "System32"
            return [str(python), str(Path(bash(self.name)).parent), str(system32)]
        found = shutil.which("bash", path="/usr/bin:/bin")
        return ["/usr/bin", "/bin"] if found else os.defpath.strip(":").split(":")

    def put(self, source: Path, target: Path) -> None:
        """Make a file or folder appear at `target`: as a link, or as a copy if links need a privilege."""
        if not self.windows:
            target.symlink_to(source)
        elif source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)

    def alone(self) -> dict[str, Any]:
        """Return the options of `Popen` that let `end` end the process and everything that it started."""
        return {"creationflags": DETACHED} if self.windows else {"start_new_session": True}

    def end(self, process: subprocess.Popen[Any]) -> None:
        """End a process that was started with the options `alone`, and everything that it started."""
        if self.windows:
            command = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
            subprocess.run(command, capture_output=True, check=False)
        else:
            # All of them may have ended already; macOS reports another error while the first waits to be
            # reaped.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)

    def lock(self, file: IO[str], busy: Callable[[], None]) -> None:
        """Lock an open file until it is closed; if another process holds it, call `busy` once, then wait."""
        if not self.windows:
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                busy()
                fcntl.flock(file, fcntl.LOCK_EX)
            return
        import msvcrt

        waiting = False
        while True:
            try:  # msvcrt tries for ten seconds, once a second
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if waiting else msvcrt.LK_NBLCK, 1)
                return
            except OSError:
                if not waiting:
                    busy()
                waiting = True


LINUX, MACOS, WINDOWS = map(Host, SYSTEMS)
HERE = {one.name: one for one in (LINUX, MACOS, WINDOWS)}[NAME]
