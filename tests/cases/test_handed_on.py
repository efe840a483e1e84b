"""Which settings each tool passes to pip or uv: every cell of the table on the tools' first page is run."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from handbook.cases.case import Case, find, load
from handbook.runner import run
from handbook.runner.observation import Observation
from tests.conftest import ROOT

DATA = tomllib.loads((ROOT / "guides" / "tools" / "handed-on.toml").read_text(encoding="utf-8"))
TOKEN = "AZURE_ARTIFACTS_TOKEN"
CELLS = [(tool, source) for tool in DATA["tool"] for source in DATA["source"]]


def composed(tool: dict, source: dict, folder: Path) -> Case:
    """Return the case of one cell: the tool's files and commands, preceded by the source's."""
    origin = load(find(ROOT, tool["case"]))
    target = folder / "snippets" / origin.client / "install-handed-on"
    target.mkdir(parents=True)
    places = {name: origin.place[name]["linux"] for name in origin.files}
    for name in origin.files:
        (target / name).write_bytes((origin.folder / name).read_bytes())
    texts = {path: text.lstrip("\n") for path, text in source.get("files", {}).items()}
    texts |= {"packages.in": "contoso-utils\n"} if origin.client == "pip-tools" else {}
    for path, text in texts.items():
        name = path.rpartition("/")[2]
        (target / name).write_text(text)
        places[name] = path
    commands = source.get("commands", "").lstrip("\n") + tool["commands"].strip("\n") + "\n"
    (target / "run.sh").write_text(commands)
    given = {
        "programs": [
            *tool.get("given", {}).get("programs", []),
            *source.get("given", {}).get("programs", []),
        ],
        "variables": {"PIP_NO_INPUT": "1"},
    } | {key: value for key, value in source.get("given", {}).items() if key == "session"}
    word = next((found[0] for text in texts.values() if (found := re.search("PASTE-[A-Z-]+", text))), "")
    credential = {word or TOKEN: "reader-read"} if word or TOKEN in commands else {}
    tables = {"place": places, "credential": credential, "given": given, "asked": {}, "result": {}}
    lines = [f'title = "one cell"\nclient = "{origin.client}"\nexit = 0\n']
    lines += [
        f"[{name}]\n" + "".join(f"{json.dumps(key)} = {_value(value)}\n" for key, value in table.items())
        for name, table in tables.items()
    ]
    (target / "case.toml").write_text("".join(lines), encoding="utf-8")
    return load(target)


def _value(value: object) -> str:
    """Return a string, a list or a flat table as TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {json.dumps(one)}" for key, one in value.items()) + " }"
    return json.dumps(value)


def outcome(seen: Observation) -> str:
    """Return where the tool looked for the private package, in the words of the table."""
    if any(package.startswith("contoso") for package in seen.asked.get("public-index", [])):
        return "PyPI"
    return "feed" if seen.exit == 0 and seen.sent == ["reader-read"] else "refused"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tool", "source"), CELLS, ids=[f"{tool['title']}-{source}".replace(" ", "-") for tool, source in CELLS]
)
def test_cell(harness: run.Harness, tmp_path: Path, tool: dict, source: str) -> None:
    """The tool treats this source as the table says."""
    case = composed(tool, DATA["source"][source], tmp_path)
    seen = run.observe(harness, [case], tmp_path / "run")
    assert outcome(seen) == tool["seen"][source], seen.output


def test_every_cell_has_a_result() -> None:
    """The table has a result for every tool and every source, in one of three words."""
    for tool, source in CELLS:
        assert tool["seen"][source] in ("feed", "PyPI", "refused"), tool["title"]
        assert set(tool.get("shown", {})) <= set(DATA["source"])
