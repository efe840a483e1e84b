"""What an azure-pipelines.yml gives to its script steps, as Microsoft documents its steps and tasks.

Nothing of Azure Pipelines runs here. `read` says which commands a pipeline runs, and with which variables
and files; `differences` holds that against a case, whose commands are run with just those.
What the two tasks do is taken from their source (tests/evidence/task-*.toml).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import yaml

from handbook.cases.case import Case
from handbook.cases.names import feed_base

FILE = "azure-pipelines.yml"
TOKEN = "{token}"  # stands for the job's token
ORGANIZATION = "{organization}"  # the pipeline's own; no file of a pipeline names it
USER = "build"  # what both tasks take
# The temporary folder of an agent in ~/agent, and a folder in it with six random characters.
PYPIRC = re.compile(r"~/agent/_work/_temp/twineAuthenticate/\w{6}/\.pypirc")
PYPIRC_TEXT = (
    "[distutils]\nindex-servers={feed}\n\n[{feed}]\nrepository={url}\nusername={user}\npassword={token}\n"
)
# A push of a tag. Without `trigger` each push to each branch publishes, and the second one is answered 409.
PUBLISH_TRIGGER = {"tags": {"include": ["v*"]}}
ADDRESS = re.compile(r"pkgs\.dev\.azure\.com/([^/]+)/")
PUBLISHES = re.compile(r"\btwine upload\b|\b(?:uv|poetry) publish\b")
NEEDS_PYTHON = re.compile(
    r"^(?:python -m )?pip ", re.MULTILINE
)  # Ubuntu's own pip installs nothing (PEP 668)
INPUTS = {
    "UsePythonVersion@0": ("versionSpec",),
    "PipAuthenticate@1": ("artifactFeeds",),
    "TwineAuthenticate@1": ("artifactFeed",),
}


class PipelineError(ValueError):
    """A pipeline that does not do what a case can show; the message says what is wrong and the cure."""


@dataclass
class Job:
    """What the script steps of a pipeline find, and what they run.

    variables: each with TOKEN and ORGANIZATION in place of the values. pypirc: the text of the file that
    PYPIRC_PATH names, "" where there is none.
    """

    commands: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    pypirc: str = ""
    python: bool = False


def read(text: str) -> Job:
    """Return what a pipeline with one job does, or raise PipelineError."""
    try:
        pipeline = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise PipelineError(f"is not YAML: {str(error).splitlines()[0]}: correct it") from None
    _keys("the pipeline", pipeline, {"pool", "steps"}, {"trigger"})
    _keys("pool", pipeline["pool"], {"vmImage"})
    if not re.fullmatch(r"ubuntu-\d\d\.\d\d", str(pipeline["pool"]["vmImage"])):
        raise PipelineError("vmImage is no version of Ubuntu: the steps are for bash")
    job = Job()
    for step in pipeline["steps"] or []:
        if "task" in step:
            _task(job, step)
        else:
            _script(job, step)
    wanted = PUBLISH_TRIGGER if PUBLISHES.search(job.commands) else None
    if pipeline.get("trigger") != wanted:
        raise PipelineError(f"trigger is {pipeline.get('trigger')}: make it {wanted}")
    return job


def _keys(what: str, table: object, needed: set[str], allowed: set[str] = frozenset()) -> None:
    """Raise PipelineError unless a table has the needed keys and no other than those and the allowed."""
    found = set(table) if isinstance(table, dict) else set()
    if not needed <= found <= needed | allowed:
        raise PipelineError(f"{what} has the keys {sorted(map(str, found))}: use {sorted(needed | allowed)}")


def _task(job: Job, step: dict) -> None:
    """Do what a task does to the steps that follow it."""
    _keys("a task", step, {"task", "inputs"})
    if step["task"] not in INPUTS:
        raise PipelineError(f"task {step['task']} is unknown: use one of {', '.join(INPUTS)}")
    _keys(step["task"], step["inputs"], set(INPUTS[step["task"]]))
    (value,) = step["inputs"].values()
    if step["task"] == "UsePythonVersion@0":
        # Without quotes 3.10 is the number 3.1.
        if not isinstance(value, str) or not re.fullmatch(r"3\.\d+", value):
            raise PipelineError(f'versionSpec is {value!r}: give a version such as "3.11", with quotes')
        job.python = True
        return
    project, slash, feed = str(value).rpartition("/")
    base = feed_base(ORGANIZATION, project if slash else None, feed).replace("%7B", "{").replace("%7D", "}")
    # Without a slash at the end: the library that gives the task the address drops it (task-address).
    if step["task"] == "PipAuthenticate@1":
        job.variables["PIP_INDEX_URL"] = f"{base}simple".replace("://", f"://{USER}:{TOKEN}@")
    else:
        job.variables["PYPIRC_PATH"] = PYPIRC.pattern
        url = f"{base}upload"
        job.pypirc = PYPIRC_TEXT.format(feed=feed, url=url, user=USER, token=TOKEN)


def _script(job: Job, step: dict) -> None:
    """Add a script step: its lines, and the variables that its own `env` gives it."""
    _keys("a step", step, {"script"}, {"env"})
    script = str(step["script"])
    if "$(" in script:
        raise PipelineError("a script holds $(…), which Azure Pipelines replaces: map it in env")
    if NEEDS_PYTHON.search(script) and not job.python:
        raise PipelineError("pip runs without a Python of its own: put UsePythonVersion@0 before it")
    job.commands += script if script.endswith("\n") else f"{script}\n"
    for name, value in step.get("env", {}).items():
        filled = str(value).replace("$(System.AccessToken)", TOKEN)
        if "$(" in filled:
            raise PipelineError(f"{name} is {value}: only $(System.AccessToken) is known here")
        job.variables[name] = filled


def differences(case: Case) -> list[str]:
    """Return how a case differs from what its pipeline does, one line each; [] for a case without one."""
    if FILE not in case.files:
        return [f"{FILE} has no place"] if (case.folder / FILE).exists() else []
    try:
        job = read(case.text(FILE))
    except PipelineError as error:
        return [f"{FILE}: {error}"]
    found = [] if case.place[FILE]["linux"] == FILE else [f"{FILE} is put at {case.place[FILE]['linux']}"]
    if job.commands != case.commands:
        found.append(f"{FILE} runs {job.commands!r}, run.sh {case.commands!r}")
    given = {name: re.sub(r"\{[a-z-]+\}", TOKEN, value) for name, value in case.given["variables"].items()}
    path = given.get("PYPIRC_PATH", "")
    written = "".join(case.text(name) for name, place in case.place.items() if place["linux"] == path)
    for word in case.credential:
        written = written.replace(word, TOKEN)
    organization = ADDRESS.search(f"{given} {written}")
    own = organization[1] if organization else ORGANIZATION
    gives = {name: value.replace(ORGANIZATION, own) for name, value in job.variables.items()}
    if PYPIRC.fullmatch(path):
        given["PYPIRC_PATH"] = PYPIRC.pattern
    if given != gives:
        found.append(f"{FILE} gives {gives}, the case {given}")
    if written != job.pypirc.replace(ORGANIZATION, own):
        found.append(f"{FILE} writes {job.pypirc!r} to PYPIRC_PATH, the case has {written!r}")
    return found
