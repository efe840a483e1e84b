"""Mutation tests: break every case on purpose and expect it to fail.

Usage: `python -m handbook.tools.mutate [CASE …] [--changed]`. Surviving mutants are printed as diffs;
`_build/mutations.json` lists for every mutant what killed it.
"""

from __future__ import annotations

import argparse
import functools
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from handbook.cases import machine, proof
from handbook.cases.case import SYSTEMS, Case, CaseError, all_cases, find
from handbook.cases.clients import GROUPS, ClientError
from handbook.cases.closure import closure
from handbook.feed.recording import RecordingError
from handbook.runner import pipelines, run
from handbook.runner.observation import compare
from handbook.runner.wall import WallError
from handbook.tools import equivalent, workers
from handbook.tools.equivalent import CLASSES, Result
from handbook.tools.operators import SCRIPT, Mutant, mutants

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 30  # a case takes two; a client that waits longer has noticed the mutation,
TIMES = 10  # unless the unmodified case needs more than a tenth of that here
SITE_LOCK = "locks/site.txt"  # pins the libraries of the runner and the feed
MACHINERY = "handbook/tools/mutate.py"  # a change to any of its imports may affect every case


class MutateError(Exception):
    """A run that cannot start, or a case that fails unmodified; the message is one line with the cure."""


def mutated(case: Case, mutant: Mutant, folder: Path) -> Case:
    """Return the mutated case, with its files copied to `folder`, which must not exist yet."""
    shutil.copytree(case.folder, folder)
    changes: dict[str, object] = {"folder": folder}
    if mutant.text is not None:
        (folder / mutant.file).write_text(mutant.text, encoding="utf-8", newline="\n")
        changes["commands"] = mutant.text if mutant.file == SCRIPT else case.commands
    else:
        place = {file: where for file, where in case.place.items() if file != mutant.file}
        changes["place"] = place | (
            {mutant.file: dict.fromkeys(SYSTEMS, mutant.place)} if mutant.place else {}
        )
    return replace(case, **changes)


def try_mutant(harness: run.Harness, case: Case, mutant: Mutant, following: Iterable[Case] = ()) -> Result:
    """Run one mutant and return what notices it.

    following: cases that start where this one ends. A change that this case does not notice may show up in
    them as a file that was not recorded; that counts as killed by a fact.
    """
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="mutant-") as name:
        folder = Path(name)
        try:
            broken = mutated(case, mutant, folder / "case")
            if found := pipelines.differences(broken):  # a run would report these faults at its end
                return Result(mutant, "case", found, time.perf_counter() - started)
            seen = run.observe(harness, [broken], folder / "run")
            found = compare(seen, case, output=False)
            verdict = equivalent.verdict(found, compare(seen, case))
            for number, other in enumerate(following if verdict in equivalent.ALIVE else ()):
                try:
                    seen = run.observe(harness, [other], folder / str(number), earlier=[broken])
                except run.RunError as error:  # the mutant itself fails in the home of both
                    verdict, found = "fact", [str(error)]
                    break
                if found := compare(seen, other, output=False):
                    verdict, found = "fact", [f"{other.name}: {one}" for one in found]
                    break
        except run.SlowError as error:
            verdict, found = "case", [str(error)]
    return Result(mutant, verdict, found, time.perf_counter() - started)


@functools.cache
def _bench() -> tuple[run.Harness, dict[str, Case]]:
    """Return the harness and the cases of this worker process, which are opened once and never closed."""
    harness = run.Harness(ROOT).__enter__()
    return harness, {case.name: case for case in all_cases(ROOT)}


@functools.cache
def _unmodified(case: str) -> tuple[list[str], int]:
    """Run an unmodified case once in this worker; return what differs, and the seconds for a mutant.

    On a busy machine the case itself takes longer, and a mutant that is only slow must not count as killed.
    """
    harness, cases = _bench()
    harness.seconds = run.SECONDS
    with tempfile.TemporaryDirectory(prefix="case-") as name:
        seen = run.observe(harness, [cases[case]], Path(name) / "run")
    return compare(seen, cases[case]), max(SECONDS, round(TIMES * seen.seconds))


def _work(job: str | Mutant) -> Result | list[str]:
    """Try a mutant; given a case's name, return how the unmodified case differs from its expectation."""
    if isinstance(job, str):
        return _unmodified(job)[0]
    harness, cases = _bench()
    harness.seconds = _unmodified(job.case)[1]
    following = [case for case in cases.values() if case.given == {"after": [job.case]}]
    return try_mutant(harness, cases[job.case], job, following)


def try_all(cases: list[Case]) -> Iterator[list[Result]]:
    """Yield the results of each case, in the order of its mutants, using all cores."""
    everything = {case.name: mutants(case) for case in cases}
    jobs = [job for name, some in everything.items() for job in (name, *some)]
    pool = workers.pool()
    try:
        results = pool.map(_work, jobs)
        for name, some in everything.items():
            if next(results):
                raise MutateError(f"{name} fails unchanged: run `make test CASE={name}`")
            yield [next(results) for _ in some]
    finally:
        pool.shutdown(cancel_futures=True)


def _git(root: Path, *arguments: str) -> list[str] | None:
    """Return git's output, split at NUL or at white space; None if git fails or is missing."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    separator = "\0" if "-z" in arguments else None
    return [part for part in done.stdout.split(separator) if part] if done.returncode == 0 else None


def changed(root: Path, cases: list[Case]) -> list[Case]:
    """Return the cases that differ from the main branch, committed or not; without one, every case.

    A change to the machinery may affect any case, so a random tenth of the others is added, the same for the
    same commit of the main branch. The nightly run covers all of them.
    """
    bases = (_git(root, "merge-base", "HEAD", branch) for branch in ("origin/main", "main"))
    base = next((found for found in bases if found), None)
    if base is None:
        print("no git history with a main branch to compare with: taking every case", file=sys.stderr)
        return cases
    files = _git(root, "diff", "--name-only", "-z", *base) or []
    files += _git(root, "ls-files", "--others", "--exclude-standard", "-z") or []
    answers = any(file.startswith(f"{run.CASSETTES}/") for file in files)
    machinery = answers or bool({*closure(ROOT, MACHINERY), SITE_LOCK} & set(files))
    touched = {"/".join(file.split("/")[1:3]) for file in files if file.startswith("snippets/")}
    by_name = {case.name: case for case in cases}

    def differs(case: Case) -> bool:
        earlier = case.given.get("after", [])
        used = proof.locks([case, *(by_name[name] for name in earlier if name in by_name)])
        return bool(touched & {case.name, *earlier} or (used - {SITE_LOCK}) & set(files))

    drawn = sample(cases, base[0]) if machinery else set()
    if machinery:
        print(f"the runner or the feed differs from main: a tenth of the cases by lot, seed {base[0][:12]}")
    return [case for case in cases if differs(case) or case.name in drawn]


def sample(cases: list[Case], seed: str) -> set[str]:
    """Return the names of a random tenth of the cases, at least one, drawn with a seed."""
    names = sorted(case.name for case in cases)
    return set(random.Random(seed).sample(names, -(-len(names) // 10)))


def _row(name: str, results: list[Result]) -> str:
    found = Counter(result.verdict for result in results)
    return f"{name:28}{len(results):6}" + "".join(f"{found[verdict] or '-':>12}" for verdict in CLASSES)


def _write(root: Path, results: list[Result], seconds: float, complete: bool) -> None:
    rows = [
        {
            "id": result.mutant.id,
            "class": result.verdict,
            "rule": result.rule,
            "noticed": [one.splitlines()[0] for one in result.differences],
            "seconds": round(result.seconds, 2),
        }
        for result in results
    ]
    content = {
        "complete": complete,
        "seconds": round(seconds, 1),
        "classes": dict(Counter(result.verdict for result in results)),
        "mutants": rows,
    }
    target = root / "_build" / "mutations.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8", newline="\n")


def mutate(cases: list[Case], complete: bool, group: str = "") -> int:
    """Try every mutant of some cases and report; return the number of failures.

    complete: whether these are all cases of the group.
    """
    started = time.perf_counter()
    print(f"{'case':28}{'all':>6}" + "".join(f"{verdict:>12}" for verdict in CLASSES), flush=True)
    results: list[Result] = []
    wrong: list[str] = []
    for case, some in zip(cases, try_all(cases), strict=True):
        wrong += equivalent.judge(some, case)
        results += some
        print(_row(case.name, some), flush=True)
    seconds = time.perf_counter() - started
    wrong += equivalent.audit(results, group=group) if complete else []
    print(_row(f"all, in {seconds:.0f} s", results))
    alive = [result for result in results if result.verdict in equivalent.ALIVE]
    for result in alive:
        print(f"\n{result.mutant.id} ({CLASSES[result.verdict]})\n{result.mutant.diff}", end="")
    print("".join(f"\n{one}" for one in wrong))
    _write(ROOT, results, seconds, complete)
    failed = len(alive) + len(wrong)
    print(f"{len(results) - len(alive)} passed, {failed} failed")
    return failed


def main(arguments: list[str]) -> int:
    """Return 0 if every mutant is killed or equivalent by a rule, 1 if not, 2 if nothing could run."""
    parser = argparse.ArgumentParser("handbook.tools.mutate", description="break cases on purpose")
    parser.add_argument("case", nargs="*", help="such as pip/install-env; without one, all")
    parser.add_argument("--changed", action="store_true", help="only cases that differ from the main branch")
    parser.add_argument(
        "--group", default="", choices=["", *GROUPS], help="cases of that group, and no others"
    )
    options = parser.parse_args(arguments)
    try:
        known = {case.name: case for case in all_cases(ROOT) if case.runs_on(machine.HERE)}
        known = {name: case for name, case in known.items() if "hosts" not in case.given or machine.walled()}
        for name in set(options.case) - set(known):
            find(ROOT, name)  # raises CaseError with the nearest name
            raise MutateError(f"{name} is not run here: take another")
        usual = [name for name, case in known.items() if case.group == options.group]
        chosen = [known[name] for name in sorted(set(options.case)) or usual]
        chosen = changed(ROOT, chosen) if options.changed else chosen
        if not chosen:
            print("no case differs from main")
            return 0
        complete = {case.name for case in chosen} == set(usual)
        return 1 if mutate(chosen, complete, options.group) else 0
    except (MutateError, CaseError, ClientError, RecordingError, WallError, run.RunError) as error:
        print(f"handbook.tools.mutate: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
