"""The reader's system: the places of its files and the names of its programs; standard library only.

`HERE` is this machine's, for which a case runs by default. What the machine does for a run is in `host.py`.
The layout of Windows is used under Wine; its variables have never been used on Windows.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from handbook.cases.machine import FOLDERS, WINE_NAME
from handbook.cases.machine import HERE as NAME

# Windows programs need these variables of the machine; they reveal nothing about its user.
OF_THE_MACHINE = ("SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT")


@dataclass(frozen=True)
class System:
    """One system: its name in a proof and in a case's places, and the layout of a virtual environment."""

    name: str
    place: str
    scripts: str = "bin"
    suffix: str = ""
    libraries: str = "lib/python*/site-packages"

    @property
    def windows(self) -> bool:
        """Whether this is Windows itself."""
        return self.name == "windows"

    def executable(self, environment: Path, name: str) -> Path:
        """Return the path of a program in a virtual environment."""
        return environment / self.scripts / f"{name}{self.suffix}"

    def packages(self, environment: Path) -> Path | None:
        """Return the site-packages folder of a virtual environment, or None if there is none."""
        return next(environment.glob(self.libraries), None)

    def placed(self, place: str, home: Path, project: Path) -> Path:
        """Return the path of a file, given its `place` for this system in case.toml."""
        first, _, rest = place.replace("\\", "/").partition("/")
        return home / FOLDERS[first] / rest if first in FOLDERS else project / place.replace("\\", "/")

    def home_variables(self, home: Path, temporary: Path) -> dict[str, str]:
        """Return the variables for the home and the temporary folder, and those that every program needs."""
        if not self.windows:
            return {"HOME": str(home), "TMPDIR": str(temporary)}
        roaming, local, common = (str(home / "AppData" / one) for one in ("Roaming", "Local", "Common"))
        return {
            **{name: os.environ[name] for name in OF_THE_MACHINE if name in os.environ},
            "HOME": str(home),
            "USERPROFILE": str(home),
            "APPDATA": roaming,
            "LOCALAPPDATA": local,
            # pip and Poetry ask Windows for these folders, unless these variables override it.
            "WIN_PD_OVERRIDE_APPDATA": roaming,
            "WIN_PD_OVERRIDE_LOCAL_APPDATA": local,
            "WIN_PD_OVERRIDE_COMMON_APPDATA": common,
            "TMP": str(temporary),
            "TEMP": str(temporary),
        }


LINUX = System("linux", "linux")
MACOS = System("macos", "macos")
WINDOWS = System("windows", "windows", "Scripts", ".exe", "Lib/site-packages")
WINE = System(WINE_NAME, "windows", "Scripts", ".exe", "Lib/site-packages")
SYSTEMS = {one.name: one for one in (LINUX, MACOS, WINDOWS, WINE)}
HERE = SYSTEMS[NAME]
