"""The commands of ``python3 -m handbook``: what each needs and runs; standard library only."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from handbook.cases import machine
from handbook.cases.clients import ENVIRONMENTS
from handbook.tools import environments
from handbook.tools.environments import ROOT, SetupError

# With these set, Python would not keep bytecode, or not find the checks in its working folder.
HINDERING = {"PYTHONDONTWRITEBYTECODE", "PYTHONSAFEPATH"}
BUILD = ["-b", "html", "-n", "-q", "-j", "auto"]  # in as many processes as there are cores
SITE = str(environments.program("site", "python"))


class Command(NamedTuple):
    """One command: the environments that it needs, and the function that runs it and returns its status."""

    needs: Callable[[list[str]], tuple[str, ...]]
    run: Callable[[list[str]], int]


def run(*argv: str, env: dict[str, str] | None = None) -> int:
    """Run a program in the checkout's folder; return its exit status.

    Bytecode is always kept, because otherwise each of the processes would compile all tests anew.
    """
    import subprocess

    environment = {key: value for key, value in (env or os.environ).items() if key not in HINDERING}
    return subprocess.run(argv, cwd=ROOT, env=environment, check=False).returncode


def module(name: str, *first: str) -> Callable[[list[str]], int]:
    """Return a command that runs one Python module in the site's environment, with all arguments."""
    return lambda arguments: run(SITE, "-m", name, *first, *arguments)


def sphinx(source: Path | str, site: Path | str, doctrees: Path | str) -> list[str]:
    """Return the command line that builds a site with warnings as errors."""
    return [SITE, "-m", "sphinx", "-W", "--keep-going", *BUILD, "-d", str(doctrees), str(source), str(site)]


def build(*options: str) -> Callable[[list[str]], int]:
    """Return a command that builds the site into _build/html."""

    def build_site(arguments: list[str]) -> int:
        status = run(*sphinx(".", "_build/html", "_build/doctrees"), *options, *arguments)
        if status == 0:
            print("_build/html/index.html")
        return status

    return build_site


def serve(arguments: list[str]) -> int:
    """Build the site into _build/serve, serve it on 127.0.0.1, and rebuild and reload on each save."""
    port, *rest = arguments or ["0"]
    if not (port.isdecimal() and int(port[:9]) < 1 << 16):
        raise SetupError(f"PORT={port}: is not a port: use a number from 1 to 65535")
    watched = "|".join(("_static", "_templates", "company", "guides", "handbook", "snippets"))
    ignored = (
        rf"^{re.escape(str(ROOT))}/(?!({watched})/|conf\.py$|index\.md$|CHANGELOG\.md$|_build/proof\.json$)"
    )
    options = ["--host", "127.0.0.1", "--port", port, "--re-ignore", ignored, "--re-ignore", r"__pycache__"]
    options += [*BUILD, "-D", "handbook_policy=0", "-d", "_build/serve-doctrees"]
    return run(SITE, "-m", "sphinx_autobuild", *options, *rest, ".", "_build/serve")


def test(arguments: list[str]) -> int:
    """Lint, then run pytest on up to four cores; with a case's name or a group, run only those cases."""
    if "--group" in arguments:
        files = ("tests/cases/test_cases.py", "tests/unit/test_wall.py")
        return run(SITE, "-m", "pytest", *workers(), *files, *arguments)
    if not arguments or arguments[0].startswith("-"):
        return run(SITE, "-m", "handbook.tools.lint") or run(SITE, "-m", "pytest", *workers(), *arguments)
    name, *options = arguments
    return run(SITE, "-m", "pytest", "tests/cases/test_cases.py", "--case", name, *options)


def windows(arguments: list[str]) -> int:
    """Run the cases with the clients' Windows builds under Wine; with a case's name, only that case."""
    if os.environ.get(machine.WINDOWS) == "off":
        print(f"make windows: left out: {machine.WINDOWS}=off")
        return 0
    if status := run(SITE, "-m", "handbook.tools.windows"):
        return status
    pytest = (SITE, "-m", "pytest", "--system", machine.WINE_NAME)
    every, pasted = "tests/cases/test_cases.py::test_case", "tests/windows/test_pasted.py"
    if arguments and not arguments[0].startswith("-"):
        name, *options = arguments
        return run(*pytest, every, "--case", name, *options)
    ran = run(*pytest, every, "tests/windows", f"--ignore={pasted}", *workers(), *arguments)
    if "--group" in arguments:
        return ran
    # This test pastes into the box what the cases have printed.
    ran = ran or run(*pytest, pasted, *(one for one in arguments if one != "--changed"))
    if arguments:
        return ran
    return ran or run(*pytest, "-m", "slow", "tests/windows", *workers())  # a page's table of runs


def workers() -> list[str]:
    """Return the options that spread the tests over processes; each takes the next test when free."""
    return ["-n", str(min(os.cpu_count() or 1, 4)), "--maxschedchunk", "1"]


def browser(arguments: list[str]) -> int:
    """Check all pages in all states, every element, in a real browser."""
    env = {"HANDBOOK_BROWSER": "required", **os.environ}
    argv = ["pytest", *workers(), "-m", "slow", "tests/pages/test_browser.py", *arguments]
    return run(SITE, "-m", *argv, env=env)


def slow(arguments: list[str]) -> int:
    """Check what takes minutes: each cell of the pages' tables of runs, the live recorder on two servers."""
    without = "--ignore=tests/cases/test_other_names.py"  # that is `names`
    return run(
        SITE, "-m", "pytest", *workers(), "-m", "slow", without, "tests/cases", "tests/unit", *arguments
    )


def audit(arguments: list[str]) -> int:
    """Build the site, then run Lighthouse on it."""
    return build()([]) or run(SITE, "-m", "handbook.tools.lighthouse", *arguments)


def names(arguments: list[str]) -> int:
    """Run every case with another organization, project and feed filled in."""
    return run(SITE, "-m", "pytest", *workers(), "-m", "slow", "tests/cases/test_other_names.py", *arguments)


def lock(arguments: list[str]) -> int:
    """Rewrite locks/ from pyproject.toml; `--upgrade` selects newer versions of what is not pinned there."""
    uv = str(environments.program("uv", "uv"))
    settings = environments.uv_variables()
    settings.pop("UV_INDEX", None)  # never use an author's additional index for a lock that all share
    for name in (*ENVIRONMENTS, environments.INDEX_SERVERS):
        argv = [uv, "pip", "compile", "--quiet", "--group", name, "--universal", "--python-version", "3.11"]
        argv += ["--generate-hashes", "--no-emit-index-url", "--no-annotate"]
        argv += ["--custom-compile-command", "python3 -m handbook lock", "--output-file", f"locks/{name}.txt"]
        if status := run(*argv, *arguments, env=settings):
            return status
    return 0


def clean(arguments: list[str]) -> int:
    """Remove _build; keep the environments."""
    import shutil

    shutil.rmtree(ROOT / "_build", ignore_errors=True)
    return 0


def show_help(arguments: list[str]) -> int:
    """Print the targets of the Makefile with their comments."""
    print("usage: make TARGET, or without make: python3 -m handbook TARGET\n")
    for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines():
        if found := re.match(r"([a-z]+):.*?## (.+)", line):
            print(f"  {found[1]:9} {found[2]}")
    return 0


def needs(*names: str) -> Callable[[list[str]], tuple[str, ...]]:
    """Return a function that needs the same environments whatever the arguments are."""
    return lambda arguments: names


def record(arguments: list[str]) -> int:
    """Record the feed into _build, and replace tests/cassettes only if every fact holds.

    Given the URL of a simple index, ask that live feed instead of the model.
    """
    import shutil

    if arguments and not arguments[0].startswith("-"):
        return run(SITE, "-m", "handbook.tools.record_live", *arguments)

    fresh, kept = ROOT / "_build" / "cassettes", ROOT / "tests" / "cassettes"
    shutil.rmtree(fresh, ignore_errors=True)
    options = ["--record-mode=rewrite", f"--cassettes={fresh}", "-p", "no:xdist"]
    status = run(SITE, "-m", "pytest", "tests/facts", *options, *arguments)
    if status == 0:
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(fresh, kept)
    return status


COMMANDS = {
    "help": Command(needs(), show_help),
    "setup": Command(needs(*ENVIRONMENTS), lambda arguments: 0),
    "test": Command(needs(*ENVIRONMENTS), test),
    "windows": Command(needs(*ENVIRONMENTS), windows),
    "names": Command(needs(*ENVIRONMENTS), names),
    "browser": Command(needs("site"), browser),
    "slow": Command(needs(*ENVIRONMENTS), slow),
    "audit": Command(needs("site"), audit),
    "lint": Command(needs("site"), module("handbook.tools.lint")),
    "html": Command(needs("site"), build()),
    "publish": Command(needs("site"), build("-D", "handbook_publish=1")),
    "serve": Command(needs("site"), serve),
    "record": Command(needs("site", "uv", "flit"), record),
    "mutate": Command(needs(*ENVIRONMENTS), module("handbook.tools.mutate")),
    "keys": Command(needs("site"), module("handbook.tools.write_keys")),
    "relay": Command(needs("site"), module("handbook.tools.relay_by_hand")),
    "versions": Command(needs(*ENVIRONMENTS), module("handbook.tools.versions")),
    "bench": Command(needs(*ENVIRONMENTS), module("handbook.tools.benchmark")),
    "lock": Command(needs("uv"), lock),
    "clean": Command(needs(), clean),
}


def main(argv: list[str]) -> int:
    """Set up what the command needs, then run it. Exit status 2: set-up failed, or unknown command."""
    name, arguments = (argv[0], argv[1:]) if argv else ("help", [])
    if name in ("-h", "--help"):
        name = "help"
    if name not in COMMANDS:
        print(f"handbook: no command {name!r}: one of {', '.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        environments.ensure(COMMANDS[name].needs(arguments))
        return COMMANDS[name].run(arguments)
    except SetupError as error:
        print(f"handbook: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
