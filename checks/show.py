"""Run one case and show it: `python3 -m checks test CASE` (`--write` makes its output the expected one)."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from checks import proof, run, system
from checks.case import CaseError, load
from checks.clients import ClientError
from checks.observation import Observation, compare
from checks.wall import WallError
from feed.recording import RecordingError

ROOT = Path(__file__).parents[1]


def lines(seen: Observation) -> list[str]:
    """Return one line for each request: status, credential class, kind of host, method and address."""
    head = f"{'status':6}  {'credential':18}  {'host':12}  request"
    rows = [
        f"{one.status:<6}  {one.credential:18}  {one.kind:12}  {one.method} {one.url}"
        for one in seen.exchanges
    ]
    return [head, *rows] if rows else ["no request"]


def main(argv: list[str]) -> int:
    """Show commands, requests, output and differences of one case. Exit status 1: it fails."""
    parser = argparse.ArgumentParser(prog="python3 -m checks test", description=__doc__)
    parser.add_argument("case", help="such as pip/install-env")
    parser.add_argument("--write", action="store_true", help="write what the client prints into output.txt")
    arguments = parser.parse_args(argv)
    try:
        folder = ROOT / "snippets" / arguments.case
        case = load(folder)
        if case.checked is not None:
            print(f"{case.name} is not run here: {case.checked['no']} ({case.checked['source']})")
            return 0
        with run.Laboratory(ROOT) as laboratory, tempfile.TemporaryDirectory() as temporary:
            seen = run.observe(laboratory, [case], Path(temporary) / "run")
    except (CaseError, ClientError, RecordingError, WallError, run.RunError, system.MissingError) as error:
        print(error, file=sys.stderr)
        return 2
    if arguments.write:
        (folder / "output.txt").write_text(seen.output, encoding="utf-8", newline="\n")
        case = load(folder)
    differences = compare(seen, case)
    print(f"$ # {case.client}, in {seen.seconds:.2f} s\n{case.commands}")
    print("\n".join(lines(seen)), f"\n\n{seen.output.rstrip()}\n\nexit status {seen.exit}")
    for difference in differences:
        print(f"FAILED {difference}", file=sys.stderr)
    if differences:
        proof.write(ROOT, {}, [case.name])
    else:
        proof.write(ROOT, {case.name: run.proof_of(ROOT, case, seen)})
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
