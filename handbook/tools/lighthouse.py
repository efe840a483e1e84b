"""Run Lighthouse on the built site: ``python3 -m handbook audit``. It is no gate, because machines differ.

Each page is measured three times as on a slow phone; the median of each category is printed. Further
arguments are passed to Lighthouse: ``python3 -m handbook audit --preset=desktop``.

Lighthouse fetches robots.txt from within the page, which the site's content security policy forbids. It
therefore measures a copy of the site whose policy allows that; nothing else differs.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from handbook.tools import browser, static_server
from handbook.tools.environments import ROOT

LIGHTHOUSE = "12.8.2"  # runs on Node 20
TOOL = ROOT / ".envs" / "audit" / "node_modules" / ".bin" / "lighthouse"
INSTALL = f"npm install --no-audit --no-fund --prefix .envs/audit lighthouse@{LIGHTHOUSE}"
PAGES = (  # one of each kind
    "index.html",  # with the box and the form of names
    "guides/join.html",  # a way in
    "guides/clients/pip.html",
    "guides/places/github-actions.html",  # whole files
    "guides/names.html",  # a diagram and a table of runs
    "guides/errors/index.html",  # the list of messages
    "guides/errors/pip.html",  # entries
    "guides/reference/variables.html",  # a reference table
    "guides/versions.html",
    "guides/company.html",
    "search.html#q=token",
    "404.html",
)
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
RUNS = 3
STRICT, OPENED = "default-src 'none'; ", "default-src 'none'; connect-src 'self'; "


def missing() -> str:
    """Return what is not installed and the one command that installs it, or "" if nothing is missing."""
    if not shutil.which("node"):
        return "Node is not installed: install Node 20 or newer (Debian: apt-get install nodejs npm)"
    if not TOOL.exists():
        return f"Lighthouse is not installed: {INSTALL}"
    try:
        browser.find()
    except browser.Missing as error:
        return str(error)
    return ""


def opened(site: Path, folder: Path) -> Path:
    """Return a copy of the site, made in `folder`, whose policy lets a page fetch from its own host."""
    copy = Path(shutil.copytree(site, folder / "site"))
    for file in [copy / "_headers", *copy.rglob("*.html")]:
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(STRICT, OPENED), encoding="utf-8")
    return copy


def measure(address: str, arguments: list[str]) -> dict:
    """Return Lighthouse's report on one page."""
    flags = " ".join(["--headless=new", *browser.FLAGS])
    command = [TOOL, address, "--quiet", "--output=json", f"--chrome-flags={flags}", *arguments]
    env = os.environ | {"CHROME_PATH": browser.find()}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    if done.returncode:
        raise SystemExit(f"handbook: Lighthouse failed on {address}: {done.stderr.strip()[-300:]}")
    return json.loads(done.stdout)


def score(report: dict, category: str) -> int:
    """Return a category's score, 0 to 100."""
    return round(100 * (report["categories"][category]["score"] or 0))


def failed(reports: list[dict]) -> list[str]:
    """Return the audits that cost points in any of the runs."""
    found = set()
    for report in reports:
        weights = {one["id"]: one["weight"] for c in report["categories"].values() for one in c["auditRefs"]}
        for name, audit in report["audits"].items():
            if weights.get(name) and audit["score"] is not None and audit["score"] < 0.9:
                found.add(f"{name} ({audit.get('displayValue') or audit['title']})")
    return sorted(found)


def main(arguments: list[str]) -> int:
    """Measure each page and print a table. Exit status 2: something is not installed or not built."""
    site = ROOT / "_build" / "html"
    problem = missing() or ("" if (site / "_headers").exists() else "no site in _build/html: make html")
    if problem:
        print(f"handbook: {problem}", file=sys.stderr)
        return 2
    print(f"{'':32} " + " ".join(f"{one:>14}" for one in CATEGORIES))
    with tempfile.TemporaryDirectory() as folder:
        site = opened(site, Path(folder))
        table(site, arguments)
    return 0


def table(site: Path, arguments: list[str]) -> None:
    """Serve the site, measure each page and print a row for it."""
    with static_server.served(site, static_server.headers(site), small=True) as address:
        for page in PAGES:
            if not (site / page.partition("#")[0]).exists():
                print(f"{page:32} not on this site")
                continue
            reports = [measure(f"{address}/{page}", arguments) for _ in range(RUNS)]
            medians = [statistics.median(score(one, category) for one in reports) for category in CATEGORIES]
            print(f"{page:32} " + " ".join(f"{one:>14}" for one in medians), flush=True)
            for line in failed(reports):
                print(f"    {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
