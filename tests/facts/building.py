"""Build a case's package with the real tool, for the facts about uploading it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from handbook.cases.case import load
from handbook.runner import programs
from handbook.tools import environments
from tests.conftest import ROOT


def build(folder: Path, case: str, client: str, *command: str) -> dict[str, bytes]:
    """Run a client's command in a copy of a case's files; return file name and content, wheel first.

    folder: an empty place. The variables are those that the harness gives the client.
    """
    source = ROOT / "snippets" / case
    for name in load(source).files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, folder / name)
    variables = {"PATH": os.environ["PATH"], "HOME": str(folder / "home")}
    variables |= programs.harness_variables([client], "", Path())
    program = environments.program(client, command[0], ROOT)
    subprocess.run([program, *command[1:]], cwd=folder, check=True, capture_output=True, env=variables)
    files = sorted((folder / "dist").iterdir(), key=lambda path: path.suffix != ".whl")
    return {path.name: path.read_bytes() for path in files}
