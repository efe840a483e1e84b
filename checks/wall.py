"""The wall: on Linux the clients run where loopback is the only network.

A helper process enters a user and a network namespace of its own, brings loopback up, opens the
relay's listening socket there and hands it over. The relay stays outside and serves that socket; a
client is put inside by `nsenter`. A client that goes round the relay finds no network.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS = 0x8913
SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1
OFF = "HANDBOOK_WALL"


class WallError(Exception):
    """The wall cannot be built; the message is one line with the cure."""


class Wall:
    """A namespace that lives as long as this object; `listening` is a socket on its loopback.

    Where there is no wall (another system, or HANDBOOK_WALL=off) `stands` is False, `listening`
    None and `inside` returns the command unchanged.
    """

    def __init__(self, wanted: bool = True) -> None:
        self.stands = wanted and sys.platform == "linux" and os.environ.get(OFF) != "off"
        self.listening: socket.socket | None = None
        if self.stands:
            self._build()

    def _build(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._keeper = subprocess.Popen(
                [sys.executable, "-S", str(Path(__file__)), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        with ours:
            _, handles, _, _ = socket.recv_fds(ours, 1, 1)
        if not handles or not shutil.which("nsenter"):
            said = self._keeper.communicate()[1].decode().strip() or "nsenter is missing"
            reason = said.splitlines()[-1]
            for handle in handles:
                os.close(handle)
            raise WallError(
                f"the clients cannot be walled off ({reason}): allow unprivileged user namespaces "
                "(`sysctl kernel.apparmor_restrict_unprivileged_userns=0`) and install util-linux, "
                f"or run without the wall: {OFF}=off"
            )
        self.listening = socket.socket(fileno=handles[0])

    def inside(self, command: list[str]) -> list[str]:
        """Return the command that runs `command` behind the wall."""
        if not self.stands:
            return command
        enter = ["nsenter", "--preserve-credentials", "--user", "--net", f"--target={self._keeper.pid}", "--"]
        return [*enter, *command]

    def close(self) -> None:
        """End the namespace; the listening socket is closed by the relay that serves it."""
        if self.stands:
            self._keeper.communicate()


def _keep(handle: int) -> None:
    """Enter new namespaces, send a listening socket through `handle`, and wait for the end of stdin."""
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        sys.exit(f"unshare: {os.strerror(ctypes.get_errno())}")
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            asked = struct.pack("16sh", b"lo", 0)
            flags = struct.unpack("16sh", fcntl.ioctl(control, SIOCGIFFLAGS, asked))[1]
            fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh", b"lo", flags | IFF_UP))
    except OSError as error:
        sys.exit(f"namespace: {error}")
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    with socket.socket(fileno=handle) as channel:
        socket.send_fds(channel, [b"."], [listening.fileno()])
    listening.close()
    sys.stdin.buffer.read()


if __name__ == "__main__":
    _keep(int(sys.argv[1]))
