"""Version records: the client releases in which a case does what its page says, measured by `make versions`.

A record is `tests/versions/<client>.toml`, written only by the tool. For each case, and for each entry's
message that a case prints, it lists spans of releases with one result each, one per line. A page prints a
range only as far as releases were tried, and none for a case that has changed since.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from handbook.cases import clients
from handbook.cases.case import CACHE, WINDOWS_OUTPUT, Case
from handbook.cases.entry import Entry

FOLDER = Path("tests") / "versions"
SAME, WORDS, OTHERWISE, UNMEASURED = "same", "only words differ", "otherwise", "not measurable"
UNTRIED = "not tried"  # one minor series or more of which no release was: no range reaches across
RESULTS = (SAME, WORDS, OTHERWISE, UNMEASURED, UNTRIED)
# The kind of dependencies that a release got: today's, today's with those that its group pins, or those of
# its date.
TODAY, PINNED, ITS_DATE = "today", "as pinned here", "of its date"
DEPENDENCIES = (TODAY, PINNED, ITS_DATE)
HEAD = "# Written by `make versions CLIENT={}`: what was seen. Measure again in place of editing it.\n"


class RecordError(ValueError):
    """A record that cannot be used; the message is one line: `path: what is wrong: cure`."""


@dataclass(frozen=True)
class Span:
    """Adjacent releases, as far as they were tried, that gave the same result.

    what: for a result other than *same*, what differs, or why it is not measurable. unsafe: the safety claims
    that do not hold. inferred: whether it rests on answers that no fact shows.
    """

    first: str
    last: str
    tried: int
    result: str
    what: str = ""
    unsafe: str = ""
    inferred: bool = False

    @property
    def holds(self) -> bool:
        """Whether the case does what its page says in these releases."""
        return self.result in (SAME, WORDS)

    @property
    def releases(self) -> str:
        """The releases in words: one, or `0.4.24 to 0.13.9`."""
        return self.first if self.first == self.last else f"{self.first} to {self.last}"


@dataclass(frozen=True)
class Subject:
    """The measurements of a case or of an entry's message; the digest is that of its files at the time."""

    digest: str
    spans: tuple[Span, ...]

    @property
    def tried(self) -> int:
        """The number of releases that were tried."""
        return sum(span.tried for span in self.spans)

    @property
    def range(self) -> Span | None:
        """The newest adjacent releases in which it was seen to hold; None if it does not hold in the newest.

        It ends before an inferred result.
        """
        found: list[Span] = []
        for span in reversed(self.spans):
            if not span.holds or span.inferred:
                break
            found.append(span)
        if not found:
            return None
        return Span(found[-1].first, found[0].last, sum(one.tried for one in found), SAME)


@dataclass(frozen=True)
class Record:
    """The record of one client: the releases that were tried, and the results in them."""

    client: str
    system: str
    python: str
    releases: dict[str, dict]  # each with its date and its dependencies
    cases: dict[str, Subject] = field(default_factory=dict)
    messages: dict[str, Subject] = field(default_factory=dict)
    untried: tuple[str, ...] = ()  # the other releases of the window

    def alike(self, system: str, python: str) -> bool:
        """Return whether the record was measured on this system with this Python."""
        return (self.system, self.python) == (system, python)

    def over(self, earlier: Record | None, subjects: set[str], whole: bool = True) -> Record:
        """Return this record with what an earlier one has beyond it: a run of a few cases loses no others.

        subjects: the cases and entries that there are today; of others nothing is kept. whole: whether the
        run was not ended early; if it was, an earlier measurement of the same files with more releases stays.
        A record of another Python is replaced as a whole.
        """
        if earlier is None or not earlier.alike(self.system, self.python):
            return self
        releases = earlier.releases | self.releases
        untried = {*earlier.untried, *self.untried} - releases.keys()
        kinds = [(earlier.cases, self.cases), (earlier.messages, self.messages)]
        cases, messages = (
            {name: one for name, one in old.items() if name in subjects}
            | (new if whole else _newer(old, new))
            for old, new in kinds
        )
        more = {"cases": cases, "messages": messages, "untried": tuple(sorted(untried, key=key))}
        return replace(self, releases=releases, **more)

    def neighbours(self, one: str, other: str) -> bool:
        """Return whether no release lies between two."""
        order = sorted([*self.releases, *self.untried], key=key)
        return abs(order.index(one) - order.index(other)) == 1


def _newer(old: dict[str, Subject], new: dict[str, Subject]) -> dict[str, Subject]:
    """Return the new measurements, without those of fewer releases than an old one of the same files."""
    return {
        name: one
        for name, one in new.items()
        if name not in old or old[name].digest != one.digest or old[name].tried <= one.tried
    }


@functools.cache  # the page about old releases asks 180,000 times for 500 releases
def key(version: str) -> tuple[int, ...]:
    """Return the sort key of a release."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


def series(version: str) -> tuple[int, ...]:
    """Return the minor series of a release: its first two numbers."""
    return (*key(version), 0)[:2]


def digest(cases: Iterable[Case], *more: str) -> str:
    """Return twelve hexadecimal digits of a SHA-256 over the files of some cases and over texts.

    The files of the cases that run before one of them, and of its given project, belong to it.
    A case's title, what is otherwise on Windows, and its exceptions (about mutants and the PowerShell form)
    change no result on Linux, so they are left out.
    """
    found = hashlib.sha256("\0".join(more).encode())
    for folder in (folder for case in cases for folder in _folders(case)):
        for file in sorted(folder.rglob("*")):
            if file.is_file() and CACHE not in file.parts and file.name != WINDOWS_OUTPUT:
                name = file.relative_to(folder).as_posix()
                text = _settings(file) if name == "case.toml" else file.read_bytes()
                found.update(name.encode() + b"\0" + text + b"\0")
    return found.hexdigest()[:12]


def _folders(case: Case) -> list[Path]:
    """Return the folders of a case, of its predecessors and of its given project."""
    others = [*case.given.get("after", []), *filter(None, [case.given.get("project")])]
    return [case.folder, *(case.folder.parents[1] / name for name in others)]


def _settings(file: Path) -> bytes:
    """Return the parts of a case.toml that can change a result."""
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    kept = {key: value for key, value in data.items() if key not in ("title", "windows", "exception")}
    return json.dumps(kept, sort_keys=True, default=str).encode()


def measured_by(entry: Entry, cases: dict[str, Case]) -> dict[str, list[Case]]:
    """Return the cases of an entry that can show its message, grouped by client name."""
    found: dict[str, list[Case]] = {}
    for name in entry.cases:
        case = cases.get(name)
        if case and case.runs_on("linux"):  # with its builds releases are measured
            found.setdefault(case.client, []).append(case)
    return found


def read(root: Path, client: str) -> Record | None:
    """Return the record of a client, or None if there is none; raise RecordError if it is broken."""
    file = root / FOLDER / f"{client}.toml"
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        record = Record(
            data["client"],
            data["system"],
            data["python"],
            data["releases"],
            _subjects(data.get("case", {})),
            _subjects(data.get("message", {})),
            tuple(data["untried"]),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        cure = f"measure again with `make versions CLIENT={client}`"
        raise RecordError(f"{(FOLDER / file.name).as_posix()}: is not a record ({error}): {cure}") from None
    return record


def _subjects(data: dict) -> dict[str, Subject]:
    found = {}
    for name, one in data.items():
        found[name] = Subject(one["digest"], tuple(Span(**span) for span in one["spans"]))
        for span in found[name].spans:
            if span.result not in RESULTS:
                raise ValueError(f"unknown result {span.result!r} of {name}")
    return found


def text(record: Record) -> str:
    """Return a record as the text of its file: sorted, one line per span."""
    lines = [HEAD.format(record.client)]
    lines += [f"{name} = {json.dumps(getattr(record, name))}\n" for name in ("client", "system", "python")]
    lines += ["untried = [\n"]
    lines += [f'    "{one}",\n' for one in sorted(record.untried, key=key)]
    lines += ["]\n\n[releases]\n"]
    for version in sorted(record.releases, key=key):
        one = record.releases[version]
        said = f'date = {one["date"]}, dependencies = "{one["dependencies"]}"'
        lines.append(f'"{version}" = {{ {said} }}\n')
    for kind, subjects in (("case", record.cases), ("message", record.messages)):
        for name, subject in sorted(subjects.items()):
            lines.append(f'\n[{kind}."{name}"]\ndigest = "{subject.digest}"\nspans = [\n')
            lines += [f"    {{ {', '.join(_keys(span))} }},\n" for span in subject.spans]
            lines.append("]\n")
    return "".join(lines)


def _keys(span: Span) -> Iterator[str]:
    for name in Span.__dataclass_fields__:
        value = getattr(span, name)
        if value or name == "tried":
            yield f"{name} = {json.dumps(value, ensure_ascii=False)}"


def current(record: Record | None, subject: Subject | None, digest_now: str, pinned: str) -> bool:
    """Return whether a measurement is about the present files and the pinned release."""
    return bool(
        record
        and subject
        and subject.digest == digest_now
        and any(key(span.first) <= key(pinned) <= key(span.last) for span in subject.spans)
    )


def stale(root: Path, cases: Iterable[Case]) -> dict[str, int]:
    """Return the number of cases without a current record, for each client that has releases."""
    found: dict[str, int] = {}
    records: dict[str, Record | None] = {}
    for case in cases:
        if not case.runs_on("linux") or not clients.CLIENTS[case.client].lock:
            continue
        if case.client not in records:
            records[case.client] = read(root, case.client)
        record = records[case.client]
        subject = record and record.cases.get(case.name)
        if not current(record, subject, digest([case]), clients.locked(case.client, root)):
            found[case.client] = found.get(case.client, 0) + 1
    return found
