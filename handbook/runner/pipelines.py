"""Check that a case with a CI file runs exactly the commands, variables and files of the file's steps."""

from __future__ import annotations

import re

from handbook.cases import pipeline_steps
from handbook.cases.case import Case
from handbook.cases.pipeline_steps import ORGANIZATION, PYPIRC, TOKEN

ADDRESS = re.compile(r"pkgs\.dev\.azure\.com/([^/]+)/")
VERSION = re.compile(r"v\d+\.\d+\.\d+")


def differences(case: Case) -> list[str]:
    """Return how a case differs from its CI file's steps, one line each; [] for a case without a CI file."""
    found = []
    for path in sorted(case.folder.rglob("*")):
        file = path.relative_to(case.folder).as_posix()
        if path.is_file() and pipeline_steps.place_of(file):
            found += _of(case, file) if file in case.files else [f"{file} has no place"]
    return found


def masked(case: Case, printed: str) -> str:
    """Return what GitHub's log shows: it removes each `::add-mask::` line and hides that value after it."""
    if not any(pipeline_steps.place_of(file) == "github" for file in case.files):
        return printed
    shown, hidden = [], []
    for line in printed.splitlines(keepends=True):
        if line.startswith("::add-mask::"):
            hidden.append(line.removeprefix("::add-mask::").strip())
            continue
        for value in filter(None, hidden):
            line = line.replace(value, "***")
        shown.append(line)
    return "".join(shown)


def _of(case: Case, file: str) -> list[str]:
    try:
        job = pipeline_steps.read(file, case.text(file))
    except pipeline_steps.StepsError as error:
        return [f"{file}: {error}"]
    found = [f"{file} is put at {place}" for place in set(case.place[file].values()) - {file}]
    commands = case.commands
    if job.commands != commands:
        found.append(f"{file} runs {job.commands!r}, run.sh {commands!r}")
    variables = case.given.get("variables", {})
    given = {name: re.sub(r"\{[a-z-]+\}", TOKEN, value) for name, value in variables.items()}
    given |= {name: TOKEN for name in case.credential if name.isupper() and "-" not in name}
    path = given.get("PYPIRC_PATH", "")
    written = "".join(case.text(name) for name, place in case.place.items() if place.get("linux") == path)
    for word in case.credential:
        written = written.replace(word, TOKEN)
    organization = ADDRESS.search(f"{given} {written}")
    own = organization[1] if organization else ORGANIZATION
    gives = {name: value.replace(ORGANIZATION, own) for name, value in job.variables.items()}
    if PYPIRC.fullmatch(path):
        given["PYPIRC_PATH"] = PYPIRC.pattern
    for name, value in gives.items():
        if value == pipeline_steps.TAG and VERSION.fullmatch(given.get(name, "")):
            given[name] = pipeline_steps.TAG
    if given != gives:
        found.append(f"{file} gives {gives}, the case {given}")
    if written != job.pypirc.replace(ORGANIZATION, own):
        found.append(f"{file} writes {job.pypirc!r} to PYPIRC_PATH, the case has {written!r}")
    if job.identity != ("identity" in case.given):
        found.append(f"{file} asks the identity service: {job.identity}, given.identity is otherwise")
    return found
