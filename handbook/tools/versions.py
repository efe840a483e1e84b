"""Measure in which releases of a client its cases do what their pages say: `python -m handbook versions uv`.

Every case runs in the first and the last patch of each minor series of the window and in the newest release;
between neighbours that differ the tool bisects. What was seen is kept in `_build/versions/<client>.json`, so
that a run that was ended goes on where it stopped; the record is `tests/versions/<client>.toml`.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from pathlib import Path

from handbook.cases.case import CACHE, Case, all_cases
from handbook.cases.clients import CLIENTS
from handbook.cases.machine import HERE
from handbook.runner import model, run
from handbook.tools import releases
from handbook.tools.environments import ROOT, SetupError
from handbook.tools.releases import Release

SECONDS = 60
SEEN = ("exit", "output", "asked", "installed", "uploaded", "refused", "sent", "written", "faults")


def digest(case: Case) -> str:
    """Return twelve hexadecimal digits over the files of a case."""
    found = hashlib.sha256()
    for file in sorted(case.folder.rglob("*")):
        if file.is_file() and CACHE not in file.parts:
            found.update(file.relative_to(case.folder).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()[:12]


@functools.cache
def _bench() -> tuple[run.Harness, dict[str, Case]]:
    """Open what one worker process needs, once; it ends with the process."""
    return model.ModelHarness(ROOT, seconds=SECONDS).__enter__(), {one.name: one for one in all_cases(ROOT)}


def _start_worker() -> None:
    """Leave Ctrl-C to the main process, and end with it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=lambda: (parent_process().join(), os._exit(1)), daemon=True).start()


def try_case(job: tuple[str, str]) -> dict:
    """Run one case in the checkout of a release; return what was seen, or under "why" why nothing was."""
    root, name = job
    harness, cases = _bench()
    harness.root = Path(root)
    with tempfile.TemporaryDirectory(prefix="versions-", ignore_cleanup_errors=True) as folder:
        try:
            seen = run.observe(harness, [cases[name]], Path(folder) / "run")
        except Exception as error:  # whatever it is, this release shows nothing of the case
            return {"why": f"{type(error).__name__}: {error}".splitlines()[0][:200]}
    return {key: getattr(seen, key) for key in SEEN} | {
        "guessed": len(harness.player.guessed), "grade": seen.grade
    }


class Measured:
    """What was seen so far, kept in a file."""

    def __init__(self, client: str) -> None:
        self.file = ROOT / "_build" / "versions" / f"{client}.json"
        try:
            self.known = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self.known = {"runs": {}, "dependencies": {}, "seconds": 0}

    def save(self) -> None:
        """Write what is known."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.file.with_suffix(".tmp")
        temporary.write_text(json.dumps(self.known, sort_keys=True), encoding="utf-8")
        temporary.replace(self.file)

    def get(self, release: Release, case: Case) -> dict | None:
        """Return what was seen of a case as it is now."""
        found = self.known["runs"].get(release.version, {}).get(case.name)
        return found if found and found["digest"] == digest(case) else None


def measure(client: str, wanted: Iterable[tuple[Release, list[Case]]], measured: Measured, pool) -> None:
    """Run what is not known yet of some cases in some releases."""
    for release, cases in wanted:
        missing = [case for case in cases if measured.get(release, case) is None]
        if not missing:
            continue
        started = time.perf_counter()
        runs = measured.known["runs"].setdefault(release.version, {})
        try:
            root, told = releases.checkout(client, release)
            measured.known["dependencies"][release.version] = told
            found = list(pool.map(try_case, [(str(root), case.name) for case in missing]))
        except SetupError as error:
            found = [{"why": str(error)}] * len(missing)
        for case, seen in zip(missing, found, strict=True):
            runs[case.name] = seen | {"digest": digest(case)}
        seconds = time.perf_counter() - started
        measured.known["seconds"] += seconds
        measured.save()
        print(f"{client} {release.version} ({release.day}): {len(missing)} cases in {seconds:.0f} s", flush=True)


def cases_of(client: str) -> list[Case]:
    """Return the cases of a client that run here."""
    return [one for one in all_cases(ROOT) if one.client == client and not one.checked and one.runs_on(HERE)]


def main(argv: list[str] | None = None) -> int:
    """Measure one client."""
    parser = argparse.ArgumentParser(prog="python3 -m handbook versions", description=__doc__)
    parser.add_argument("client", choices=[name for name, one in CLIENTS.items() if one.lock])
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--case", default="")
    parser.add_argument("--release", default="")
    arguments = parser.parse_args(argv)
    client = arguments.client
    try:
        known = releases.releases(client)
    except SetupError as error:
        print(f"versions: {error}", file=sys.stderr)
        return 2
    grid = [one for one in releases.chosen(known) if arguments.release in ("", one.version)]
    cases = [case for case in cases_of(client) if arguments.case in ("", case.name)]
    measured = Measured(client)
    print(f"{client}: {len(cases)} cases, {len(grid)} of {len(known)} releases first")
    with ProcessPoolExecutor(arguments.jobs, get_context("spawn"), _start_worker) as pool:
        measure(client, [(one, cases) for one in reversed(grid)], measured, pool)
    return 0


if __name__ == "__main__":
    sys.exit(main())
