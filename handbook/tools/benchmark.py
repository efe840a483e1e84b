"""Benchmark what the handbook promises: `python3 -m handbook bench [CASE …]` prints a table and writes JSON.

Nothing here is a test, because times depend on the machine. The table shows each limit beside the figure.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import requests

from handbook.cases.case import Case, all_cases
from handbook.cases.machine import HERE
from handbook.feed.http import Response
from handbook.feed.relay import Relay
from handbook.runner import run
from handbook.tools import commands

ROOT = Path(__file__).parents[2]
ROUNDS = 3
REQUESTS = 100


def timed(action: Callable[[], object]) -> float:
    """Return how long an action takes, in seconds."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def case_and_bare(walled: run.Harness, bare: run.Harness, case: Case) -> tuple[float, float]:
    """Return the median times, in seconds, of a whole check and of its client alone, run alternately.

    Alone: the same commands, files and responses, without the wall, preparation and comparison.
    """
    whole, alone = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            whole.append(run.observe(walled, [case], Path(folder) / "run").seconds)
        with tempfile.TemporaryDirectory() as folder:
            alone.append(run.observe(bare, [case], Path(folder) / "run").bare_seconds)
    return statistics.median(whole), statistics.median(alone)


def relay_milliseconds() -> dict[str, float]:
    """Return the median time of a request through the relay: on a new connection, on an open one."""
    with (
        Relay(lambda _: Response(200, "OK", (), b"x" * 1000)) as relay,
        tempfile.TemporaryDirectory() as folder,
    ):
        certificate = Path(folder) / "authority.pem"
        certificate.write_bytes(relay.certificate)
        session = requests.Session()
        session.trust_env, session.verify = False, str(certificate)
        session.proxies = {"https": relay.url}
        url = "https://pkgs.dev.azure.com/contoso/"
        session.get(url)
        kept = [timed(lambda: session.get(url)) for _ in range(REQUESTS)]
        fresh = [timed(lambda: session.get(url, headers={"Connection": "close"})) for _ in range(REQUESTS)]
    return {
        "open connection": statistics.median(kept) * 1000,
        "new connection": statistics.median(fresh) * 1000,
    }


def build_seconds() -> tuple[float, float, Path]:
    """Return the times of a cold build and of a build after one page changed, and the folder of both."""
    folder = Path(tempfile.mkdtemp(prefix="bench"))
    source, site = folder / "source", folder / "html"
    keep = shutil.ignore_patterns(".envs", "_build", ".git", "__pycache__")
    shutil.copytree(ROOT, source, ignore=keep)
    if (ROOT / "_build" / "proof.json").exists():
        (source / "_build").mkdir()
        shutil.copy(ROOT / "_build" / "proof.json", source / "_build")
    command = commands.sphinx(source, site, folder / "doctrees")
    # As in a checkout that was built before: with bytecode.
    variables = {key: value for key, value in os.environ.items() if key not in commands.HINDERING}
    code = [str(source / "handbook")]
    subprocess.run([sys.executable, "-m", "compileall", "-q", *code], check=True, env=variables)
    cold = timed(lambda: subprocess.run(command, check=True))
    page = source / "guides" / "names.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nOne more line.\n", encoding="utf-8")
    return cold, timed(lambda: subprocess.run(command, check=True)), folder


def heaviest_view(site: Path) -> tuple[str, float]:
    """Return the page with the heaviest first view, and its gzipped weight in KiB with all that it loads."""

    def weight(path: Path) -> int:
        return len(gzip.compress(path.read_bytes(), 9))

    views = {}
    for page in site.rglob("*.html"):
        if page.name == "search.html":
            continue  # its index loads when a reader searches, not with the first view
        html = page.read_text(encoding="utf-8")
        addresses = re.findall(r'<(?:script|link|img)[^>]*?(?:src|href)="([^"#?]+)', html)
        loaded = {(page.parent / address).resolve() for address in addresses if "://" not in address}
        files = {path for path in loaded if path.suffix in (".css", ".js", ".svg", ".png", ".woff2")}
        views[page.relative_to(site).as_posix()] = weight(page) + sum(
            map(weight, filter(Path.is_file, files))
        )
    heaviest = max(views, key=views.get)
    return heaviest, views[heaviest] / 1024


def main(names: list[str]) -> int:
    """Measure everything, or only the named cases; print a table, write _build/bench.json.

    The exit status is 0, whatever the figures are.
    """
    rows: list[tuple[str, str, str]] = []
    cases = [one for one in all_cases(ROOT) if one.runs_on(HERE) and (not names or one.name in names)]
    ratios = {}
    with run.Harness(ROOT) as walled, run.Harness(ROOT, walled=False) as bare:
        for case in cases:
            whole, alone = case_and_bare(walled, bare, case)
            ratios[case.name] = whole / alone
            rows.append(
                (f"case {case.name}", f"{whole:.2f} s, {ratios[case.name]:.2f} × its client", "≤ 1.3 ×")
            )
    for what, value in relay_milliseconds().items():
        rows.append((f"relay, {what}", f"{value:.1f} ms", "≤ 5 ms"))
    cold, warm, folder = build_seconds()
    heaviest, size = heaviest_view(folder / "html")
    shutil.rmtree(folder)
    rows.append(("site, cold", f"{cold:.2f} s", "≤ 5 s"))
    rows.append(("site, one page changed", f"{warm:.2f} s", "≤ 2 s"))
    rows.append((f"first view of {heaviest}", f"{size:.1f} KiB", "≤ 50 KiB"))
    tests = timed(
        lambda: subprocess.run([sys.executable, "-m", "pytest", *commands.workers()], cwd=ROOT, check=False)
    )
    rows.append(("all tests, warm", f"{tests:.1f} s", "≤ 120 s"))
    width = max(len(row[0]) for row in rows)
    for name, value, limit in rows:
        print(f"{name:{width}}  {value:26}  {limit}")
    (ROOT / "_build").mkdir(exist_ok=True)
    text = json.dumps({name: value for name, value, _ in rows}, indent=1, ensure_ascii=False)
    (ROOT / "_build" / "bench.json").write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
