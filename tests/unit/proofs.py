"""A small checkout in which cases can be proved without being run, and the proofs of such cases."""

from __future__ import annotations

import json
from pathlib import Path

from handbook.cases import grades, proof
from handbook.cases.case import Case, load
from handbook.cases.clients import ENVIRONMENTS
from handbook.runner.system import HERE

VERSION = "26.3"  # of every client in the small checkout
RECORDED = f"{proof.CASSETTES}/tiny"
FILES = {
    "handbook/runner/plugin.py": "def run():\n    from handbook.runner import run\n",
    "handbook/cases/clients.toml": "[a]\n",
    "handbook/cases/clients.py": "",
    "handbook/runner/run.py": "import handbook.cases.clients\nimport handbook.feed.relay\n",
    "handbook/tools/benchmark.py": "",
    "handbook/feed/relay.py": "",
    proof.PHRASES: '[new]\ntext = "It is so."\n[old]\ntext = "It was so."\ngrade = "captured"\n',
    **{
        f"locks/{name}.txt": f"# a lock\n{name}=={VERSION} \\\n    --hash=sha256:0\n" for name in ENVIRONMENTS
    },
    **{f"{RECORDED}/{grade}.yaml": "" for grade in grades.GRADES},
    f"{RECORDED}/{grades.PROVENANCE}": json.dumps(
        {f"{grade}.yaml": {"grade": grade} for grade in grades.GRADES}
    ),
}


def prepare(root: Path) -> None:
    """Write the small checkout: a runner and a feed, locks, and one recorded response of each grade."""
    for name, text in FILES.items():
        file = root / name
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)


def entry(root: Path, case: Case, where: str = HERE.name, **changes: object) -> dict:
    """Return the entry of a run that rests on one response; its digest fits unless `changes` sets another."""
    grade = changes.get("grade", "captured")
    answers = [f"{RECORDED}/{grade}.yaml"]
    fields = {
        "client": case.client,
        "version": VERSION,
        **proof.surroundings(where=where, root=root),
        "date": "2026-11-22",
        "grade": grade,
        "inputs": answers,
        "rests_on": answers,
        "said": [],
        "requests": {"feed GET 200": 1},
        **{field: value for field, value in changes.items() if field != "digest"},
    }
    return {**proof.Checkout(root).signed(case, where, **fields), **changes}


def prove(root: Path, *names: str, where: str = HERE.name, **changes: object) -> None:
    """Write a proof of each case as it is now."""
    prepare(root)
    cases = [load(root / "snippets" / name) for name in names]
    proof.write(root, where, {case.name: entry(root, case, where, **changes) for case in cases})
