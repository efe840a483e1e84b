"""What differs between Linux, macOS and Windows, and nothing else; standard library only.

`HERE` is the system of this machine. The Windows side has not run on Windows yet; the tests drive it here, as
far as another system can.
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

from handbook.cases.machine import FOLDERS, bash
from handbook.cases.machine import HERE as NAME

# Windows programs need these of the machine; they hold nothing of its user.
OF_THE_MACHINE = ("SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT")
DETACHED = 0x00000200 | 0x08000000  # CREATE_NEW_PROCESS_GROUP, CREATE_NO_WINDOW


@dataclass(frozen=True)
class System:
    """One system: its name in case.toml, and how a virtual environment is laid out there."""

    name: str
    scripts: str = "bin"
    suffix: str = ""
    libraries: str = "lib/python*/site-packages"

    @property
    def windows(self) -> bool:
        """Whether this is Windows."""
        return self.name == "windows"

    def executable(self, environment: Path, name: str) -> Path:
        """Return the path of a program in a virtual environment."""
        return environment / self.scripts / f"{name}{self.suffix}"

    def packages(self, environment: Path) -> Path | None:
        """Return the folder of a virtual environment's packages, None where there is none."""
        return next(environment.glob(self.libraries), None)

    def placed(self, place: str, home: Path, project: Path) -> Path:
        """Return where a file goes whose place, as case.toml says it for this system, is `place`."""
        first, _, rest = place.replace("\\", "/").partition("/")
        return home / FOLDERS[first] / rest if first in FOLDERS else project / place.replace("\\", "/")

    def home_variables(self, home: Path, temporary: Path) -> dict[str, str]:
        """Return the variables of home and of the temporary folder, and those that every program needs."""
        if not self.windows:
            return {"HOME": str(home), "TMPDIR": str(temporary)}
        roaming, local, common = (str(home / "AppData" / one) for one in ("Roaming", "Local", "Common"))
        return {
            **{name: os.environ[name] for name in OF_THE_MACHINE if name in os.environ},
            "HOME": str(home),
            "USERPROFILE": str(home),
            "APPDATA": roaming,
            "LOCALAPPDATA": local,
            # pip and Poetry ask Windows for these folders, not the environment, unless they are told.
            "WIN_PD_OVERRIDE_APPDATA": roaming,
            "WIN_PD_OVERRIDE_LOCAL_APPDATA": local,
            "WIN_PD_OVERRIDE_COMMON_APPDATA": common,
            "TMP": str(temporary),
            "TEMP": str(temporary),
            "PYTHONUTF8": "1",
        }

    def path(self) -> list[str]:
        """Return the folders of the system's own programs, and on Windows of the Python that runs this."""
        if self.windows:
            python = Path(getattr(sys, "_base_executable", sys.executable)).parent
            system32 = Path(os.environ.get("SYSTEMROOT", "C:/Windows")) / "System32"
            return [str(python), str(Path(bash(self.name)).parent), str(system32)]
        found = shutil.which("bash", path="/usr/bin:/bin")
        return ["/usr/bin", "/bin"] if found else os.defpath.strip(":").split(":")

    def put(self, source: Path, target: Path) -> None:
        """Make a file or a folder appear at `target`: a link, or where those need a privilege a copy."""
        if not self.windows:
            target.symlink_to(source)
        elif source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)

    def alone(self) -> dict[str, Any]:
        """Return the options of `Popen` for a process that `end` can end with all that it started."""
        return {"creationflags": DETACHED} if self.windows else {"start_new_session": True}

    def end(self, process: subprocess.Popen[Any]) -> None:
        """End a process that was started with the options `alone`, and all that it started."""
        if self.windows:
            command = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
            subprocess.run(command, capture_output=True, check=False)
        else:
            # All have ended; macOS says so otherwise while the first waits to be reaped.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)

    def lock(self, file: IO[str], busy: Callable[[], None]) -> None:
        """Lock an open file until it is closed; if another process has it, call `busy` once, then wait."""
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
            try:  # tries for ten seconds, once a second
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if waiting else msvcrt.LK_NBLCK, 1)
                return
            except OSError:
                if not waiting:
                    busy()
                waiting = True


LINUX = System("linux")
MACOS = System("macos")
WINDOWS = System("windows", "Scripts", ".exe", "Lib/site-packages")
SYSTEMS = {one.name: one for one in (LINUX, MACOS, WINDOWS)}
HERE = SYSTEMS[NAME]
