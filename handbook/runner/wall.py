"""The wall: on Linux, clients run with loopback as their only network, in a process namespace of their own.

A helper process, the keeper, enters new user, network, mount and process namespaces, brings loopback up,
opens the relay's listening socket there and hands it over. The relay stays outside and serves that socket;
`nsenter` runs a client inside. A client that bypasses the relay finds no network. The wall also hides the
machine's settings for the clients, and the folders in which its programs listen and its user keeps files,
because a Unix socket needs no network.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from handbook.cases import machine
from handbook.cases.clients import CLIENTS
from handbook.runner import wall_keeper
from handbook.runner.wall_keeper import within

# Files for all users of a machine, which the clients read in addition to the reader's own.
MACHINE_SETTINGS = tuple(file for one in CLIENTS.values() for file in one.machine)
# Folders with the sockets of the machine's programs; the user's home and temporary folder are added.
LISTENING = ("/run", "/tmp", "/var", "/dev/shm")
# Clients need these: a home below one of them, such as a system user's, is not hidden.
SYSTEM = {"bin", "boot", "dev", "etc", "lib", "lib64", "nix", "opt", "proc", "sbin", "sys", "usr"}
ROOT = Path(__file__).resolve().parents[2]


class WallError(Exception):
    """The wall cannot be built; the message is one line with the cure."""


class Wall:
    """A set of namespaces that lives as long as this object; `listening` is a socket on its loopback.

    Without a wall (on another system, or with HANDBOOK_WALL=off), `stands` is False, `listening` is None and
    `inside` returns the command unchanged. `hidden`: files that are empty inside.
    """

    def __init__(self, asked: bool = True, hidden: tuple[str, ...] = MACHINE_SETTINGS) -> None:
        self._hidden = hidden
        self.stands = asked and machine.walled()
        self.listening: socket.socket | None = None
        if self.stands:
            self._build()

    def _build(self) -> None:
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        lists = ("\n".join(one) for one in (self._hidden, hidden_folders(), needed_folders()))
        with theirs:
            self._keeper = subprocess.Popen(
                [sys.executable, "-S", str(Path(wall_keeper.__file__)), str(theirs.fileno()), *lists],
                pass_fds=[theirs.fileno()],
                env={},  # a client must not find the caller's variables in it
                stdin=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        _, handles, _, _ = socket.recv_fds(self._channel, 1, 1)
        if not handles or not shutil.which("nsenter"):
            self._channel.close()
            said = self._keeper.communicate()[1].decode().strip() or "nsenter is missing"
            reason = said.splitlines()[-1]
            for handle in handles:
                os.close(handle)
            raise WallError(
                f"the clients cannot be walled off ({reason}): allow unprivileged user namespaces "
                "(`sysctl kernel.apparmor_restrict_unprivileged_userns=0`) and install util-linux, "
                f"or run without the wall: {machine.WALL}=off"
            )
        self.listening = socket.socket(fileno=handles[0])

    def inside(self, command: list[str], folder: Path | None = None) -> list[str]:
        """Return the command that runs `command` behind the wall, in `folder` or the current one."""
        if not self.stands:
            return command
        spaces = ["--user", "--net", "--mount", f"--target={self._keeper.pid}"]
        spaces.append(f"--pid=/proc/{self._keeper.pid}/ns/pid_for_children")
        # By path: a folder handle from outside belongs to another mount, and renames into it fail.
        spaces.append(f"--wdns={folder or Path.cwd()}")
        return ["nsenter", "--preserve-credentials", *spaces, "--", *command]

    def share(self, folder: Path) -> None:
        """Make a folder visible behind the wall until `tidy`, even if it is in a hidden one."""
        if self.stands:
            self._ask(b"share\0" + os.fsencode(os.path.realpath(folder)))

    def name(self, file: Path) -> None:
        """Use a shared file as the list of host names behind the wall, until `tidy`."""
        if self.stands:
            self._ask(b"name\0" + os.fsencode(os.path.realpath(file)))

    def tidy(self) -> None:
        """End all processes behind the wall, and hide the shared folders again."""
        if self.stands:
            self._ask(b"tidy\0")

    def _ask(self, what: bytes) -> None:
        """Send the keeper a request; return when it is done."""
        try:
            self._channel.send(what)
            said = self._channel.recv(1 << 12).decode() or "its keeper has ended"
        except OSError:
            said = "its keeper has ended"
        if said != ".":
            cure = f"run it again, or without it: {machine.WALL}=off"
            raise WallError(f"the wall does not hold ({said}): {cure}")

    def close(self) -> None:
        """End the namespaces; the relay that serves the listening socket closes it."""
        if self.stands:
            self._channel.close()
            self._keeper.communicate()


def hidden_folders() -> list[str]:
    """Return the folders that are empty behind the wall, none of which is inside another."""
    import pwd  # needed only with a wall

    own = [tempfile.gettempdir(), *(one.pw_dir for one in pwd.getpwall() if one.pw_uid == os.getuid())]
    own = [os.path.realpath(one) for one in own]
    own = [one for one in own if one != "/" and one.split("/")[1] not in SYSTEM]
    found = sorted({os.path.realpath(one) for one in (*LISTENING, *own) if Path(one).is_dir()})
    needed = [one for one in needed_folders() if one != "/"]
    return [one for one in found if not within(one, [two for two in found if two != one] + needed)]


def needed_folders() -> list[str]:
    """Return the folders that the clients need, wherever they are: the checkout, its programs, Python."""
    needed = [ROOT, ROOT / ".envs", Path(sys.prefix), Path(sys.base_prefix)]
    python = Path(sys.executable)
    while python.is_symlink():  # each folder on the way to Python's own, because some are links themselves
        python = python.parent / python.readlink()
        needed.append(python.parent.parent)
    return sorted({os.path.realpath(one) for one in needed} | {os.path.normpath(one) for one in needed})
