"""What differs between two runs of the same case is taken out of its output here, and nothing else.

The list is closed: each normaliser has a type, a pattern and what stands for it on a page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath, PureWindowsPath

from handbook.feed import hosts

HOME = "/home/az"


@dataclass(frozen=True)
class Normaliser:
    """One kind of text that differs from run to run; `shown` is a replacement for `re.sub`."""

    kind: str
    pattern: str
    shown: str


NORMALISERS = [
    Normaliser("time", r"\b(in|took) \d+(\.\d+)?(ms|s|m)\b", r"\1 0.1s"),
    Normaliser("progress", r"• \d+:\d\d • (\?|[\d.]+ [kM]?B/s)", "• 00:00 • ?"),
    Normaliser(
        "python",
        r"Using C?Python \S+ interpreter at: \S+",
        "Using CPython 3.11 interpreter at: /usr/bin/python3",
    ),
    Normaliser("environment", r"-[\w-]{8}-py3\.\d+\b", "-a1b2c3d4-py3.11"),
    Normaliser("process", r"\bPID \d+\b", "PID 1234"),
    Normaliser("digest", r"\b[0-9a-f]{64}\b", "0" * 64),
    Normaliser("platform", r"\bmanylinux_\d+_\d+_\w+", "manylinux_2_36_x86_64"),
    # rich, which twine prints with, fills each line with spaces.
    Normaliser("padding", r"(?m)[ \t]+$", ""),
]

ESCAPE = r"""x[0-9a-f]{2}|u[0-9a-f]{4}|[nrt]['"\\]"""  # of Python, which no path is
# What the same client prints everywhere on Windows, as it is on Linux. Anything else that differs is said in
# the case: output.windows.txt.
WINDOWS = [
    Normaliser("address", r"\bfile:////", "file:///"),
    Normaliser("activate", r"\B\.venv\\Scripts\\activate\b", "source .venv/bin/activate"),
    Normaliser("here", r"(?<![\w\\/`])\.\\(?=[\w.])", "./"),
    Normaliser("separator", rf"(?<=\w)\\(?!{ESCAPE})(?=[\w.])", "/"),
    # rich draws with what the old console of Windows has.
    Normaliser("bar", r"(?<=100% )-{40}(?= )", "━" * 40),
    Normaliser("poetry", rf"{HOME}/AppData/Local/pypoetry/Cache\b", f"{HOME}/.cache/pypoetry"),
    Normaliser("pip", rf"{HOME}/AppData/Roaming/pip/pip\.ini\b", f"{HOME}/.config/pip/pip.conf"),
]
# What Wine alone says: Windows does not.
WINE = [Normaliser("lock", r"(?m)^.*ERROR Failed to unlock resource .*Lock violation\..*\n", "")]


def _shortened(text: str, folder: PurePath, shown: str) -> str:
    """Return the text with `shown` for a folder, however the programs of Windows or Git Bash write it."""
    below = r"(?P<below>(?:\\{1,2}[^\\\s'\"]+)*)"
    drive = folder.drive.rstrip(":").lower()
    spelt = {str(folder), str(folder).replace("\\", "\\\\"), folder.as_posix()}
    spelt |= {f"/{drive}{folder.as_posix()[2:]}"} if drive else set()
    for one in sorted(spelt, key=len, reverse=True):
        pattern = re.escape(one) + (below if drive else "")
        text = re.sub(
            pattern, lambda found: shown + re.sub(r"\\+", "/", found["below"] if drive else ""), text
        )
    return text


def normalised(text: str, home: PurePath, temporary: PurePath) -> str:
    """Return a client's output as a page may show it, the same in every run."""
    index, files = hosts.public_hosts()
    text = _shortened(_shortened(text, temporary, "/tmp"), home, HOME)
    # The public index's names appear in no file of the repository, outputs included.
    for name, shown in ((files, "PyPI-files"), (index, "PyPI")):
        text = re.sub(re.escape(name), shown, text, flags=re.IGNORECASE)
    there = [*WINE, *WINDOWS] if isinstance(home, PureWindowsPath) else []
    for normaliser in [*there, *NORMALISERS]:
        text = re.sub(normaliser.pattern, normaliser.shown, text)
    return text
