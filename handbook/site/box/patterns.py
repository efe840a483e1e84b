"""The patterns by which the paste box recognises an entry: its lines, with gaps for whatever differs.

A gap replaces a name of the examples, a URL, a version, a path, a digest or a time. The words around it are
those that a reader's own output shares with the recorded one.
"""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from handbook.cases import names
from handbook.cases.case import Case
from handbook.cases.entry import Entry, lines

GAP = "•"
BOX = tomllib.loads(Path(__file__).with_name("box.toml").read_text(encoding="utf-8"))
NAMES = "|".join(
    re.escape(name) for name in (names.EXAMPLES["FEED"], names.MISSING_FEED, names.EXAMPLES["ORGANIZATION"])
)
GAPS = [
    re.compile(pattern)
    for pattern in (
        r"\b(?:https?|file)://[^\s\"'`)>]+",
        r"(?<![\w.])(?:~|\.{1,2}|[A-Z]:)?[/\\][\w.@%+-]+(?:[/\\][\w.@%+-]*)*",
        r"(?<![\w.])[\w@+-][\w.@+-]*(?:[/\\][\w.@+-]+){2,}[/\\]?",
        r"\b(?:sha256[:=])?[0-9a-f]{8}(?:-?[0-9a-f]{4,12}){3,}\b",
        rf"(?i)(?<![a-z])(?:{NAMES}|non-package-mode|idna|certifi|PyPI)(?:[-_][\w.+-]*)?",
        rf"(?i)(?<![a-z]){names.SOURCE}(?![a-z]| server)",
        r"(?<=['\"`(]){}(?=['\"`)])".replace("{}", names.EXAMPLES["PROJECT"]),
        r"(?<=\bpackage ')[\w.-]+(?=';)",
        r"(?<!User for )\b(?:pkgs\.dev\.azure\.com|[\w-]+\.pkgs\.visualstudio\.com)\b",
        r"\bv?\d+(?:\.\d+)+[\w.+*-]*",
        r"\b\d+(?:\.\d+)? ?(?:ms|s|[kKMG]i?B)\b",
    )
]
# A URL that twine breaks at 80 columns, and a line of its log that it breaks at a space
CUT = re.compile(r"(?m)^(?=.{80}\n)(.*https?://\S*)\n {0,9}(?=\S)")
# A traceback says where a program failed; the line after it says why.
TRACE = re.compile(r"(?m)^Traceback \(most recent call last\):\n(?:[ ].*(?:\n|\Z))*")
# Lines that pip's resolver prints for every conflict, whichever program called it; and a feed's host
COMMON = [
    *("The conflict is caused by:", f"The user requested {GAP}"),
    *("pkgs.dev.azure.com", "contoso.pkgs.visualstudio.com"),
]
RICH = re.compile(r"\n {9}(?=\S)")


def gapped(text: str) -> list[str]:
    """Return the lines of a message or an output, with a gap for everything that differs between readers."""
    whole = RICH.sub(" ", CUT.sub(r"\1", text))
    for gap in GAPS:
        whole = gap.sub(GAP, whole)
    return lines(whole)


def own(entry: Entry, cases: dict[str, Case]) -> list[str]:
    """Return the lines of the outputs that belong to an entry, without duplicates."""
    outputs = [text for name in entry.cases for text in (cases[name].output, cases[name].windows_output)]
    found = [line for text in outputs for line in gapped(TRACE.sub("", text or ""))]
    return list(dict.fromkeys(found))


def quiet(entries: Iterable[Entry], cases: Iterable[Case]) -> list[str]:
    """Return the lines that successful runs print, except those that contain a line of an entry's message."""
    texts = [text for entry in entries for text in (entry.message, *(one.text for one in entry.wordings))]
    said = {line for text in texts for line in gapped(text) if len(line.split()) > 2}
    found = [*COMMON, *(line for case in cases if succeeds(case) for line in gapped(case.output or ""))]
    return [line for line in dict.fromkeys(found) if not any(one in line for one in said)]


def succeeds(case: Case) -> bool:
    """Return whether the case ends well, so that a reader has no error to look up."""
    return case.exit == 0 and case.verb != "fail"


def known(entries: list[Entry], cases: list[Case]) -> dict:
    """Return the box's index: each entry's keys (its message and wordings) and the lines of its outputs."""
    by_name = {case.name: case for case in cases}
    found = []
    for entry in entries:
        keys = [gapped(entry.message), *(gapped(one.text) for one in entry.wordings)]
        found.append(
            {
                "name": entry.name,
                "keys": keys,
                "lines": own(entry, by_name),
                "title": entry.title,
            }
        )
    return {
        "entries": found,
        "quiet": quiet(entries, cases),
        "common": BOX["common"],
        "status": dict(BOX["status"]),
        "others": [dict(one) for one in BOX["other"]],
        "asks": BOX["ask"],
    }
