"""Check that a run printed, a phrase declares or a source shows every program message that an entry quotes.

A message that nobody printed misleads a reader, so an unsupported one is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from handbook.cases.case import Case
from handbook.cases.entry import Entry, shown_path

WORDS = 3  # shorter inline code is a name or a status, not a sentence
_ROLE = re.compile(r"\{[\w-]+\}`[^`]*`")
_CODE = re.compile(r"`([^`]+)`")
# Clients break lines and draw boxes; prose omits the quotes around names.
_FOLDED = re.compile(r"[\s│┃|╭╮╰╯─`]+")


@dataclass(frozen=True)
class Said:
    """A sentence of the service, with `…` for its gaps, and whether a public source shows it."""

    text: str
    sourced: bool


def folded(text: str) -> str:
    """Return a text in lower case, without white space, backticks and box-drawing characters."""
    return _FOLDED.sub("", text).lower()


def _pattern(text: str) -> re.Pattern[str]:
    """Return a pattern that finds a text in a folded one; `…` matches anything."""
    return re.compile(".*".join(re.escape(folded(piece)) for piece in re.split(r"…|\.\.\.", text)))


def codes(text: str) -> Iterator[str]:
    """Yield the inline code of a text that is long enough to be a sentence."""
    for code in _CODE.findall(_ROLE.sub("", text)):
        if len(code.split()) >= WORDS:
            yield code


def held(cases: Iterable[Case]) -> list[str]:
    """Return the cases' commands and files, folded; any of them can support an inline command or setting."""
    return [folded(text) for case in cases for text in (case.commands, *map(case.text, case.files))]


def unshown(entry: Entry, cases: dict[str, Case], said: Iterable[Said], run: list[str]) -> list[str]:
    """Return each program message in an entry that nothing supports, in one line each.

    cases: every case by name. said: the declared phrases. run: the result of `held`. A title may not rest on
    an inferred phrase, even if a run against the model prints it.
    """
    said = list(said)
    own = [cases[name] for name in entry.cases if name in cases]
    outputs = [folded(case.output or "") for case in own]
    quoted = [folded(one.text) for one in (*entry.wordings, *entry.quotations) if one.source]
    for one in entry.quotations:
        if one.case and folded(one.text) in folded(getattr(cases.get(one.case), "output", None) or ""):
            quoted.append(folded(one.text))
    if not own:  # the message is a transcription, and the entry names its sources
        quoted.append(folded(entry.message))

    def shown(piece: str) -> bool:
        found = _pattern(piece)
        if any(found.search(text) for text in (*outputs, *quoted)):
            return True
        return any(found.search(folded(one.text)) or _pattern(one.text).search(folded(piece)) for one in said)

    where = shown_path(entry.file)
    cure = "copy it from an output, or add [[quotation]] with text, source and date"
    wrong = []
    if not shown(entry.title):
        wrong.append(f"{where}: no output, phrase or quotation says the title {entry.title!r}: {cure}")
    inferred = [one for one in said if not one.sourced and _pattern(entry.title).search(folded(one.text))]
    if inferred and not any(one.sourced and _pattern(entry.title).search(folded(one.text)) for one in said):
        wrong.append(f"{where}: the title {entry.title!r} is inferred: take what the reader's client prints")
    for one in entry.quotations:
        if one.case and folded(one.text) not in quoted:
            wrong.append(f"{where}: {one.case} does not print {one.text!r}: quote what it prints")
    tells = [("means", entry.means), ("isnt", entry.isnt), *(("tell", one.tell) for one in entry.causes)]
    for key, text in tells:
        for code in codes(text):
            if not shown(code) and not any(_pattern(code).search(one) for one in run):
                wrong.append(f"{where}: {key}: no output, phrase or quotation says {code!r}: {cure}")
    if not own and not (entry.sources or any(one.source for one in entry.causes)):
        wrong.append(f"{where}: nothing prints the message and no source is named: add sources")
    return wrong
