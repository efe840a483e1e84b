"""Read the steps of a CI pipeline, a Dockerfile or a dev container, which a case runs without the service.

The service itself does not run here. `read` returns the commands of the steps with their variables and files,
as the service documents them (pipeline_steps.toml), and what replaced every other step. The effects of the
Azure Pipelines tasks are taken from their source (tests/evidence/task-*.toml).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from handbook.cases.clients import CLIENTS, ClientError, locked
from handbook.cases.names import TOKEN_VARIABLE, feed_base

TOKEN = "{token}"  # a placeholder for the token of the job or of the service's secret
ORGANIZATION = "{organization}"  # the pipeline's own organization, which no pipeline file names
USER = "build"  # the user name that both tasks of Azure Pipelines set
# An agent's temporary folder in ~/agent, and in it a folder with six random characters.
PYPIRC = re.compile(r"~/agent/_work/_temp/twineAuthenticate/\w{6}/\.pypirc")
PYPIRC_TEXT = (
    "[distutils]\nindex-servers={feed}\n\n[{feed}]\nrepository={url}\nusername={user}\npassword={token}\n"
)
PUBLISHES = re.compile(r"\btwine upload\b|\b(?:uv|poetry|pdm|hatch|flit) publish\b")
# Ubuntu's own pip refuses to install anything (PEP 668).
NEEDS_PYTHON = re.compile(r"^(?:python -m )?pip ", re.MULTILINE)
BRINGS = re.compile(r"(?:pipx|pip) install (?:--no-cache-dir )?((?:[a-z]+==[\d.]+ ?)+)")
# The folder in which an agent on Linux works, for a reader's own agent in ~/agent; hosted ones use another
# parent.
WORKSPACE = "~/agent/_work/1"
# A self-hosted agent is selected by the name of its pool.
HOSTED = re.compile(r"(ubuntu-\d\d\.\d\d|windows-\d{4})")
BROUGHT = "not run; the handbook's own took its place, in this version"
RUN = "run in bash"
RUN_IN_CMD = "run in Wine's cmd, started as the agent starts it"
OTHER_PYTHON = "not run; the Python of this machine took its place"
# A dev container's commands in the order in which they run; if one fails, the later ones don't run
# (devcontainers/spec at c95ffee, docs/specs/devcontainerjson-reference.md, August 2025).
LIFECYCLE = (
    "onCreateCommand",
    "updateContentCommand",
    "postCreateCommand",
    "postStartCommand",
    "postAttachCommand",
)
PREBUILT = LIFECYCLE[:2]  # a prebuild runs these, without a user's secrets
# Variables that a service sets in every job; here, their value is that of a push of the tag v1.0.0 or v1.1.0.
TAG_NAMES = {"azure": "BUILD_SOURCEBRANCHNAME", "github": "GITHUB_REF_NAME", "gitlab": "CI_COMMIT_TAG"}
TAG = "{tag}"
IDENTITY = re.compile(r"\baz account get-access-token\b|/oauth2/v2\.0/token\b")
LONGEST = 60  # characters of a step's name
ROOT = Path(__file__).resolve().parents[2]
KNOWN = tomllib.loads((Path(__file__).parent / "pipeline_steps.toml").read_text(encoding="utf-8"))
# libyaml's loader reads the cases' pipelines in 4 ms, the other in 56 (November 2026).
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class StepsError(ValueError):
    """A file that does something that no case can show; the message says what is wrong and the cure."""


@dataclass(frozen=True)
class Step:
    """One step: its name, how much of it was run, and those of its commands that were run."""

    title: str
    said: str
    commands: str = ""


@dataclass
class Job:
    """The commands of a file and the environment that they run in.

    variables: each with TOKEN, ORGANIZATION and TAG in place of the values. pypirc: the text of the file that
    PYPIRC_PATH names, or "" if there is none. identity: whether the commands ask the identity service for a
    token. shell: the shell that runs the commands, "bash" or "cmd".
    """

    steps: list[Step] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    pypirc: str = ""
    python: bool = False
    identity: bool = False
    shell: str = "bash"

    @property
    def commands(self) -> str:
        """The commands that were run, in order."""
        return "".join(step.commands for step in self.steps)


def read(file: str, text: str) -> Job:
    """Return the job that a file defines, or raise StepsError; the file must have exactly one job."""
    place = place_of(file)
    job = Job()
    try:
        READERS[place](job, text if place == "docker" else _yaml(text))
    except (AttributeError, TypeError, ValueError, KeyError) as error:
        if isinstance(error, StepsError):
            raise
        raise StepsError(
            f"has another shape than a case can show ({error}): compare a case that is near"
        ) from None
    if name := TAG_NAMES.get(place):
        job.variables |= {name: TAG} if name in job.commands else {}
    job.identity = bool(IDENTITY.search(job.commands))
    return job


def place_of(file: str) -> str:
    """Return the service that runs a file of this name, or "" if the case's own client reads the file."""
    return next((place for place, pattern in PLACES.items() if re.fullmatch(pattern, file)), "")


def _yaml(text: str) -> dict:
    try:
        return yaml.load(text, _Loader)
    except yaml.YAMLError as error:
        raise StepsError(f"is not YAML: {str(error).splitlines()[0]}: correct it") from None


class _Loader(LOADER):
    """YAML as the CI services read it: `on` is a string, not a boolean."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _keys(what: str, table: object, needed: set[str], allowed: set[str] = frozenset()) -> None:
    """Raise StepsError unless a table has all the needed keys, and no others except the allowed ones."""
    found = set(table) if isinstance(table, dict) else set()
    if not needed <= found <= needed | allowed:
        raise StepsError(f"{what} has the keys {sorted(map(str, found))}: use {sorted(needed | allowed)}")


def _known(place: str, name: str, inputs: object) -> str:
    """Check a step's name and inputs against pipeline_steps.toml; return what replaced the step."""
    known = KNOWN[place]
    if name not in known:
        raise StepsError(f"{name} is unknown: use one of {', '.join(known)}")
    patterns = known[name].get("inputs", {})
    needed = {one for one in patterns if not one.endswith("?")}
    allowed = {one.removesuffix("?") for one in patterns}
    _keys(name, inputs or {}, needed, allowed)
    for one, value in (inputs or {}).items():
        pattern = patterns.get(one) or patterns[f"{one}?"]
        text = isinstance(value, str) or pattern in ("True", "False")
        if not text or not re.fullmatch(pattern, str(value)):
            raise StepsError(f"{one} is {value!r}: make it a text like {pattern}, with quotes")
    return known[name]["said"]


def _commands(job: Job, script: str, title: str = "") -> None:
    """Add commands. Those that only install a tool are not run, and must name its pinned version."""
    script = script if script.endswith("\n") else f"{script}\n"
    lines = script.strip().splitlines() or ["no command"]
    shown = title or (lines[0] if len(lines) == 1 else f"{lines[0]} …")
    shown = shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 2]} …"
    if len(lines) == 1 and (found := BRINGS.fullmatch(lines[0])):
        brought = dict(one.split("==") for one in found[1].split())
        client = next((tool for tool in brought if tool in CLIENTS), "")
        for tool, version in brought.items() if client else ():
            try:
                run = locked(client, ROOT, tool)
            except ClientError:
                raise StepsError(f"brings {tool}, which {client} was not run with: take it out") from None
            if run != version:
                raise StepsError(f"brings {tool} {version}: write {run}, which was run")
        job.steps.append(Step(shown, BROUGHT))
    else:
        job.steps.append(Step(shown, RUN if job.shell == "bash" else RUN_IN_CMD, script))


def _publishing(job: Job, what: str, given: object, tagged: object, usual: tuple[object, ...]) -> None:
    """Check that publishing runs only on a tag; without that, every push would, and the second gets a 409."""
    wanted = (tagged,) if PUBLISHES.search(job.commands) else usual
    if given not in wanted:
        raise StepsError(f"{what} is {given}: make it {wanted[0]}")


def _image(what: str, value: object) -> None:
    if not re.fullmatch(r"ubuntu-\d\d\.\d\d", str(value)):
        raise StepsError(f"{what} is no version of Ubuntu: the steps are for bash")


def _azure(job: Job, pipeline: dict) -> None:
    """Read azure-pipelines.yml."""
    _keys("the pipeline", pipeline, {"trigger", "pool", "steps"}, {"container", "variables"})
    _pool(job, pipeline["pool"])
    if container := pipeline.get("container"):
        if not re.fullmatch(r"python:3\.\d+", str(container)):
            raise StepsError(f"container is {container}: make it an image such as python:3.13")
        job.python = True
        job.steps.append(Step(f"container: {container}", OTHER_PYTHON))
    for name, value in pipeline.get("variables", {}).items():
        job.variables[name] = str(value).replace("$(Pipeline.Workspace)", WORKSPACE)
        if "$(" in job.variables[name]:
            raise StepsError(f"{name} is {value}: only $(Pipeline.Workspace) is known here")
    for step in pipeline["steps"] or []:
        if "task" in step:
            _keys("a task", step, {"task"}, {"inputs", "env"})
            said = _known("azure", step["task"], step.get("inputs"))
            _task(job, step["task"], step.get("inputs", {}), said)
            _mapped(job, step.get("env", {}))
        else:
            _keys("a step", step, {"script"}, {"env"})
            _azure_script(job, str(step["script"]), step.get("env", {}))
    branches = {"branches": {"include": ["main"]}}
    _publishing(job, "trigger", pipeline["trigger"], {"tags": {"include": ["v*"]}}, (branches,))


def _pool(job: Job, pool: dict) -> None:
    """Set the shell of the pool's agent: a Microsoft-hosted image, or the pool named Default."""
    if pool == {"name": "Default"}:
        job.python = True  # a self-hosted agent's owner installs Python
        return
    _keys("pool", pool, {"vmImage"})
    if not HOSTED.fullmatch(str(pool["vmImage"])):
        raise StepsError(f"vmImage is {pool['vmImage']}: write Ubuntu or Windows, with its version")
    job.shell = "cmd" if pool["vmImage"].startswith("windows") else "bash"


def _task(job: Job, task: str, inputs: dict, said: str) -> None:
    """Apply a task's effect on the steps after it."""
    if task == "Cache@2" and inputs["path"].removeprefix("$(").removesuffix(")") not in job.variables:
        raise StepsError(f"{task} keeps {inputs['path']}, which is no variable of the pipeline: add it")
    if task == "AzureCLI@3":
        _stops(inputs["inlineScript"])
        job.steps.append(Step(task, said, str(inputs["inlineScript"])))
        return
    job.steps.append(Step(task, said))
    job.python |= task == "UsePythonVersion@0"
    if task == "PipAuthenticate@1" and "artifactFeeds" in inputs:  # else the task succeeds and sets nothing
        urls = [
            f"{_feed(one)}simple".replace("://", f"://{USER}:{TOKEN}@")
            for one in inputs["artifactFeeds"].split(",")
        ]
        alone = inputs.get("onlyAddExtraIndex")
        job.variables |= {} if alone else {"PIP_INDEX_URL": urls.pop(0)}
        job.variables |= {"PIP_EXTRA_INDEX_URL": " ".join(urls)} if urls else {}
    if task == "TwineAuthenticate@1":
        feed = inputs["artifactFeed"].rpartition("/")[2]
        job.variables["PYPIRC_PATH"] = PYPIRC.pattern
        url = f"{_feed(inputs['artifactFeed'])}upload"
        job.pypirc = PYPIRC_TEXT.format(feed=feed, url=url, user=USER, token=TOKEN)


def _feed(name: str) -> str:
    """Return the URL up to `pypi/` that a task builds from `project/feed`, including any spaces.

    It has no trailing slash, because the library that passes the URL to the task drops it (task-address).
    """
    project, feed = name.split("/")[:2] if "/" in name else (None, name)
    base = feed_base(ORGANIZATION, project, feed)
    return base.replace("%7B", "{").replace("%7D", "}")


def _azure_script(job: Job, script: str, env: dict) -> None:
    """Add a script step: its lines, and the variables of its own `env`."""
    if re.search(r"\$\([\w.]+\)", script):
        raise StepsError("a script holds $(…), which Azure Pipelines replaces: map it in env")
    if NEEDS_PYTHON.search(script) and not job.python:
        raise StepsError("pip runs without a Python of its own: put UsePythonVersion@0 before it")
    _mapped(job, env)
    if job.shell == "cmd" and len(script.strip().splitlines()) > 1:
        raise StepsError("cmd goes on when a command fails: write one command for each step")
    _stops(script)
    _commands(job, script)


def _mapped(job: Job, env: dict) -> None:
    """Add the variables of a step's own `env`."""
    for name, value in env.items():
        filled = str(value).replace("$(System.AccessToken)", TOKEN)
        if "$(" in filled:
            raise StepsError(f"{name} is {value}: only $(System.AccessToken) is known here")
        job.variables[name] = filled


def _stops(script: str) -> None:
    """Refuse several commands without `set -e`: the agent's bash goes on after one has failed."""
    if len(script.strip().splitlines()) > 1 and not script.startswith("set -e\n"):
        raise StepsError("a script of several commands goes on when one fails: begin it with set -e")


def _github(job: Job, workflow: dict) -> None:
    """Read a workflow of GitHub Actions."""
    _keys("the workflow", workflow, {"name", "on", "permissions", "jobs"})
    if workflow["permissions"] != {}:
        raise StepsError("permissions of the workflow are not {}: give them to the job")
    (one,) = workflow["jobs"].values()
    _keys("the job", one, {"runs-on", "permissions", "steps"}, {"environment", "name"})
    _image("runs-on", one["runs-on"])
    for step in one["steps"]:
        if "uses" in step:
            _keys("a step", step, {"uses"}, {"with"})
            said = _known("github", step["uses"], step.get("with"))
            job.steps.append(Step(step["uses"].partition("@")[0], said))
        else:
            _keys("a step", step, {"run"}, {"env", "name"})
            for name, value in step.get("env", {}).items():
                filled = str(value).replace(f"${{{{ secrets.{TOKEN_VARIABLE} }}}}", TOKEN)
                if "${{" in filled:
                    raise StepsError(f"{name} is {value}: only secrets.{TOKEN_VARIABLE} is known here")
                job.variables[name] = filled
            if "${{" in step["run"]:
                raise StepsError("a script holds ${{…}}, which GitHub replaces: map it in env")
            _commands(job, step["run"])
    rights = {"contents": "read"}
    rights |= {"id-token": "write"} if any(step.title == "azure/login" for step in job.steps) else {}
    if one["permissions"] != rights:
        raise StepsError(f"permissions of the job are {one['permissions']}: make them {rights}")
    _publishing(job, "on", workflow["on"], {"push": {"tags": ["v*"]}}, ({"push": {"branches": ["main"]}},))


def _gitlab(job: Job, pipeline: dict) -> None:
    """Read .gitlab-ci.yml. Of the variables in the project's settings, only the token is known."""
    ((name, one),) = pipeline.items()
    _keys(name, one, {"image", "script"}, {"id_tokens", "variables", "rules"})
    if "id_tokens" in one:
        _keys("id_tokens", one["id_tokens"], {"AZURE_ID_TOKEN"})
        if one["id_tokens"]["AZURE_ID_TOKEN"] != {"aud": "api://AzureADTokenExchange"}:
            raise StepsError("aud is not what Entra ID expects: make it api://AzureADTokenExchange")
        job.variables["AZURE_ID_TOKEN"] = "id-token-of-the-job"
    for variable, value in one.get("variables", {}).items():
        job.variables[variable] = TOKEN if value == f"${TOKEN_VARIABLE}" else str(value)
    for line in one["script"]:
        _commands(job, line)
    rules = [{"if": "$CI_COMMIT_TAG =~ /^v/"}]
    _publishing(job, "rules", one.get("rules"), rules, (None,))


def _docker(job: Job, text: str) -> None:
    """Read a Dockerfile: ENV and the secrets of RUN set variables, and RUN's commands are run."""
    if not text.startswith("# syntax=docker/dockerfile:1\n"):
        raise StepsError("the first line is not # syntax=docker/dockerfile:1: write it")
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        word, _, rest = line.partition(" ")
        if word == "ENV":
            job.variables |= dict(one.split("=", 1) for one in rest.split())
        elif word == "RUN":
            mounts, command = re.fullmatch(r"((?:--mount=\S+ )*)(.+)", rest).groups()
            for mount in re.findall(r"type=secret,(\S+)", mounts):
                _secret(job, dict(one.partition("=")[::2] for one in mount.split(",")))
            _commands(job, command, title=f"RUN {command}")
        elif word == "COPY" and (found := re.match(r"--from=ghcr\.io/astral-sh/uv:(\S+) ", rest)):
            if found[1] != locked("uv", ROOT):
                raise StepsError(f"brings uv {found[1]}: write {locked('uv', ROOT)}, which was run")
            job.steps.append(Step(line, BROUGHT))
        elif word and not word.startswith("#"):
            job.steps.append(Step(line, "not run"))


def _devcontainer(job: Job, file: dict) -> None:
    """Read devcontainer.json: the commands of its life run in order, with the variables of remoteEnv."""
    _keys("devcontainer.json", file, {"image"}, {"features", "remoteEnv", *LIFECYCLE})
    job.steps.append(Step(f"image: {file['image']}", OTHER_PYTHON))
    for name, options in file.get("features", {}).items():
        job.steps.append(Step(f"feature: {name}", _known("devcontainer", name, options)))
    for name, value in file.get("remoteEnv", {}).items():
        job.variables[name] = str(value).replace(f"${{localEnv:{TOKEN_VARIABLE}}}", TOKEN)
        if "${" in job.variables[name]:
            raise StepsError(f"{name} is {value}: only ${{localEnv:{TOKEN_VARIABLE}}} is known here")
    for word in LIFECYCLE:
        if word in file:
            if not isinstance(file[word], str):
                raise StepsError(f"{word} is no text: only a text goes through a shell")
            _commands(job, file[word], title=f"{word}: {file[word]}")
            if word in PREBUILT and job.steps[-1].commands:
                raise StepsError(f"{word} runs in a prebuild, without a token: use postCreateCommand")


def _secret(job: Job, options: dict[str, str]) -> None:
    """Add a build secret, which is a variable or a file, and check that the build fails without it."""
    if options.get("required") != "true":
        raise StepsError("a secret is not required: without it the build would go on; add required=true")
    if "env" in options:
        job.variables[options["env"]] = TOKEN
    elif options.get("target") != "/root/.netrc":
        raise StepsError("a secret is neither env=… nor target=/root/.netrc: no case can place it")


PLACES = {
    "azure": r"azure-pipelines\.yml",
    "github": r"\.github/workflows/[\w-]+\.yml",
    "gitlab": r"\.gitlab-ci\.yml",
    "docker": r"Dockerfile",
    "devcontainer": r"\.devcontainer/devcontainer\.json",
}
NAMES = {
    "azure": "Azure Pipelines",
    "github": "GitHub Actions",
    "gitlab": "GitLab",
    "docker": "Docker",
    "devcontainer": "a dev container",
}
READERS: dict[str, Callable] = {
    "azure": _azure,
    "github": _github,
    "gitlab": _gitlab,
    "docker": _docker,
    "devcontainer": _devcontainer,
}
