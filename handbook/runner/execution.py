"""Run a command to its end with bounded output, then end every process that it started."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

from handbook.runner import host

LONGEST = 10_000_000  # bytes of output
SECONDS = 5  # how long to wait for the end of the output after its writers were ended


class EndlessError(Exception):
    """A command that was ended because it took too long or printed too much; the message says which."""


def execute(
    command: list[str],
    folder: Path,
    environment: dict[str, str],
    typed: str,
    seconds: float,
    tidy: Callable[[], None],
) -> tuple[int, str]:
    """Run a command in a folder; return its exit status and what it printed on stdout and stderr together.

    The run is over when the command's first process ends. All others of its process group are ended then, and
    `tidy` ends those that left the group, if the system can find them. Raises EndlessError.
    """
    here = host.HERE
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        **here.alone(),  # no terminal for a password prompt, and one group to end
    )
    printed = bytearray()
    reader = threading.Thread(target=_read, args=(process.stdout, printed, process), daemon=True)
    reader.start()
    try:
        with contextlib.suppress(OSError), process.stdin:  # the command may ignore what is typed
            process.stdin.write(typed.encode())
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        raise EndlessError(f"did not end in {seconds} s") from None
    finally:
        here.end(process)
        tidy()
        process.wait()
        reader.join(SECONDS)  # without a wall, a process outside the group may keep the output open
    if len(printed) > LONGEST:
        raise EndlessError(f"printed more than {LONGEST // 1_000_000} MB")
    text = bytes(printed).decode("utf-8", "replace")
    return process.returncode, text.replace("\r\n", "\n").replace("\r", "\n")


def _read(output: IO[bytes], printed: bytearray, process: subprocess.Popen[bytes]) -> None:
    """Collect the output until it ends or exceeds the limit; in the latter case, end the command."""
    with output:
        while part := output.read1(1 << 16):
            printed += part
            if len(printed) > LONGEST:
                host.HERE.end(process)
                return
