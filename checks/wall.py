"""The wall: on Linux the clients run where loopback is the only network.

A helper process enters a user and a network namespace of its own, brings loopback up, opens the
relay's listening socket there and hands it over. The relay stays outside and serves that socket; a
client is put inside by `nsenter`. A client that goes round the relay finds no network. The machine's
own settings for the clients are hidden there, too: a case must not depend on them.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS = 0x8913
SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
# Files for all users of a machine that the clients read beside the reader's own.
MACHINE_SETTINGS = ("/etc/pip.conf", "/etc/xdg/pip/pip.conf", "/etc/uv/uv.toml", "/etc/xdg/uv/uv.toml")
OFF = "HANDBOOK_WALL"


class WallError(Exception):
    """The wall cannot be built; the message is one line with the cure."""


def wanted() -> bool:
    """Return whether the clients run behind a wall on this machine."""
    return sys.platform == "linux" and os.environ.get(OFF) != "off"


class Wall:
    """A namespace that lives as long as this object; `listening` is a socket on its loopback.

    Where there is no wall (another system, or HANDBOOK_WALL=off) `stands` is False, `listening`
    None and `inside` returns the command unchanged. `hidden`: files that are empty inside.
    """

    def __init__(self, asked: bool = True, hidden: tuple[str, ...] = MACHINE_SETTINGS) -> None:
        self._hidden = hidden
        self.stands = asked and wanted()
        self.listening: socket.socket | None = None
        if self.stands:
            self._build()

    def _build(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._keeper = subprocess.Popen(
                [sys.executable, "-S", str(Path(__file__)), str(theirs.fileno()), *self._hidden],
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

    def inside(self, command: list[str], folder: Path | None = None) -> list[str]:
        """Return the command that runs `command` behind the wall, in `folder` or the current one."""
        if not self.stands:
            return command
        spaces = ["--user", "--net", "--mount", f"--target={self._keeper.pid}"]
        # By its path: a folder that was opened outside belongs to another mount, and renames into it fail.
        spaces.append(f"--wdns={folder or Path.cwd()}")
        return ["nsenter", "--preserve-credentials", *spaces, "--", *command]

    def close(self) -> None:
        """End the namespace; the listening socket is closed by the relay that serves it."""
        if self.stands:
            self._keeper.communicate()


def _keep(handle: int, settings: list[str]) -> None:
    """Enter new namespaces, send a listening socket through `handle`, and wait for the end of stdin."""
    import fcntl  # only where there is a wall

    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) != 0:
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
    hidden = [(b"/dev/null", path.encode(), MS_BIND) for path in settings if Path(path).exists()]
    for source, target, flags in [(b"none", b"/", MS_REC | MS_PRIVATE), *hidden]:
        if libc.mount(source, target, None, ctypes.c_ulong(flags), None) != 0:
            sys.exit(f"{target.decode()} cannot be hidden: {os.strerror(ctypes.get_errno())}")
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    with socket.socket(fileno=handle) as channel:
        socket.send_fds(channel, [b"."], [listening.fileno()])
    listening.close()
    sys.stdin.buffer.read()


if __name__ == "__main__":
    _keep(int(sys.argv[1]), sys.argv[2:])
