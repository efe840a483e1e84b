"""Distort an output as happens between a terminal and the box: cut, wrapped, coloured, prefixed, renamed."""

from __future__ import annotations

import re
from itertools import count

from handbook.cases import names

NEW = {  # the examples -> what a reader has instead
    "contoso-": "data-",
    "contoso_": "data_",
    "idna": "some-parser",
    "/home/az/": "/builds/runner/",
    "non-package-mode": "reporting",
    "internal": "company",
    "1.1.0": "24.3.1rc2",
    "1.2.0": "0.9.14",
    "1.0.0": "3.12.0.post1",
    "3.11": "3.13.2",
    "0" * 64: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
GUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b")


def first(text: str) -> str:
    """Return the first three lines."""
    return "\n".join(printed(text)[:3])


def last(text: str) -> str:
    """Return the last three lines."""
    return "\n".join(printed(text)[-3:])


def printed(text: str) -> list[str]:
    """Return the lines that are not empty."""
    return [line for line in text.splitlines() if line.strip()]


def wrapped(text: str) -> str:
    """Return the text as copied from a terminal of 80 columns."""
    return "\n".join(line[i : i + 80] for line in text.splitlines() for i in range(0, len(line) or 1, 80))


def azure(text: str) -> str:
    """Return the text as it appears in a log of Azure Pipelines."""
    stamps = (f"2026-11-22T14:{n // 60:02}:{n % 60:02}.1234567Z " for n in count())
    lines = ["##[section]Starting: Install", *text.splitlines(), "##[error]Bash exited with code '1'."]
    bad = re.compile(r"^\s*(?:error|warning)\b", re.IGNORECASE)
    marked = [f"##[error]{line}" if bad.match(line) else line for line in lines]
    return "".join(f"{next(stamps)}{line}\n" for line in marked)


def github(text: str) -> str:
    """Return the text as it appears in a downloaded log of GitHub Actions: job, step, time."""
    lines = ["##[group]Run make install", *text.splitlines(), "##[error]Process completed with exit code 1."]
    return "".join(f"build\tInstall\t2026-11-22T14:00:00.{n:07}Z {line}\n" for n, line in enumerate(lines))


def docker(text: str) -> str:
    """Return the text as a container build prints it: step, seconds."""
    return "".join(f"#12 {n}.123 {line}\n" for n, line in enumerate(text.splitlines()))


def coloured(text: str) -> str:
    """Return the text with a terminal's colours, after a progress bar that was overwritten."""
    shown = re.sub(r"(?im)^(\s*)(error|warning|hint|cause)\b", "\\1\x1b[1;31m\\2\x1b[0m", text)
    shown = re.sub(r"(['`])([^'`\n]+)\1", "\\1\x1b[36m\\2\x1b[39m\\1", shown)
    bar = "".join(f"\x1b[?25l   {'━' * n} {n}0%\r" for n in range(10)) + "\x1b[K\x1b[?25h"
    return f"{bar}\x1b[33m{shown}\x1b[0m".replace("\n", "\r\n")


def without_escape(text: str) -> str:
    """Return the coloured text as some viewers copy it: without the escape character itself."""
    return coloured(text).replace("\x1b", "")


def after_much(text: str, lines: int = 40) -> str:
    """Return the text at the end of a long log."""
    noise = (
        f"Copying file {n} of {lines} to /builds/cache/layer-{n:x}: done in {n % 9}.{n % 7} s"
        for n in range(lines)
    )
    return "\n".join([*noise, text])


def renamed(text: str) -> str:
    """Return the text with another organization, project, feed, package, version, path and identity."""
    shown = names.filled_in(text, "fabrikam", "Data Team", "wheels")
    shown = shown.replace(names.EXAMPLES["FEED"], "wheels").replace(names.MISSING_FEED, "weels")
    for old, new in NEW.items():
        shown = shown.replace(old, new)
    return GUID.sub("0f8fad5b-d9cb-469f-a165-70867728950e", shown)


def windows(text: str) -> str:
    """Return the text as a Windows reader copies it: CRLF, backslashes, a login name with a space."""
    home = re.compile(r"(?:/home/az|~)((?:/[\w.@%+-]+)*)(?![\w/])")
    shown = home.sub(lambda found: r"C:\Users\Contoso User" + found[1].replace("/", "\\"), text)
    shown = re.sub(r"(?<![\w./])\.((?:/[\w.@+-]+)+)", lambda found: "." + found[1].replace("/", "\\"), shown)
    return shown.replace("\n", "\r\n")


DISTORTIONS = {
    "first three lines": first,
    "last three lines": last,
    "80 columns": wrapped,
    "Azure Pipelines": azure,
    "GitHub Actions": github,
    "docker build": docker,
    "coloured": coloured,
    "coloured, without escapes": without_escape,
    "at the end of a long log": after_much,
    "other names": renamed,
    "all at once": lambda text: azure(wrapped(coloured(renamed(text)))),
}
