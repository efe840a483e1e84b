"""Remove from a case's output what differs between two runs of the same case, and nothing else.

The list is closed: each normaliser has a kind, a pattern and the replacement that a page shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath, PureWindowsPath

from handbook.feed import hosts

HOME = "/home/az"
# The folders in which `uv tool install` puts a client; an output that names the client's own folder shows
# these.
PROGRAMS, TOOLS = f"{HOME}/.local/bin", f"{HOME}/.local/share/uv/tools"


@dataclass(frozen=True)
class Normaliser:
    """One kind of text that differs from run to run; `shown` is the replacement, as in `re.sub`."""

    kind: str
    pattern: str
    shown: str | Callable[[re.Match[str]], str]


NORMALISERS = [
    Normaliser("time", r"\b(in|took) \d+(\.\d+)?(ms|s|m)\b", r"\1 0.1s"),
    Normaliser("progress", r"• \d+:\d\d • (\?|[\d.]+ [kM]?B/s)", "• 00:00 • ?"),
    Normaliser(
        "python",
        r"Using C?Python \S+ interpreter at: \S+",
        "Using CPython 3.11 interpreter at: /usr/bin/python3",
    ),
    Normaliser(
        "default-python",
        r"Using default python from \S+ [\d.]+",
        "Using default python from /usr/bin/python3 3.11.2",
    ),
    Normaliser("build", r"\bCPython3\.\d+\.\d+\.final\.0-64-\w+", "CPython3.11.2.final.0-64-x86_64"),
    Normaliser("environment", r"-[\w-]{8}-py3\.\d+\b", "-a1b2c3d4-py3.11"),
    Normaliser("process", r"\b(PID |pid=)\d+\b", r"\g<1>1234"),
    Normaliser("seconds", r"\b\d+(\.\d+)?(?==setup\[|\]\+cmd\[|\]? seconds\))", "0.1"),
    Normaliser("folder", r"(?<=/pre-commit/repo)\w{8}\b", "a1b2c3d4"),
    Normaliser("version", r"(?<=Using Python )3[.\d]+(?= environment)|(?<=/py_env-python)3\.\d+", "3.11"),
    Normaliser("date", r"(?<!\d)\d{4}(-\d\d){2}_\d\d(\.\d\d){2}(?!\d)", "2026-01-01_00.00.00"),
    Normaliser("human time", r"(?<= successful in )(a second|\d+ seconds)\b", "1 second"),
    Normaliser("colour", r"\x1b\[[\d;]*m", ""),
    Normaliser("named-environment", r"(?<=/virtualenvs/)([\w-]+)-[\w-]{8}(?![\w-])", r"\1-a1b2c3d4"),
    Normaliser("short-digest", r"(?<=Pipfile\.lock )\([0-9a-f]{6}\)", "(000000)"),
    Normaliser("log", r"(?<=/log/)(pdm-\w+)-\w{8}\.log\b", r"\1-a1b2c3d4.log"),
    Normaliser("temporary", r"(?<=/tmp/)tmp\w{8}(?=/)", "tmpa1b2c3d4"),
    Normaliser("spinner", r"(?m)^[⠀-⣿](?= \d+:\d\d:\d\d )", "⠋"),
    Normaliser("elapsed", r"(?m)^([ ⠋]) \d+:\d\d:\d\d (?=\S)", r"\1 0:00:00 "),
    # PDM installs several packages at once and names each as it finishes.
    Normaliser(
        "order", r"(?m)(?:^  ✔ Install .*\n){2,}", lambda lines: "".join(sorted(lines[0].splitlines(True)))
    ),
    Normaliser("digest", r"\b[0-9a-f]{64}\b", "0" * 64),
    Normaliser("platform", r"\bmanylinux_\d+_\d+_\w+", "manylinux_2_36_x86_64"),
    # rich, which twine uses for printing, fills each line with spaces.
    Normaliser("padding", r"(?m)[ \t]+$", ""),
]

ESCAPE = r"""x[0-9a-f]{2}|u[0-9a-f]{4}|[nrt]['"\\]"""  # Python's escapes, which are not paths
# Output that a client always writes differently on Windows, replaced by its form on Linux. Every other
# difference is recorded in the case: output.windows.txt.
WINDOWS = [
    Normaliser("address", r"\bfile:////", "file:///"),
    Normaliser("activate", r"\B\.venv\\Scripts\\activate\b", "source .venv/bin/activate"),
    # A client's own programs, where it calls them with their folder.
    Normaliser(
        "client",
        r"Z:[^\s'\"]*?[\\/]drive_c[\\/]clients[\\/]([\w-]+)[\\/]Scripts[\\/]([\w-]+)\.exe\b",
        rf"{TOOLS}/\1/bin/\2",
    ),
    Normaliser(
        "separator",
        rf"(?<![\w:\\/])(?!(?<=`)\.\\)(?:[\w.+-]+\\)+(?!{ESCAPE})[\w.+-]+",
        lambda path: path[0].replace("\\", "/"),
    ),
    # rich draws with the characters of Windows' old console.
    Normaliser("bar", r"(?<=100% )-{40}(?= )", "━" * 40),
]
# Windows folders and the Linux ones that a page shows instead; a case that runs only on Windows keeps them.
PLACES = [
    Normaliser("poetry", rf"{HOME}/AppData/Local/pypoetry/Cache\b", f"{HOME}/.cache/pypoetry"),
    Normaliser("pip", rf"{HOME}/AppData/Roaming/pip/pip\.ini\b", f"{HOME}/.config/pip/pip.conf"),
]
# Output of Wine that Windows does not print.
WINE = [Normaliser("lock", r"(?m)^.*ERROR Failed to unlock resource .*Lock violation\..*\n", "")]


def _shortened(text: str, folder: PurePath, shown: str) -> str:
    """Return the text with `shown` for a folder, in every form in which Windows or Git Bash writes it."""
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


def normalised(
    text: str, home: PurePath, temporary: PurePath, others: Mapping[PurePath, str] | None = None
) -> str:
    """Return a client's output in the form that a page shows, which is the same in every run.

    others: further folders that differ between machines, each with the text that replaces it.
    """
    index, files = hosts.public_hosts()
    text = _shortened(_shortened(text, temporary, "/tmp"), home, HOME)
    for folder, shown in (others or {}).items():
        text = _shortened(text, folder, shown)
    # PyPI's host names appear in no file of the repository, including outputs.
    for name, shown in ((files, "PyPI-files"), (index, "PyPI")):
        text = re.sub(re.escape(name), shown, text, flags=re.IGNORECASE)
    for normaliser in [*WINE, *WINDOWS] if isinstance(home, PureWindowsPath) else []:
        text = re.sub(normaliser.pattern, normaliser.shown, text)
    return named(text)


def placed(text: str) -> str:
    """Return an output from Windows with the folders of Linux, for a case whose page shows those."""
    for normaliser in PLACES:
        text = re.sub(normaliser.pattern, normaliser.shown, text)
    return text


def named(text: str) -> str:
    """Return a text without the parts that differ between runs on any machine, such as random file names."""
    for normaliser in NORMALISERS:
        text = re.sub(normaliser.pattern, normaliser.shown, text)
    return text
