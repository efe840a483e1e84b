"""The steps of pipelines, workflows and Dockerfiles equal what the cases run, with the same variables."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from handbook.cases import names, pipeline_steps
from handbook.cases.case import Case, load
from handbook.cases.pipeline_steps import Job, StepsError
from handbook.runner import shells
from handbook.runner.pipelines import differences, masked
from handbook.tools import lint
from tests import every
from tests.cases.test_other_names import OTHER, filled_in
from tests.conftest import ROOT
from tests.facts.fact import evidence

FILE = "azure-pipelines.yml"
WORKFLOW = ".github/workflows/python.yml"
PLACED = {case.name: next(filter(pipeline_steps.place_of, case.files), "") for case in every.CASES}
CASES = [case for case in every.CASES if PLACED[case.name] and not case.checked]
UNRUN = [case for case in every.CASES if PLACED[case.name] and case.checked]
PIP = (ROOT / "snippets" / "pip" / "install-pipeline" / FILE).read_text(encoding="utf-8")
TWINE = (ROOT / "snippets" / "twine" / "publish-pipeline" / FILE).read_text(encoding="utf-8")
UV = (ROOT / "snippets" / "uv" / "install-pipeline" / FILE).read_text(encoding="utf-8")
CONNECTION = (ROOT / "snippets" / "uv" / "install-pipeline-connection" / FILE).read_text(encoding="utf-8")
CACHE = (ROOT / "snippets" / "uv" / "install-pipeline-cache" / FILE).read_text(encoding="utf-8")
PDM = (ROOT / "snippets" / "pdm" / "install-pipeline" / FILE).read_text(encoding="utf-8")
GITHUB = (ROOT / "snippets" / "uv" / "install-github" / WORKFLOW).read_text(encoding="utf-8")
GITLAB = (ROOT / "snippets" / "uv" / "install-gitlab" / ".gitlab-ci.yml").read_text(encoding="utf-8")
CONTAINER = ".devcontainer/devcontainer.json"
DEV = (ROOT / "snippets" / "uv" / "install-devcontainer" / CONTAINER).read_text(encoding="utf-8")
DOCKER = (ROOT / "snippets" / "uv" / "install-docker" / "Dockerfile").read_text(encoding="utf-8")


def read(text: str) -> Job:
    """Return the job that an azure-pipelines.yml defines."""
    return pipeline_steps.read(FILE, text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case_runs_the_steps(case: Case) -> None:
    """A pipeline runs the lines of run.sh, with the variables and files of the case."""
    assert differences(case) == []


@pytest.mark.parametrize("case", UNRUN, ids=lambda case: case.name)
def test_a_file_that_is_not_run_has_known_steps(case: Case) -> None:
    """A file that no case runs also has only known steps and inputs."""
    assert pipeline_steps.read(PLACED[case.name], case.text(PLACED[case.name])).steps


@pytest.mark.parametrize("case", every.CASES, ids=lambda case: case.name)
def test_a_case_names_its_place(case: Case) -> None:
    """The name of a case that runs names a CI service exactly if the case has that service's file."""
    words = {
        "azure": "pipeline",
        "github": "github",
        "gitlab": "gitlab",
        "docker": "docker",
        "devcontainer": "devcontainer",
    }
    named = {place for place, word in words.items() if word in case.folder.name.split("-")}
    assert named == ({pipeline_steps.place_of(PLACED[case.name])} - {""}) or case.checked


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_pipeline_with_other_names(case: Case, tmp_path: Path) -> None:
    """With fabrikam, Data Team and wheels filled in, the pipeline still agrees with the case."""
    filled = filled_in(case, tmp_path)
    assert differences(filled) == []
    text = filled.text(PLACED[case.name])
    assert names.EXAMPLES["FEED"] not in text
    assert OTHER["FEED"] in text or "pkgs.dev.azure.com" not in case.text(PLACED[case.name])


@pytest.mark.parametrize(
    ("project", "feed", "expected"),
    [
        ("Data Team", "wheels", '"Data Team/wheels" [wheels] -r wheels'),
        (None, "wheels", '"wheels" [wheels] -r wheels'),
        ("p", "python-internal-two", '"p/python-internal-two" [python-internal-two] -r python-internal-two'),
    ],
)
def test_names_are_filled_in_without_an_address(project: str | None, feed: str, expected: str) -> None:
    """A reader's feed replaces the example in a pipeline, and as a section of .pypirc, once."""
    text = '"platform/python-internal" [python-internal] -r python-internal'
    assert names.filled_in(text, "fabrikam", project, feed) == expected


def changed(text: str) -> Iterator[str]:
    """Yield the text with each line removed in turn, and with each word misspelt in turn."""
    lines = text.splitlines(keepends=True)
    for at in range(len(lines)):
        yield "".join(lines[:at] + lines[at + 1 :])
    for word in re.finditer(r"[A-Za-z]+", text):
        last = word.end() - 1
        yield text[:last] + chr(ord(text[last]) ^ 1) + text[last + 1 :]


def with_text(case: Case, file: str, text: str, folder: Path) -> Case:
    """Return the case with another text in one of its files."""
    for name in case.files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text if name == file else case.text(name), encoding="utf-8", newline="\n")
    return dataclasses.replace(case, folder=folder)


def does(file: str, text: str) -> object:
    """Return the commands of a file and their environment, or the error if the file is refused."""
    try:
        job = pipeline_steps.read(file, text)
    except StepsError as error:
        return str(error)
    return job.commands, job.variables, job.pypirc, job.identity


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_mistake_is_noticed(case: Case, tmp_path: Path) -> None:
    """A lost line or wrong letter that changes the commands or their environment is noticed."""
    file = PLACED[case.name]
    text = case.text(file)
    for other in changed(text):
        if does(file, other) != does(file, text):
            assert differences(with_text(case, file, other, tmp_path)) != [], other


def test_each_mistake_beside_a_pipeline_is_noticed(tmp_path: Path) -> None:
    """A mistake in the commands, or in the file that TwineAuthenticate writes, is noticed as well."""
    case = next(case for case in CASES if case.name == "twine/publish-pipeline")
    for other in changed(case.commands):
        assert differences(dataclasses.replace(case, commands=other)) != [], other
    for other in changed(case.text(".pypirc")):
        # No pipeline names its organization, so only the run notices that one letter.
        if f"/{names.EXAMPLES['ORGANIZATION']}/" in other or "pkgs.dev.azure.com/" not in other:
            assert differences(with_text(case, ".pypirc", other, tmp_path)) != [], other


def test_place_is_noticed() -> None:
    """A pipeline in another place, or a .pypirc that PYPIRC_PATH does not name, is a difference."""
    case = next(case for case in CASES if case.name == "twine/publish-pipeline")
    for file in case.files:
        place = case.place | {file: dict.fromkeys(case.place[file], "elsewhere")}
        assert differences(dataclasses.replace(case, place=place)) != [], file
    place = {file: where for file, where in case.place.items() if file != FILE}
    assert differences(dataclasses.replace(case, place=place)) == [f"{FILE} has no place"]


def meaning(text: str) -> object:
    """Return the meaning of a YAML text; an invalid text means only itself."""
    try:
        return yaml.load(text, pipeline_steps.LOADER)
    except yaml.YAMLError:
        return text


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        (FILE, "a: [", "is not YAML"),
        (FILE, "steps: []", "the pipeline has the keys"),
        (FILE, PIP + "stages: []\n", "the pipeline has the keys"),
        (FILE, PIP + "variables: {A: $(Build.Id)}\n", "only $(Pipeline.Workspace) is known"),
        (FILE, PIP.replace("ubuntu-24.04", "windows-latest"), "write Ubuntu or Windows, with its version"),
        (FILE, PIP + "container: python:latest\n", "make it an image such as"),
        (
            FILE,
            UV.replace("ubuntu-24.04", "windows-2025").replace("uv sync", "|\n      a\n      b"),
            "goes on",
        ),
        (FILE, CACHE.replace("path: $(UV_CACHE_DIR)", "path: $(OTHER_DIR)"), "no variable of the pipeline"),
        (FILE, PDM.replace("hishel==", "hishel==9."), "brings hishel"),
        (FILE, PIP.replace('"3.11"', "3.11"), "with quotes"),
        (FILE, PIP.replace("PipAuthenticate@1", "PipAuthenticate@0"), "PipAuthenticate@0 is unknown"),
        (FILE, PIP.replace("artifactFeeds", "feeds"), "PipAuthenticate@1 has the keys"),
        (FILE, re.sub(r"  - task: UsePython.+\n.+\n.+\n", "", PIP), "put UsePythonVersion@0 before it"),
        (FILE, PIP.replace("requirements.txt", "$(file)"), "map it in env"),
        (FILE, TWINE[TWINE.index("pool") :], "the pipeline has the keys"),
        (FILE, TWINE.replace('"v*"', '"*"'), "trigger is"),
        (FILE, PIP.replace("main", "dev"), "trigger is"),
        (FILE, UV.replace("System.AccessToken", "AccessToken"), "only $(System.AccessToken) is known"),
        (FILE, UV.replace("    env", "    environment"), "a step has the keys"),
        (FILE, UV.replace("uv==", "uv==9."), "which was run"),
        (FILE, UV.replace("uv sync", "|\n      uv lock\n      uv sync"), "begin it with set -e"),
        (FILE, CONNECTION.replace("        set -e\n", ""), "begin it with set -e"),
        (FILE, CONNECTION.replace("azureDevOps\n", "azureRM\n"), "make it a text like azureDevOps"),
        (WORKFLOW, GITHUB.replace("permissions: {}", "permissions: write-all"), "give them to the job"),
        (WORKFLOW, GITHUB.replace("      id-token: write\n", ""), "permissions of the job are"),
        (WORKFLOW, GITHUB.replace("contents: read", "contents: write"), "permissions of the job are"),
        (WORKFLOW, GITHUB.replace("[main]", "[dev]"), "on is"),
        (WORKFLOW, GITHUB.replace("persist-credentials: false", "persist-credentials: true"), "make it"),
        (WORKFLOW, GITHUB.replace("actions/checkout@", "actions/checkout@a"), "is unknown"),
        (WORKFLOW, GITHUB.replace("uv sync", "uv sync ${{ env.A }}"), "map it in env"),
        (WORKFLOW, GITHUB.replace("USERNAME: az", "USERNAME: ${{ env.A }}"), "only secrets."),
        (WORKFLOW, GITHUB.replace("ubuntu-24.04", "ubuntu-latest"), "no version of Ubuntu"),
        (".gitlab-ci.yml", GITLAB.replace("api://", "https://"), "what Entra ID expects"),
        (".gitlab-ci.yml", GITLAB.replace("uv sync", "uv publish"), "rules is None"),
        (".gitlab-ci.yml", GITLAB.replace("AZURE_ID_TOKEN:", "ID_TOKEN:"), "id_tokens has the keys"),
        ("Dockerfile", DOCKER.removeprefix("# syntax=docker/dockerfile:1\n"), "the first line is not"),
        ("Dockerfile", DOCKER.replace(",required=true", ""), "add required=true"),
        ("Dockerfile", re.sub(r"env=\w+", "target=/feed", DOCKER), "no case can place it"),
        ("Dockerfile", DOCKER.replace("uv:0", "uv:1.0"), "which was run"),
        (CONTAINER, DEV.replace("postCreate", "onCreate"), "use postCreateCommand"),
        (
            CONTAINER,
            DEV.replace("${localEnv", "${containerEnv"),
            "only ${localEnv:AZURE_ARTIFACTS_TOKEN} is known",
        ),
        (CONTAINER, DEV.replace('"uv sync"', '["uv", "sync"]'), "only a text goes through a shell"),
        (CONTAINER, DEV.replace("uv==", "uv==9."), "which was run"),
        (CONTAINER, DEV.replace("postCreate", "initialize"), "devcontainer.json has the keys"),
    ],
)
def test_mistake_names_its_cure(file: str, text: str, message: str) -> None:
    """A file that no case can show is refused with what is wrong."""
    with pytest.raises(StepsError, match=re.escape(message)):
        pipeline_steps.read(file, text)


def test_steps_count_in_their_order() -> None:
    """A task's or step's variable reaches the commands, and a script of several lines is several commands."""
    job = read(UV.replace("uv sync", "|\n      set -e\n      uv lock\n      uv sync"))
    assert job.commands == "set -e\nuv lock\nuv sync\n"
    assert [step.said for step in job.steps] == [pipeline_steps.BROUGHT, pipeline_steps.RUN]
    assert job.variables["UV_INDEX_INTERNAL_PASSWORD"] == pipeline_steps.TOKEN


def test_commands_of_a_dev_container_run_in_the_order_of_its_life() -> None:
    """The commands run in the order of the specification, whatever their order in the file."""
    last = '"postStartCommand": "uv tree",\n  "postCreateCommand": "uv sync"'
    job = pipeline_steps.read(CONTAINER, DEV.replace('"postCreateCommand": "uv sync"', last))
    assert job.commands == "uv sync\nuv tree\n"
    assert [step.said for step in job.steps[1:]] == [
        pipeline_steps.BROUGHT,
        pipeline_steps.RUN,
        pipeline_steps.RUN,
    ]
    assert job.variables["UV_INDEX_INTERNAL_PASSWORD"] == pipeline_steps.TOKEN


def test_what_a_pipeline_sets_reaches_its_commands() -> None:
    """Pipeline-wide variables, a container and a self-hosted agent are treated as their vendor documents."""
    assert read(CACHE).variables["UV_CACHE_DIR"] == f"{pipeline_steps.WORKSPACE}/.uv"
    bare = re.sub(r"  - task: UsePython.+\n.+\n.+\n", "", PIP)
    assert read(bare + "container: python:3.13\n").steps[0].title == "container: python:3.13"
    assert read(bare.replace("vmImage: ubuntu-24.04", "name: Default")).shell == "bash"


def test_a_step_of_windows_is_for_cmd() -> None:
    """On a Windows image, cmd runs a script, and the list of steps says which cmd."""
    job = read(PIP.replace("ubuntu-24.04", "windows-2025"))
    assert (job.shell, job.steps[-1].said) == ("cmd", pipeline_steps.RUN_IN_CMD)


def test_cmd_is_started_as_the_task_starts_it() -> None:
    """cmd gets the switches from the task's source, and the file begins with the task's first line."""
    quote = evidence()["task-command-line"]["quote"]
    switches = re.search(r'arguments = "(/D /E:ON /V:OFF) ', quote)[1].split()
    source = Path(shells.__file__).read_text(encoding="utf-8")
    assert all(f'"{one}"' in source for one in switches)
    assert "@echo off" in quote and '"@echo off"' in source


@pytest.mark.parametrize("file", lint.REFUSED)
def test_the_schema_refuses_what_is_shown_as_wrong(file: str) -> None:
    """The schema of pipelines does not accept a misspelt input, and lint leaves no other file out."""
    argv = next(argv for argv in lint.tools() if "vendor.azure-pipelines" in argv)
    assert file not in argv and lint.check([*argv[: argv.index("azure-pipelines.yml")], file])


def test_the_schema_refuses_a_list(tmp_path: Path) -> None:
    """A pipeline with artifactFeeds as a YAML list doesn't match the schema."""
    (tmp_path / FILE).write_text(PIP.replace('"platform/python-internal"', "[a, b]"), encoding="utf-8")
    argv = next(argv for argv in lint.tools() if "vendor.azure-pipelines" in argv)
    schema = argv[: argv.index("azure-pipelines.yml")]
    assert lint.check([*schema, str(tmp_path / FILE)])
    (tmp_path / FILE).write_text(PIP, encoding="utf-8")
    assert not lint.check([*schema, str(tmp_path / FILE)])


def test_each_file_is_read_by_its_tool() -> None:
    """Every other service's file that a case prints is checked by its schema, zizmor or hadolint."""
    given = [set(argv) for argv in lint.tools()]
    assert all((ROOT / path).is_file() for path in lint.WITHOUT_SCHEMA)
    tools = {".yml": 1, "renovate.json": 1, "compose.yaml": 1, "Dockerfile": 1}
    for case in every.CASES:
        for file in case.files:
            path = f"snippets/{case.name}/{file}"
            ends = next((end for end in tools if file.endswith(end)), "")
            third = "AzureCLI@3" in case.text(file) if file == FILE else False
            if path in lint.WITHOUT_SCHEMA:
                assert isinstance(yaml.safe_load(case.text(file)), dict), path
            elif ends and not third and path not in lint.REFUSED:
                assert sum(path in one for one in given) == 1 + file.startswith(".github/"), path


def test_feed_of_the_organization() -> None:
    """A feed without a project is organization-scoped, as in the tasks' source."""
    url = read(PIP.replace("platform/", "")).variables["PIP_INDEX_URL"]
    assert (
        url
        == "https://build:{token}@pkgs.dev.azure.com/{organization}/_packaging/python-internal/pypi/simple"
    )


def test_tasks_are_modelled_on_their_source() -> None:
    """The variables, the user name, the file's lines and the lost slash are those in the tasks' source."""
    pip, twine = (evidence()[f"task-{name}-authenticate"]["quote"] for name in ("pip", "twine"))
    assert f'addCredentialsToUri("{pipeline_steps.USER}"' in pip
    slash = re.search(r'if \(c == "/"\) \{\s+if \(currentPathPart\)', evidence()["task-address"]["quote"])
    addresses = read(PIP).variables["PIP_INDEX_URL"], read(TWINE).pypirc.splitlines()[4]
    assert slash and [one[-7:] for one in addresses] == ["/simple", "/upload"]
    assert 'setVariable("PIP_INDEX_URL"' in pip and 'setVariable("PYPIRC_PATH"' in twine
    lines = re.sub(r"\$\{os\.EOL\}", "\n", twine)
    for piece in re.findall(r"^[\[a-z-]+=?", pipeline_steps.PYPIRC_TEXT, re.MULTILINE):
        assert piece in lines, piece


def test_case_without_a_pipeline() -> None:
    """A case without a pipeline has no difference from one."""
    assert differences(load(ROOT / "snippets" / "pip" / "install-env")) == []


def test_a_mask_hides_what_follows_it() -> None:
    """GitHub removes `::add-mask::` lines and hides the value after them; no other service does."""
    case = load(ROOT / "snippets" / "uv" / "install-github")
    printed = "abc\n::add-mask::abc\nabc d\n"
    assert masked(case, printed) == "abc\n*** d\n"
    assert masked(load(ROOT / "snippets" / "uv" / "install-pipeline"), printed) == printed
