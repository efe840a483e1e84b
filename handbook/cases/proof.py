"""Proofs: the result of each case's last run, kept in `_build/proof.json` as case -> system -> entry.

The system is an open key, such as linux. The proofs of other systems are read from
`_build/proof-<system>/proof.json`, where their jobs put them.

A reader trusts an entry only for facts that cannot be recomputed: which recorded answers the run consumed and
how many requests it made; for a run on another system also that system, its Python and whether it ran behind
the wall. Everything else must agree with the present files, and the digest binds it together.
"""

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from handbook.cases import clients, grades, machine
from handbook.cases.case import CACHE, Case, CaseError
from handbook.cases.case import load as load_case
from handbook.cases.clients import CLIENTS
from handbook.cases.closure import closure

ROOT = Path(__file__).resolve().parents[2]
CASSETTES = "tests/cassettes"
PHRASES = "handbook/feed/phrases.toml"
RUNNER = "handbook/runner/plugin.py"  # runs a case; the digest covers everything that it imports
FIELDS = {  # of an entry
    "client": str,
    "version": str,
    "system": str,
    "python": str,
    "wall": bool,
    "date": str,
    "grade": str,
    "inputs": list,  # the recorded answers that the run consumed
    "rests_on": list,  # those of them that answer the run's own questions; they determine the grade
    "said": list,  # the service's phrases in its output, whose grades count as well
    "requests": dict,
    "digest": str,
}
Entries = dict[str, dict[str, dict]]


class ProofError(ValueError):
    """A proof file or input that cannot be read; the message is one line: `path: what is wrong: cure`."""


def path(root: Path) -> Path:
    """Return the path of the file that keeps the proofs of the checkout `root`."""
    return root / "_build" / "proof.json"


def load(root: Path) -> Entries:
    """Return the entries of each case's last runs here; raise ProofError if the file is broken."""
    return _read(root, path(root), "run `make test`, which writes it anew")


def elsewhere_files(root: Path) -> list[Path]:
    """Return the files of proofs that jobs on other systems have handed over."""
    return sorted((root / "_build").glob("proof-*/proof.json"))


def elsewhere(root: Path) -> list[Entries]:
    """Return the entries that the jobs of other systems handed over; raise ProofError if a file is broken.

    Entries that claim to be from this system are left out, because only runs on this machine count for it.
    """
    files = elsewhere_files(root)
    found = [_read(root, file, "delete it, or bring it again from its job") for file in files]
    for systems in (systems for entries in found for systems in entries.values()):
        for name in (machine.HERE, machine.WINE_NAME):
            systems.pop(name, None)
    return found


def _read(root: Path, file: Path, cure: str) -> Entries:
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (ValueError, OSError, RecursionError):
        entries = None
    if not isinstance(entries, dict) or not all(map(_well_formed, entries.values())):
        raise ProofError(f"{file.relative_to(root).as_posix()}: is not a list of proofs: {cure}")
    return entries


def _well_formed(systems: object) -> bool:
    return isinstance(systems, dict) and all(
        isinstance(entry, dict)
        and entry.keys() == FIELDS.keys()
        and all(isinstance(entry[field], kind) for field, kind in FIELDS.items())
        and entry["grade"] in grades.GRADES
        and re.fullmatch(r"\d{4}-\d\d-\d\d", entry["date"]) is not None
        and all(isinstance(one, str) for one in entry["inputs"] + entry["rests_on"] + entry["said"])
        for entry in systems.values()
    )


def locks(cases: Iterable[Case]) -> set[str]:
    """Return the lock files of every program that these cases use, and of the runner itself."""
    cases = list(cases)
    used = {case.client for case in cases}
    used |= {one for case in cases for key in ("programs", "public") for one in case.given.get(key, [])}
    return {f"locks/{name}.txt" for name in ["site", *(CLIENTS[one].lock for one in used)] if name}


def surroundings(
    walled: bool | None = None, where: str = machine.HERE, root: Path = ROOT
) -> dict[str, object]:
    """Return the fields of an entry that describe where a run took place; by default, on this machine."""
    walled = machine.walled() if walled is None else walled
    if where == machine.WINE_NAME:
        return {"system": f"Wine {machine.wine()}", "python": machine.windows_python(root), "wall": walled}
    return {"system": machine.system(), "python": machine.python(), "wall": walled}


class Checkout:
    """The files of a checkout that proofs are made from and compared with, each read once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._sums: dict[str, str] = {}

    @cached_property
    def machinery(self) -> str:
        """One digest of the runner and the feed as they are now, including everything that they import."""
        try:
            return self._digest(closure(self.root, RUNNER))
        except (OSError, SyntaxError) as error:
            raise ProofError(f"{RUNNER}: imports what cannot be read ({error}): restore it") from None

    @cached_property
    def grades(self) -> dict[str, str]:
        """The grade of each recorded answer, keyed by path."""
        parts = sorted(file.parent for file in (self.root / CASSETTES).glob(f"*/{grades.PROVENANCE}"))
        try:
            found = {part.name: grades.of_answers(part) for part in parts}
        except grades.GradeError as error:
            raise ProofError(str(error)) from None
        return {
            f"{CASSETTES}/{part}/{name}": grade for part, one in found.items() for name, grade in one.items()
        }

    @cached_property
    def phrases(self) -> dict[str, str]:
        """The grade of each of the service's phrases, keyed by id."""
        try:
            found = tomllib.loads((self.root / PHRASES).read_text(encoding="utf-8"))
            return {name: entry.get("grade", "inferred") for name, entry in found.items()}
        except (OSError, ValueError, AttributeError):
            raise ProofError(f"{PHRASES}: cannot be read: restore it") from None

    def sum(self, name: str) -> str:
        """Return the SHA-256 (hex) of a file; raise ProofError if it cannot be read."""
        try:
            if name not in self._sums:
                self._sums[name] = hashlib.sha256((self.root / name).read_bytes()).hexdigest()
        except (OSError, ValueError):
            raise ProofError(f"{name}: cannot be read: restore it and run `make test`") from None
        return self._sums[name]

    def version(self, client: str) -> str:
        """Return the version of a client that its lock pins; nothing pins bash, so its installed one."""
        return clients.locked(client, self.root) if CLIENTS[client].lock else machine.bash_version()

    def _digest(self, names: Iterable[str]) -> str:
        """Return the SHA-256 (hex) over some files. Names use slashes, so it is the same everywhere."""
        lines = "".join(f"{name}\n{self.sum(name)}\n" for name in sorted(names))
        return hashlib.sha256(lines.encode()).hexdigest()

    def covered(self, case: Case) -> set[str]:
        """Return the files that determine a case's result, apart from the machinery and the answers."""
        others = [*case.given.get("after", []), *filter(None, [case.given.get("project")])]
        ran = [*(load_case(self.root / "snippets" / name) for name in others), case]
        files = (file for one in ran for file in one.folder.rglob("*") if file.is_file())
        own = (file.relative_to(self.root) for file in files if CACHE not in file.parts)
        return {*(file.as_posix() for file in own), *locks(ran)}

    def digest(self, case: Case, where: str, entry: dict) -> str:
        """Return the SHA-256 (hex) over everything that the result depends on and the entry's own fields."""
        files = self._digest(self.covered(case) | set(entry["inputs"]))
        said = {field: entry[field] for field in FIELDS if field != "digest"}
        text = json.dumps([case.name, where, self.machinery, files, said], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def signed(self, case: Case, where: str, **fields: object) -> dict:
        """Return the entry of a run on a system, with its digest."""
        entry = {"client": case.client, "date": date.today().isoformat(), **fields}
        return entry | {"digest": self.digest(case, where, entry)}

    def fault(self, case: Case, where: str, entry: dict | None) -> str:
        """Return why an entry of the system `where` does not prove the case as it is now; "" if it does."""
        if entry is None:
            return "has no proof"
        try:
            return next(self._faults(case, where, entry), "")
        except (ProofError, CaseError, clients.ClientError, machine.MissingError) as error:
            return str(error)

    def _faults(self, case: Case, where: str, entry: dict) -> Iterator[str]:
        wine = where == machine.WINE_NAME and machine.windows_python(self.root) != ""
        here = where == machine.HERE or wine
        pinned = bool(CLIENTS[case.client].lock)
        if entry["client"] != case.client:
            yield f"its proof is one of {entry['client']}"
        if (pinned or here) and entry["version"] != (version := self.version(case.client)):
            yield f"its proof is one of {case.client} {entry['version']}, not {version}"
        for field, value in surroundings(where=where, root=self.root).items() if here else ():
            if entry[field] != value:
                yield f"its proof says {field} {entry[field]!r}, which is {value!r} here"
        if entry["date"] > (date.today() + timedelta(days=1)).isoformat():
            yield f"its proof is dated {entry['date']}, which is still to come"
        answers, kinds = entry["rests_on"], set(case.asked)
        if kinds - {"public-index"} and not answers:
            yield "its proof names no answer, though hosts are asked"
        if gone := sorted({*answers, *entry["inputs"]} - set(self.grades)):
            yield f"its proof names {gone[0]}, which is not recorded"
        if not set(answers) <= set(entry["inputs"]):
            yield "its proof rests on an answer that its run did not get"
        if unknown := sorted(set(entry["said"]) - set(self.phrases)):
            yield f"its proof names {unknown[0]}, which no phrase is called"
        graded = [*(self.grades[one] for one in answers), *(self.phrases[one] for one in entry["said"])]
        if entry["grade"] != (found := grades.of_run(graded, kinds)):
            yield f"its proof says {entry['grade']!r}, but its answers are {found!r}"
        if entry["digest"] != self.digest(case, where, entry):
            yield f"files changed since its proof of {entry['date']}, or that proof was edited"


def write(root: Path, where: str, entries: dict[str, dict], remove: Iterable[str] = ()) -> str:
    """Merge a system's `entries` into the proof file, and remove its proofs of the cases in `remove`.

    The file is replaced atomically, so a reader sees either the old one or the new one. A broken file is
    replaced; the return value is then a line that says so, otherwise "".
    """
    broken, merged = "", {}
    try:
        merged = load(root)
    except ProofError as error:
        broken = f"{str(error).rpartition(': ')[0]}: written anew, with the proofs of this run alone"
    for name in remove:
        merged.get(name, {}).pop(where, None)
    for name, entry in entries.items():
        merged.setdefault(name, {})[where] = entry
    target = path(root)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f"proof.{os.getpid()}.tmp")
    kept = {name: systems for name, systems in merged.items() if systems}
    temporary.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8", newline="\n")
    temporary.replace(target)
    return broken
