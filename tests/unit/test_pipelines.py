"""The pipelines: their script steps are the cases' commands, with the variables and files of the cases."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from handbook.cases import names
from handbook.cases.case import Case, load
from handbook.runner import pipelines
from handbook.runner.pipelines import FILE, PipelineError, differences, read
from tests import every
from tests.cases.test_other_names import OTHER, filled_in
from tests.conftest import ROOT
from tests.facts.fact import evidence

CASES = [case for case in every.CASES if FILE in case.files]
PIP = (ROOT / "snippets" / "pip" / "install-pipeline" / FILE).read_text(encoding="utf-8")
TWINE = (ROOT / "snippets" / "twine" / "publish-pipeline" / FILE).read_text(encoding="utf-8")
UV = (ROOT / "snippets" / "uv" / "install-pipeline" / FILE).read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case_runs_the_steps(case: Case) -> None:
    """A pipeline runs the lines of run.sh, and gives them what the case gives."""
    assert differences(case) == []


def test_every_pipeline_case_has_a_pipeline() -> None:
    """A case speaks of a pipeline in its name exactly if it has one."""
    assert {case.name for case in CASES} == {case.name for case in every.CASES if "pipeline" in case.name}
    assert {case.client for case in CASES} == {"pip", "uv", "poetry", "twine"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_pipeline_with_other_names(case: Case, tmp_path: Path) -> None:
    """With fabrikam, Data Team and wheels filled in, the pipeline still gives what the case gives."""
    filled = filled_in(case, tmp_path)
    assert differences(filled) == []
    assert names.EXAMPLES["FEED"] not in filled.text(FILE)
    assert OTHER["FEED"] in filled.text(FILE) or "pkgs.dev.azure.com" not in case.text(FILE)


@pytest.mark.parametrize(
    ("project", "feed", "expected"),
    [
        ("Data Team", "wheels", '"Data Team/wheels" [wheels] -r wheels'),
        (None, "wheels", '"wheels" [wheels] -r wheels'),
        ("p", "python-internal-two", '"p/python-internal-two" [python-internal-two] -r python-internal-two'),
    ],
)
def test_names_are_filled_in_without_an_address(project: str | None, feed: str, expected: str) -> None:
    """A reader's feed takes the example's place in a pipeline and as a section of .pypirc, once."""
    text = '"platform/python-internal" [python-internal] -r python-internal'
    assert names.filled_in(text, "fabrikam", project, feed) == expected


def changed(text: str) -> Iterator[str]:
    """Yield the text without each of its lines, and with each of its words misspelt."""
    lines = text.splitlines(keepends=True)
    for at in range(len(lines)):
        yield "".join(lines[:at] + lines[at + 1 :])
    for word in re.finditer(r"[A-Za-z]+", text):
        last = word.end() - 1
        yield text[:last] + chr(ord(text[last]) ^ 1) + text[last + 1 :]


def with_text(case: Case, file: str, text: str, folder: Path) -> Case:
    """Return the case with another text in one of its files."""
    for name in case.files:
        (folder / name).write_text(text if name == file else case.text(name), encoding="utf-8", newline="\n")
    return dataclasses.replace(case, folder=folder)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_mistake_is_noticed(case: Case, tmp_path: Path) -> None:
    """A lost line and a wrong letter in a pipeline are noticed, wherever they change its meaning."""
    text = case.text(FILE)
    for other in changed(text):
        if meaning(other) != meaning(text):
            assert differences(with_text(case, FILE, other, tmp_path)) != [], other


def test_each_mistake_beside_a_pipeline_is_noticed(tmp_path: Path) -> None:
    """So is one in the commands, and in the file that TwineAuthenticate writes."""
    case = next(case for case in CASES if case.name == "twine/publish-pipeline")
    for other in changed(case.commands):
        assert differences(dataclasses.replace(case, commands=other)) != [], other
    for other in changed(case.text(".pypirc")):
        # No pipeline names its organization: that one letter only the run notices.
        if f"/{names.EXAMPLES['ORGANIZATION']}/" in other or "pkgs.dev.azure.com/" not in other:
            assert differences(with_text(case, ".pypirc", other, tmp_path)) != [], other


def test_place_is_noticed() -> None:
    """A pipeline that lies elsewhere, or a .pypirc that PYPIRC_PATH does not name, is a difference."""
    case = next(case for case in CASES if case.name == "twine/publish-pipeline")
    for file in case.files:
        place = case.place | {file: dict.fromkeys(case.place[file], "elsewhere")}
        assert differences(dataclasses.replace(case, place=place)) != [], file
    place = {file: where for file, where in case.place.items() if file != FILE}
    assert differences(dataclasses.replace(case, place=place)) == [f"{FILE} has no place"]


def meaning(text: str) -> object:
    """Return what a YAML text says; one that cannot be read says itself."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "is not YAML"),
        ("steps: []", "the pipeline has the keys"),
        (PIP + "variables: {}\n", "the pipeline has the keys"),
        (PIP.replace("ubuntu-24.04", "windows-2025"), "no version of Ubuntu"),
        (PIP.replace('"3.11"', "3.11"), "with quotes"),
        (PIP.replace("PipAuthenticate@1", "PipAuthenticate@0"), "task PipAuthenticate@0 is unknown"),
        (PIP.replace("artifactFeeds", "artifactFeed"), "PipAuthenticate@1 has the keys"),
        (re.sub(r"  - task: UsePython.+\n.+\n.+\n", "", PIP), "put UsePythonVersion@0 before it"),
        (PIP.replace("requirements.txt", "$(file)"), "map it in env"),
        (TWINE[TWINE.index("pool") :], "trigger is None"),
        (TWINE.replace('"v*"', '"*"'), "trigger is"),
        (UV.replace("System.AccessToken", "AccessToken"), "only $(System.AccessToken) is known"),
        (UV.replace("    env", "    environment"), "a step has the keys"),
    ],
)
def test_mistake_names_its_cure(text: str, message: str) -> None:
    """A pipeline that cannot be shown is refused with what is wrong."""
    with pytest.raises(PipelineError, match=re.escape(message)):
        read(text)


def test_steps_count_in_their_order() -> None:
    """A variable of a task or a step reaches the commands; a script of several lines is several commands."""
    job = read(UV.replace("uv sync", "|\n      uv lock\n      uv sync"))
    assert job.commands == "uv lock\nuv sync\n"
    assert job.variables["UV_INDEX_INTERNAL_PASSWORD"] == pipelines.TOKEN


def test_feed_of_the_organization() -> None:
    """A feed without a project is one of the organization, as the tasks' source says."""
    url = read(PIP.replace("platform/", "")).variables["PIP_INDEX_URL"]
    assert (
        url
        == "https://build:{token}@pkgs.dev.azure.com/{organization}/_packaging/python-internal/pypi/simple"
    )


def test_tasks_are_modelled_on_their_source() -> None:
    """The variables, the user name, the file's lines and the lost slash stand so in the tasks' source."""
    pip, twine = (evidence()[f"task-{name}-authenticate"]["quote"] for name in ("pip", "twine"))
    assert f'addCredentialsToUri("{pipelines.USER}"' in pip
    slash = re.search(r'if \(c == "/"\) \{\s+if \(currentPathPart\)', evidence()["task-address"]["quote"])
    addresses = read(PIP).variables["PIP_INDEX_URL"], read(TWINE).pypirc.splitlines()[4]
    assert slash and [one[-7:] for one in addresses] == ["/simple", "/upload"]
    assert 'setVariable("PIP_INDEX_URL"' in pip and 'setVariable("PYPIRC_PATH"' in twine
    lines = re.sub(r"\$\{os\.EOL\}", "\n", twine)
    for piece in re.findall(r"^[\[a-z-]+=?", pipelines.PYPIRC_TEXT, re.MULTILINE):
        assert piece in lines, piece


def test_case_without_a_pipeline() -> None:
    """A case that has none differs from none."""
    assert differences(load(ROOT / "snippets" / "pip" / "install-env")) == []
