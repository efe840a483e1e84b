"""Measure in which releases of a client its cases do what their pages say: `make versions CLIENT=uv`.

Every case runs in the first and last patch of each minor series of the window and in the newest release;
between neighbours that differ it bisects. What was seen is kept in `_build/versions/<client>.json`: a run
that was ended goes on where it stopped. The record is `tests/versions/<client>.toml`; pages print from it.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path

from handbook.cases import version_record
from handbook.cases.case import Case, all_cases
from handbook.cases.clients import locked
from handbook.cases.entry import Entry, all_entries
from handbook.cases.machine import HERE
from handbook.cases.version_record import FOLDER, Record, Span, Subject, digest
from handbook.runner import model_player, run
from handbook.tools import commands, pin_newest, releases, verdicts, workers
from handbook.tools.environments import ROOT, SetupError
from handbook.tools.releases import Release

SECONDS = 300  # a case takes two; a release that asks again and again waits for minutes
STEADY, TRIES = 20, 2  # a run that took more seconds may have met a client's own time limits: it is repeated
SEEN = ("exit", "output", "asked", "installed", "uploaded", "refused", "sent", "written", "faults")


@functools.cache
def _bench() -> tuple[model_player.ModelHarness, dict[str, Case]]:
    """Return the harness and the cases of this worker process, which are opened once and never closed."""
    harness = model_player.ModelHarness(ROOT, seconds=SECONDS).__enter__()
    return harness, {one.name: one for one in all_cases(ROOT)}


def try_case(job: tuple[str, str]) -> dict:
    """Run one case in the checkout of a release; return the result, or under "why" why there is none."""
    for _ in range(TRIES):
        seen = _try_once(*job)
        if seen.pop("seconds", 0) <= STEADY:
            break
    return seen


def _try_once(root: str, name: str) -> dict:
    harness, cases = _bench()
    harness.root = Path(root)
    with tempfile.TemporaryDirectory(prefix="versions-", ignore_cleanup_errors=True) as folder:
        try:
            seen = run.observe(harness, [cases[name]], Path(folder) / "run")
        except Exception as error:  # whatever the error is, this release proves nothing about the case
            return {"why": (str(error).splitlines() or [type(error).__name__])[0][:200]}
    return {key: getattr(seen, key) for key in SEEN} | {
        "guessed": len(harness.player.guessed),
        "seconds": seen.bare_seconds,
    }


class Measured:
    """The observations of a client so far, kept in a file."""

    def __init__(self, client: str) -> None:
        self.file = ROOT / "_build" / "versions" / f"{client}.json"
        self.digests: dict[str, str] = {}
        try:
            self.known = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self.known = {"runs": {}, "dependencies": {}, "seconds": 0}

    def save(self) -> None:
        """Write the observations."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.file.with_suffix(".tmp")
        temporary.write_text(json.dumps(self.known, sort_keys=True), encoding="utf-8")
        temporary.replace(self.file)

    def get(self, version: str, case: Case) -> dict | None:
        """Return the observation of a case in its present form in a release."""
        found = self.known["runs"].get(version, {}).get(case.name)
        return found if found and found["digest"] == self.digest(case) else None

    def digest(self, case: Case) -> str:
        """Return the digest of a case's files as they were when this began."""
        if case.name not in self.digests:
            self.digests[case.name] = digest([case])
        return self.digests[case.name]


@dataclass
class Client:
    """A client to measure: its releases, its cases, and the entries whose messages these print."""

    name: str
    known: list[Release]
    chosen: Callable[[Case], bool] = lambda _: (
        True
    )  # which of its cases run; the record has all that were seen
    cases: list[Case] = field(default_factory=list)
    entries: list[tuple[Entry, list[Case]]] = field(default_factory=list)
    begun: dict[str, str] = field(default_factory=dict)  # the digest of each subject when this began
    unavailable: set[str] = field(default_factory=set)  # newer than the pinned one, and not to be had here

    def __post_init__(self) -> None:
        everything = {one.name: one for one in all_cases(ROOT)}
        mine = (one for one in everything.values() if one.client == self.name)
        self.cases = [one for one in mine if not one.checked and one.runs_on(HERE)]
        for entry in all_entries(ROOT):
            own = version_record.measured_by(entry, everything).get(self.name, [])
            self.entries += [(entry, own)] if own else []
        self.measured = Measured(self.name)
        self.begun = {case.name: self.measured.digest(case) for case in self.cases}
        self.begun |= {entry.name: digest(own, entry.message) for entry, own in self.entries}
        self.pinned = locked(self.name, ROOT)

    def measure(self, wanted: Iterable[tuple[Release, list[Case]]], pool: ProcessPoolExecutor) -> None:
        """Run some cases in some releases, unless the result is known."""
        for release, cases in wanted:
            if release.version in self.unavailable:
                continue
            missing = [case for case in cases if self.measured.get(release.version, case) is None]
            if not missing:
                continue
            started = time.perf_counter()
            try:
                root, told = releases.checkout(self.name, release)
                found = pool.map(try_case, [(str(root), case.name) for case in missing])
            except SetupError as error:
                if release.key > version_record.key(self.pinned):  # it may come to this index tomorrow
                    print(f"{self.name} {release.version} ({release.day}): left out: {error}", flush=True)
                    self.unavailable.add(release.version)
                    continue
                told, found = version_record.TODAY, [{"why": str(error)}] * len(missing)
            runs = self.measured.known["runs"].setdefault(release.version, {})
            self.measured.known["dependencies"][release.version] = told
            for case, seen in zip(missing, found, strict=True):
                runs[case.name] = seen | {"digest": self.measured.digest(case)}
                self.measured.save()
            seconds = time.perf_counter() - started
            self.measured.known["seconds"] += seconds
            self.measured.save()
            said = f"{self.name} {release.version} ({release.day}): {len(missing)} cases in {seconds:.0f} s"
            print(said, flush=True)

    def of_case(self, case: Case) -> dict[str, Span]:
        """Return the result of a case in each release that was tried."""
        found = {one.version: self.measured.get(one.version, case) for one in self.known}
        return {
            version: verdicts.verdict(case, seen, version, self.pinned)
            for version, seen in found.items()
            if seen
        }

    def of_entry(self, entry: Entry, cases: list[Case]) -> dict[str, Span]:
        """Return, for each release that was tried, whether the cases of an entry print its message."""
        results = {case.name: self.of_case(case) for case in cases}
        found = {}
        for version in [one.version for one in self.known]:
            if all(version in results[case.name] for case in cases):
                runs = [
                    (case, results[case.name][version], self.measured.get(version, case)) for case in cases
                ]
                found[version] = verdicts.message(entry, runs, version, self.pinned)
        return found

    def subjects(self) -> Iterator[tuple[list[Case], dict[str, Span]]]:
        """Yield every subject: the cases that must run for it, and its results so far."""
        for cases in ([case] for case in self.cases if self.chosen(case)):
            yield cases, self.of_case(cases[0])
        for entry, cases in self.entries:
            if all(map(self.chosen, cases)):
                yield cases, self.of_entry(entry, cases)

    def between(self, alike: Callable[[Span, Span], bool]) -> list[tuple[Release, list[Case]]]:
        """Return the next runs: the middle of each pair of differing neighbours, for what differs."""
        number = {one.version: n for n, one in enumerate(self.known)}
        wanted: dict[int, dict[str, Case]] = {}
        for cases, results in self.subjects():
            for middle in middles({number[one]: span for one, span in results.items()}, alike):
                if self.known[middle].version not in self.unavailable:
                    wanted.setdefault(middle, {}).update({case.name: case for case in cases})
        return [(self.known[n], list(cases.values())) for n, cases in sorted(wanted.items(), reverse=True)]

    def record(self) -> Record:
        """Return the record of the observations so far."""
        days = {one.version: one.day for one in self.known}
        dependencies = self.measured.known["dependencies"]
        tried = [one for one in days if one in dependencies]
        return Record(
            self.name,
            platform.system(),
            platform.python_version(),
            {one: {"date": days[one], "dependencies": dependencies[one]} for one in tried},
            {
                case.name: Subject(self.begun[case.name], verdicts.spans(found.values(), days))
                for case in self.cases
                if (found := self.of_case(case))
            },
            {
                entry.name: Subject(self.begun[entry.name], verdicts.spans(found.values(), days))
                for entry, cases in self.entries
                if (found := self.of_entry(entry, cases))
            },
            tuple(one for one in days if one not in tried),
        )

    def write(self, whole: bool = True) -> None:
        """Write the record over that of earlier runs; `whole` says that this one was not ended early."""
        subjects = {one.name for one in self.cases} | {entry.name for entry, _ in self.entries}
        record = self.record().over(version_record.read(ROOT, self.name), subjects, whole)
        file = ROOT / FOLDER / f"{self.name}.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(version_record.text(record), encoding="utf-8", newline="\n")
        minutes = self.measured.known["seconds"] / 60
        print(f"{(FOLDER / file.name).as_posix()}: {minutes:.0f} minutes of runs so far", flush=True)

    def changed(self, newest: str) -> list[str]:
        """Return a line for each case whose result with the newest release differs from the record."""
        record = version_record.read(ROOT, self.name)
        found = []
        for name, subject in record.cases.items() if record else ():
            case = next((one for one in self.cases if one.name == name), None)
            now = self.of_case(case).get(newest) if case else None
            before = subject.spans[-1]
            if now and (now.result, now.what) != (before.result, before.what):
                told = f"{now.result} ({now.what})" if now.what else now.result
                found.append(f"{name}: {told} in {newest}, {before.result} in {before.last}")
        return found


def middles(results: dict[int, Span], alike: Callable[[Span, Span], bool]) -> list[int]:
    """Return the middle of each pair of differing neighbours; releases are numbered."""
    return [
        (one + other) // 2
        for one, other in pairwise(sorted(results))
        if other - one > 1 and not alike(results[one], results[other])
    ]


def ordered(grid: list[Release]) -> list[list[Release]]:
    """Return the releases in two parts, so that a run that is ended early covers the window coarsely.

    First the newest, the oldest and the last of each series from the newest on, then the others.
    """
    ends = [one for one, after in pairwise([*grid, None]) if after is None or after.series != one.series]
    return [list(dict.fromkeys([grid[-1], grid[0], *reversed(ends)])), list(reversed(grid))]


def work(one: Client, arguments: argparse.Namespace) -> None:
    """Measure a client as the command line asks, write its record, print the newest release's changes."""
    if arguments.newest:
        plan = [[one.known[-1]]]
    elif arguments.every:
        plan = [list(reversed(one.known))]
    else:
        plan = ordered(releases.chosen(one.known))
    cases = [case for case in one.cases if one.chosen(case)]
    number = len({release for some in plan for release in some})
    print(f"{one.name}: {len(cases)} cases, {number} of {len(one.known)} releases to begin with", flush=True)
    whole = False
    with workers.pool(arguments.jobs) as pool:
        try:
            for some in plan:
                one.measure([(release, cases) for release in some], pool)
                while not arguments.newest and (wanted := one.between(verdicts.as_safe)):
                    one.measure(wanted, pool)
            while not arguments.newest and (wanted := one.between(verdicts.same)):
                one.measure(wanted, pool)
            whole = True
        finally:
            changed = one.changed(one.known[-1].version)
            if not arguments.newest:
                one.write(whole)
    print("\n".join(changed) if changed else f"{one.name} {one.known[-1].version}: nothing new")


def named(word: str) -> list[str]:
    """Return the clients of a word: `due` is the one whose turn it is, `new` all with a new release."""
    known = releases.measured_clients()
    if word not in ("due", "new"):
        if word not in known:
            raise SetupError(f"{word}: is not measured: use due, new, {', '.join(known)}")
        return [word]
    records = {name: version_record.read(ROOT, name) for name in known}
    new = [
        name
        for name, one in records.items()
        # A release that could not be had is known as untried; it would be new every night.
        if not one or releases.releases(name)[-1].version not in {*one.releases, *one.untried}
    ]
    if word == "new":
        return new
    # Every client once in as many nights as there are clients.
    return [*new, list(known)[date.today().toordinal() % len(known)]][:1]


def main(argv: list[str] | None = None) -> int:
    """Measure clients and write their records. Exit status 2: one cannot be measured."""
    parser = argparse.ArgumentParser(prog="python3 -m handbook versions", description=__doc__)
    parser.add_argument("client", help="one of handbook/tools/versions.toml, or due, or new")
    switch = functools.partial(parser.add_argument, action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many cases run at a time")
    switch("--every", help="run every release of the window, for the safety claims")
    switch("--newest", help="run the newest release alone, and say what changed")
    parser.add_argument("--case", action="append", help="run this case alone; may be said again")
    switch("--pin", help="run nothing: pin the newest releases; new takes every client")
    switch("--record", help="run nothing: write the record of what was seen")
    arguments = parser.parse_args(argv)
    wanted = set(arguments.case or [])
    try:
        if arguments.pin:
            # What is measured already is not new to the record, but its build for Windows has not run.
            names = releases.measured_clients() if arguments.client == "new" else named(arguments.client)
            lock = functools.partial(commands.lock, [])
            print("\n".join(pin_newest.pin(ROOT, names, lock)) or "nothing to pin")
            return 0
        for name in named(arguments.client):
            one = Client(name, releases.releases(name), lambda case: not wanted or case.name in wanted)
            if unknown := sorted(wanted - {case.name for case in one.cases}):
                raise SetupError(f"{unknown[0]}: is no case of {name} that runs here: correct the name")
            earlier = version_record.read(ROOT, name)
            if wanted and earlier and not earlier.alike(platform.system(), platform.python_version()):
                told = f"was measured with Python {earlier.python} on {earlier.system}"
                raise SetupError(f"the record of {name} {told}: measure all its cases here")
            if arguments.record:
                one.write()
            else:
                work(one, arguments)
    except (SetupError, version_record.RecordError) as error:
        print(f"versions: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
