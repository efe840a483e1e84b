"""Find the browser that tests and audit drive; standard library only: .ci/run asks before anything is set up.

HANDBOOK_BROWSER=/path/to/chrome takes that one. HANDBOOK_BROWSER=required makes the absence of any a failure.
"""

import os
import platform
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

NONE = "no browser is installed"
VARIABLE, REQUIRED = "HANDBOOK_BROWSER", "required"
NAMES = (
    "chromium-headless-shell",  # the same without windows: the tests take a quarter less with it
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
PLACES = (  # where the installers of macOS put one, outside PATH
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
CACHES = {"Darwin": "Library/Caches"}  # of Playwright's own download, in the home
FLAGS = (
    "--no-sandbox",  # in a container, root has no other way; nothing but this site is loaded
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)  # fmt: skip


class Missing(Exception):
    """No browser is there; the text says which command installs one, or which name was wrong."""


def find(variables: Mapping[str, str] = os.environ) -> str:
    """Return the path of a browser of Chromium's family. Raises Missing."""
    given = variables.get(VARIABLE, "")
    if given and given != REQUIRED:
        if found := shutil.which(given):
            return found
        raise Missing(f"{VARIABLE}={given} is no program: give a browser's path, or unset it")
    for one in (*NAMES, *PLACES, *downloads()):
        if found := shutil.which(one):
            return found
    raise Missing(f"{NONE}: {command()}")


def downloads() -> Iterable[str]:
    """Return what Playwright's own installer has brought."""
    cache = Path.home() / CACHES.get(platform.system(), ".cache") / "ms-playwright"
    for pattern in ("chrome", "Chromium.app/Contents/MacOS/Chromium"):
        yield from (str(path) for path in sorted(cache.glob(f"chromium-*/*/{pattern}"), reverse=True))


def command(system: str = "") -> str:
    """Return the one command that installs a browser on this system."""
    system = system or distribution()
    if system == "debian":
        return "apt-get install chromium-headless-shell"
    dependencies = "" if system == "darwin" else "--with-deps "
    return f".envs/site/bin/python -m playwright install {dependencies}chromium"


def distribution() -> str:
    """Return `darwin`, or the id of the Linux distribution."""
    if platform.system() != "Linux":
        return platform.system().lower()
    try:
        return platform.freedesktop_os_release()["ID"]
    except OSError:
        return "linux"


if __name__ == "__main__":
    try:
        print(find())
    except Missing as error:
        sys.exit(f"handbook: {error}")
