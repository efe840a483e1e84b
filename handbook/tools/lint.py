"""Lint: run the tools that read files and run no case, ``python3 -m handbook lint``; prints only findings."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from handbook.cases import case, entry
from handbook.tools import plain_english, version_numbers
from handbook.tools.environments import ROOT, program

WORKFLOW = ".github/workflows/check.yml"
# The pipeline schema rejects this file, as its page says; a test checks that it does.
REFUSED = ("snippets/pip/leak-pipeline-misspelt/azure-pipelines.yml",)
# For these no schema can be had without a network; a test reads them as YAML.
WITHOUT_SCHEMA = (
    "snippets/az/configure-machine-learning/conda.yml",
    "snippets/az/configure-machine-learning/connection.yml",
    "snippets/bash/configure-fabric/environment.yml",
)


def tools() -> list[list[str]]:
    """Return the command lines; each begins with a program of the site's environment and needs no network."""
    scripts = [".ci/run", "handbook/runner/wrapper.sh"]
    scripts += [str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("snippets/**/run.sh"))]
    # The schema ends at version 2 of the Azure CLI task; pipeline_steps.toml checks the inputs of version 3.
    pipelines = [
        file
        for file in printed("azure-pipelines.yml")
        if "AzureCLI@3" not in Path(file).read_text() and file not in REFUSED
    ]
    workflows = [WORKFLOW, *printed(".github/workflows/*.yml")]
    # The pipeline schema contains patterns that only Python's regular expressions accept.
    schema = ["check-jsonschema", "--regex-variant", "python", "--builtin-schema"]
    return [
        ["ruff", "check", "--quiet", "."],
        ["ruff", "format", "--quiet", "--diff", "."],
        ["codespell"],
        # SC2164 asks for `cd … || exit`; the cases run with bash -e, which exits by itself. SC2155 asks for
        # two lines when one exports a command's output; the next command fails without it. SC2016 warns of a
        # variable in single quotes; in the cases, a child shell expands it.
        ["shellcheck", "--shell", "bash", "--exclude", "SC2164,SC2016,SC2155", *scripts],
        ["validate-pyproject", "pyproject.toml"],
        [*schema, "vendor.azure-pipelines", "azure-pipelines.yml", *pipelines],
        [*schema, "vendor.github-workflows", *workflows],
        [*schema, "vendor.gitlab-ci", *printed(".gitlab-ci.yml")],
        [*schema, "vendor.dependabot", *printed(".github/dependabot.yml")],
        [*schema, "vendor.renovate", *printed("renovate.json")],
        [*schema, "vendor.compose-spec", *printed("compose.yaml")],
        ["zizmor", "--offline", "--quiet", "--persona", "pedantic", WORKFLOW],
        ["zizmor", "--offline", "--quiet", *workflows, *printed(".github/dependabot.yml")],
        ["hadolint", *printed("Dockerfile")],
    ]


def printed(name: str) -> list[str]:
    """Return every file of the cases that has this name, which may be a glob pattern."""
    return [str(path.relative_to(ROOT)) for path in sorted(ROOT.glob(f"snippets/*/*/{name}"))]


def check(argv: list[str]) -> str:
    """Run one tool; return what it found, or "" if nothing."""
    found = subprocess.run(
        [program("site", argv[0]), *argv[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return f"{argv[0]}:\n{found.stdout}{found.stderr}".rstrip() if found.returncode else ""


def main() -> int:
    """Run all tools in parallel and print their findings. Exit status 1: there are some.

    A broken case or entry is reported alone, because every tool that reads it would only repeat the error.
    """
    try:
        case.all_cases(ROOT)
        entry.all_entries(ROOT)
    except (case.CaseError, entry.EntryError) as error:
        print(error, file=sys.stderr)
        return 1
    with ThreadPoolExecutor() as pool:
        found = [text for text in pool.map(check, tools()) if text]
    read = (version_numbers.unsourced(ROOT), plain_english.lines(ROOT, plain_english.strict()))
    found += ["\n".join(lines) for lines in read if lines]
    print("\n\n".join(found), end="\n" if found else "", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
