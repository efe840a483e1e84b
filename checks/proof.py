"""Proofs: what the last run of each case showed, kept in `_build/proof.json`, one entry a case.

What another system proved is read from `_build/proof-<system>/proof.json`, as the jobs hand it over.

An entry counts only while its digest covers exactly the files of today: the case's own, the recorded
answers it consumed (`inputs`), its client's lock and the runner.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path

from checks.case import Case

GRADES = {  # best to worst, with the words a reader sees
    "local": "no server asked",
    "live": "recorded live",
    "documented": "documented",
    "captured": "captured in public",
    "sibling": "captured for a sibling protocol",
    "inferred": "inferred",
}
FIELDS = ("client", "version", "system", "date", "grade", "digest")
RUNNER = (
    "case",
    "run",
    "desk",
    "observation",
    "pipelines",
    "wall",
    "keeper",
    "execution",
    "clients",
    "outputs",
    "system",
)


class ProofError(ValueError):
    """A proof file or an input that cannot be read; the message is one line: `path: what is wrong: cure`."""


def path(root: Path) -> Path:
    """Return where the proofs of the checkout `root` are kept."""
    return root / "_build" / "proof.json"


def weakest(grades: Iterable[str]) -> str:
    """Return the worst of the grades, of which there must be at least one."""
    return max(grades, key=list(GRADES).index)


def load(root: Path) -> dict[str, dict]:
    """Return the entry of each case's last run; empty before the first run, ProofError when broken."""
    return _read(root, path(root), "delete it and run `make test`")


def elsewhere(root: Path) -> list[dict[str, dict]]:
    """Return the entries of each other system's last run; ProofError when a file is broken."""
    files = sorted((root / "_build").glob("proof-*/proof.json"))
    return [_read(root, file, "delete it, or bring it again from its job") for file in files]


def system(entry: dict) -> str:
    """Return the system that an entry is from: linux, macos or windows."""
    first = entry["system"].partition(" ")[0].lower()
    return first if first in ("macos", "windows") else "linux"


def _read(root: Path, file: Path, cure: str) -> dict[str, dict]:
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (ValueError, OSError):
        entries = None
    if not isinstance(entries, dict) or not all(_well_formed(entry) for entry in entries.values()):
        raise ProofError(f"{file.relative_to(root).as_posix()}: is not a list of proofs: {cure}")
    return entries


def _well_formed(entry: object) -> bool:
    return (
        isinstance(entry, dict)
        and all(isinstance(entry.get(field), str) for field in FIELDS)
        and entry["grade"] in GRADES
        and re.fullmatch(r"\d{4}-\d\d-\d\d", entry["date"]) is not None
        and isinstance(entry.get("inputs"), list)
        and all(isinstance(one, str) for one in entry["inputs"])
    )


def digest(root: Path, case: Case, inputs: Iterable[str], sums: dict[Path, str] | None = None) -> str:
    """Return the SHA-256 (hex) over the names and bytes of all that the case's result depends on.

    `inputs` are paths relative to root; one that cannot be read raises ProofError. `sums` spares reading:
    file -> its own SHA-256, as it was when the caller began; what is missing is added.
    """
    sums = {} if sums is None else sums
    covered = {file for file in case.folder.rglob("*") if file.is_file()}
    covered |= {root / "checks" / f"{name}.py" for name in RUNNER} & set((root / "checks").glob("*.py"))
    covered |= set((root / "feed").glob("*.py"))
    covered |= {root / "locks" / f"{case.client}.txt"} & set((root / "locks").glob("*.txt"))
    covered |= {root / one for one in inputs}
    total = hashlib.sha256()
    # Paths compare otherwise on Windows; a digest is the same on every system.
    for name, file in sorted((file.relative_to(root).as_posix(), file) for file in covered):
        try:
            if file not in sums:
                sums[file] = hashlib.sha256(file.read_bytes()).hexdigest()
        except OSError:
            raise ProofError(
                f"{name}: cannot be read: restore it and run `make test CASE={case.name}`"
            ) from None
        total.update(f"{name}\n{sums[file]}\n".encode())
    return total.hexdigest()


def current(root: Path, case: Case, entry: dict | None, sums: dict[Path, str] | None = None) -> bool:
    """Return whether `entry` proves the case as its files are now; `sums` as in `digest`."""
    try:
        return entry is not None and entry["digest"] == digest(root, case, entry["inputs"], sums)
    except ProofError:
        return False


def write(root: Path, entries: dict[str, dict], remove: Iterable[str] = ()) -> None:
    """Merge `entries` into the proof file without the names in `remove`; a reader sees the old or the new."""
    merged = {name: entry for name, entry in load(root).items() if name not in set(remove)} | entries
    target = path(root)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f"proof.{os.getpid()}.tmp")
    text = json.dumps(merged, indent=1, sort_keys=True) + "\n"
    temporary.write_text(text, encoding="utf-8", newline="\n")
    temporary.replace(target)
