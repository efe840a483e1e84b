"""Find a Chromium browser for the tests and the audit; standard library only, because .ci/run needs it first.

HANDBOOK_BROWSER=/path/to/chrome selects that one. HANDBOOK_BROWSER=required makes it an error if there is
none.
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
    "chromium-headless-shell",  # the same without windows: the tests take a quarter less time with it
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
CACHES = {"Darwin": "Library/Caches"}  # where Playwright keeps its own downloads, in the home
FLAGS = (
    "--no-sandbox",  # in a container, root cannot use a sandbox; only this site is loaded
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)  # fmt: skip


class Missing(Exception):
    """No browser was found; the message gives the command that installs one, or the name that was wrong."""


def find(variables: Mapping[str, str] = os.environ) -> str:
    """Return the path of a Chromium-based browser. Raises Missing."""
    given = variables.get(VARIABLE, "")
    if given and given != REQUIRED:
        if found := shutil.which(given):
            return found
        raise Missing(f"{VARIABLE}={given} is not a program: give a browser's path, or unset it")
    for one in (*NAMES, *PLACES, *downloads()):
        if found := shutil.which(one):
            return found
    raise Missing(f"{NONE}: {command()}")


def downloads() -> Iterable[str]:
    """Return the browsers that Playwright's own installer has downloaded."""
    cache = Path.home() / CACHES.get(platform.system(), ".cache") / "ms-playwright"
    for pattern in ("chrome", "Chromium.app/Contents/MacOS/Chromium"):
        yield from (str(path) for path in sorted(cache.glob(f"chromium-*/*/{pattern}"), reverse=True))


def command(system: str = "") -> str:
    """Return the command that installs a browser on this system."""
    system = system or distribution()
    if system == "debian":
        return "apt-get install chromium-headless-shell"
    dependencies = "" if system == "darwin" else "--with-deps "
    return f".envs/site/bin/python -m playwright install {dependencies}chromium"


def distribution() -> str:
    """Return the lower-case system name, such as `darwin`; on Linux, the id of the distribution."""
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
