"""What the version records say about old releases, as plain data for the directives of version_changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from handbook.cases import version_record
from handbook.cases.clients import CLIENTS
from handbook.cases.version_record import ITS_DATE, OTHERWISE, UNMEASURED, UNTRIED, Record, Span, Subject
from handbook.site.domain import version_ranges
from handbook.site.domain.checkout import every_case, every_entry
from handbook.site.tables.old_behaviour import told
from handbook.site.tables.table import CaseLink, EntryLink, Part

T = TypeVar("T")


@dataclass(frozen=True)
class Way:
    """What some releases do otherwise, and the cases or entries in which they do it."""

    what: str
    unsafe: bool
    links: tuple[Part, ...]


@dataclass(frozen=True)
class Stretch:
    """Releases that do otherwise than the pages say, from the first to the last that was seen to.

    said: these releases in words. after: the next release that was tried.
    """

    first: str
    last: str
    said: str
    after: str

    @property
    def order(self) -> tuple:
        """The sort key: the newest last release, then the shortest stretch."""
        return version_record.key(self.last), version_record.key(self.first)


def measured_clients(root: Path) -> list[str]:
    """Return the clients that have a record, in the order of every list."""
    return [name for name, one in CLIENTS.items() if one.lock and version_ranges.record(root, name)]


def others(root: Path) -> str:
    """Return a line with the pinned releases of the clients that have cases and no record, or ""."""
    used = {case.client for case in every_case(root).values()} - set(measured_clients(root))
    names = [version_ranges.named(root, one) for one in CLIENTS if one in used and CLIENTS[one].lock]
    return (
        f"Of the other clients, one release each was run: {', '.join(filter(None, names))}." if names else ""
    )


def about(root: Path, client: str) -> str:
    """Return the number of releases that were tried, and the system and Python."""
    record = version_ranges.record(root, client)
    tried = sorted(record.releases, key=version_record.key)
    older = [name for name, one in record.releases.items() if one["dependencies"] == ITS_DATE]
    number = f"{len(tried)} releases from {tried[0]} to {tried[-1]}" if len(tried) > 1 else tried[0]
    text = f"Tried: {number}, on {record.system} with Python {record.python}."
    if older and len(older) == len(tried):
        return f"{text} Each ran with the dependencies of its own date, because today's break most old ones."
    start = "One of them starts" if len(older) == 1 else f"{len(older)} of them start"
    return f"{text} {start} only with dependencies of the release's own date." if older else text


def window(root: Path, client: str) -> str:
    """Return the first and last release that were tried."""
    tried = sorted(version_ranges.record(root, client).releases, key=version_record.key)
    return Span(tried[0], tried[-1], len(tried), "").releases


def changes(root: Path, client: str) -> list[tuple[Stretch, list[Way]]]:
    """Return what old releases do otherwise, the newest first; of one stretch, what is not safe first."""
    record, cases = version_ranges.record(root, client), every_case(root)
    found: dict[Stretch, dict[tuple[bool, str], list[Part]]] = {}
    for name, subject in _subjects(root, client):
        said = [
            (bool(span.unsafe), told(span, cases[name])) if span.result == OTHERWISE else None
            for span in subject.spans
        ]
        for stretch, what in _stretches(record, subject.spans, said):
            link = CaseLink(name, cases[name].title)
            found.setdefault(stretch, {}).setdefault(what, []).append(link)
    listing = []
    for stretch in sorted(found, key=lambda one: one.order, reverse=True):
        ways = [Way(what, unsafe, tuple(links)) for (unsafe, what), links in found[stretch].items()]
        listing.append((stretch, sorted(ways, key=lambda way: (not way.unsafe, -len(way.links), way.what))))
    return listing


def wordings(root: Path, client: str) -> list[tuple[Stretch, list[Part]]]:
    """Return the entries whose message old releases word otherwise although the case holds in them."""
    record, entries = version_ranges.record(root, client), every_entry(root)
    holds = dict(_subjects(root, client))
    found: dict[Stretch, list[Part]] = {}
    for name in record.messages:
        subject = version_ranges.of_entry(root, name).get(client) if name in entries else None
        if subject is None or not _newest_holds(subject):
            continue
        said = [one.result == OTHERWISE or None for one in subject.spans]
        for stretch, _ in _stretches(record, subject.spans, said):
            if any(_held(holds[one], stretch.last) for one in entries[name].cases if one in holds):
                found.setdefault(stretch, []).append(EntryLink(name, entries[name].title))
    return sorted(found.items(), key=lambda one: one[0].order, reverse=True)


def since(root: Path, client: str) -> str:
    """Return the releases in which every case was seen to do what its page says."""
    record = version_ranges.record(root, client)
    tried = sorted(record.releases, key=version_record.key)
    after = [stretch.after for stretch, _ in changes(root, client)]
    first = max(after, key=version_record.key, default=tried[0])
    return Span(first, tried[-1], 0, "").releases


def unsafe(root: Path, client: str) -> list[str]:
    """Return the releases in which a safety claim of some case was seen to fail."""
    record = version_ranges.record(root, client)
    order = sorted([*record.releases, *record.untried], key=version_record.key)
    seen: set[int] = set()
    for _, subject in _subjects(root, client):
        for span in subject.spans:
            if span.unsafe:
                seen.update(range(order.index(span.first), order.index(span.last) + 1))
    said = []
    for _, run in groupby(enumerate(sorted(seen)), lambda one: one[1] - one[0]):
        places = [place for _, place in run]
        first, last = order[places[0]], order[places[-1]]
        said.append(f"up to {last}" if places[0] == 0 else Span(first, last, 0, "").releases)
    return said[::-1]


def _subjects(root: Path, client: str) -> Iterator[tuple[str, Subject]]:
    """Yield the cases that are as they were measured and that hold in the newest release of the record."""
    for name in version_ranges.record(root, client).cases:
        subject = version_ranges.of_case(root, name)
        if subject and _newest_holds(subject):
            yield name, subject


def _newest_holds(subject: Subject) -> bool:
    measured = [span for span in subject.spans if span.result not in (UNMEASURED, UNTRIED)]
    return bool(measured) and measured[-1].holds


def _held(subject: Subject, release: str) -> bool:
    """Return whether a case holds in the span that contains a release."""
    key = version_record.key
    inside = [span for span in subject.spans if key(span.first) <= key(release) <= key(span.last)]
    return bool(inside) and inside[0].holds


def _stretches(record: Record, spans: tuple[Span, ...], said: list[T | None]) -> Iterator[tuple[Stretch, T]]:
    """Yield each stretch of adjacent spans of which the same is said, without those of which None is."""
    place = 0
    for what, group in groupby(said):
        number = len(list(group))
        if what is not None:
            last = place + number - 1
            yield _stretch(record, spans, place, last), what
        place += number


def _stretch(record: Record, spans: tuple[Span, ...], start: int, end: int) -> Stretch:
    """Return the stretch from one span to another; a reader must see where no release was tried."""
    order = sorted([*record.releases, *record.untried], key=version_record.key)
    first, last = spans[start].first, spans[end].last
    earlier = [one for one in spans[:start] if one.result != UNTRIED][-1:]
    later = [one for one in spans[end + 1 :] if one.result != UNTRIED][:1]
    after = later[0].first if later else last
    before_next = order[order.index(after) - 1] if later else last
    if not earlier and before_next == last:
        return Stretch(first, last, f"Before {after}", after)
    said = f"Up to {last}" if not earlier else Span(first, last, 0, "").releases
    after_previous = order[order.index(earlier[0].last) + 1] if earlier else first
    said += f", perhaps from {after_previous}" if after_previous != first else ""
    said += f", perhaps to {before_next}" if before_next != last else ""
    return Stretch(first, last, said, after)
