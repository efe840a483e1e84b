"""The two shells that run a case's commands as printed: bash, and Wine's cmd for a `run.cmd`.

Both stop at the first command that fails, and record its line in a file that no client sees.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from handbook.cases import machine
from handbook.cases.case import CMD, Case
from handbook.runner import agent, host, wine
from handbook.runner.sandbox import Sandbox

FAILED = "failed"  # the file that records the line that failed


def prepare(sandbox: Sandbox, cases: list[Case]) -> tuple[list[str], dict[str, str], Path]:
    """Write a script of the cases' commands; return its command line, its variables and the record's path."""
    commands = "".join(case.commands for case in cases)
    if any(case.script == CMD for case in cases):
        return _cmd(sandbox, commands)
    failed, trap = sandbox.folder / FAILED, sandbox.folder / "trap.sh"
    # Outside the printed commands: record which line failed, and leave no trace that a client could see.
    said = f"unset BASH_ENV\n{sandbox.bash}trap 'echo $LINENO >\"{failed.as_posix()}\"' ERR\n"
    trap.write_text(said, encoding="utf-8", newline="\n")
    script = sandbox.folder / "run.sh"
    script.write_text(commands, encoding="utf-8", newline="\n")
    command = [machine.bash(host.HERE.name), "-eo", "pipefail", script.as_posix()]
    return command, {"BASH_ENV": trap.as_posix()}, failed


def _cmd(sandbox: Sandbox, commands: str) -> tuple[list[str], dict[str, str], Path]:
    """Write a `.cmd` file. cmd continues after a failed command, so a line after each one checks for it."""
    folder = sandbox.prefix / "drive_c" / agent.FOLDER
    script = folder / "run.cmd"
    lines = "\n".join(["@echo off", *watched(commands.splitlines(), f"C:\\{agent.FOLDER}\\{FAILED}"), ""])
    script.write_text(lines, encoding="utf-8", newline="\r\n")
    # As an Azure Pipelines agent calls it: no AutoRun, extensions on, no delayed expansion.
    command = ["wine", wine.LAUNCHER, "cmd", "/D", "/E:ON", "/V:OFF", "/C", f"C:\\{agent.FOLDER}\\run.cmd"]
    return command, {}, folder / FAILED


def watched(lines: Iterable[str], failed: str) -> Iterable[str]:
    """Yield each line, followed by one that ends the script if that line failed."""
    for number, line in enumerate(lines, 1):
        yield line
        yield f"if not %errorlevel%==0 (>{failed} echo {number}& exit /b %errorlevel%)"
