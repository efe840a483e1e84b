"""The wall's keeper: the process that creates the namespaces and stays in them; standard library only.

`handbook.runner.wall` starts it as a program. It creates the namespaces, hands over the listening socket, and
then shows folders and ends processes on request, until its caller ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import struct
import sys
import threading
import time
from pathlib import Path

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS = 0x8913
SIOCSIFFLAGS = 0x8914
SIOCSIFADDR = 0x8916
IFF_UP = 0x1
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
MNT_DETACH = 0x2
HOSTS = "/etc/hosts"
# Where a virtual machine finds its identity service: an address and plain http, no name and no proxy.
METADATA = "169.254.169.254"
SECONDS = 10  # how long to wait until killed processes are gone


def within(path: str, folders: list[str]) -> str:
    """Return the one of `folders` that contains a path or equals it; "" if there is none."""
    return next((one for one in folders if f"{path}/".startswith(f"{one}/")), "")


class Keeper:
    """The first process of the new namespace; when it ends, the kernel ends all others in it."""

    def __init__(self, libc: ctypes.CDLL) -> None:
        self.libc = libc
        self.originals: dict[str, int] = {}  # hidden folder -> a handle of its original content
        self.shared: list[str] = []
        self.named = False

    def mount(self, source: str, target: str, kind: str | None, flags: int = 0) -> None:
        """Mount a file system, or raise OSError."""
        names = (os.fsencode(source), os.fsencode(target), kind and kind.encode())
        if self.libc.mount(*names, ctypes.c_ulong(flags), None) != 0:
            error = ctypes.get_errno()
            raise OSError(error, os.strerror(error), target)

    def hide(self, settings: list[str], folders: list[str], needed: list[str]) -> None:
        """Hide the content of some files and folders, except for what is needed in them."""
        self.mount("none", "/", None, MS_REC | MS_PRIVATE)
        for path in settings:
            if Path(path).exists():
                self.mount("/dev/null", path, None, MS_BIND)
        kept = [path for path in needed if within(path, folders)]
        handles = {path: os.open(path, os.O_PATH) for path in (*folders, *kept)}
        for folder in folders:
            self.mount("none", folder, "tmpfs")
            self.originals[folder] = handles[folder]
        for path in kept:
            self.show(f"/proc/self/fd/{handles[path]}", path)
        with contextlib.suppress(OSError):  # a container may forbid it; /proc then stays as it was
            self.mount("none", "/proc", "proc")

    def show(self, source: str, target: str) -> None:
        """Make a folder visible inside a hidden one."""
        Path(target).mkdir(parents=True, exist_ok=True)
        self.mount(source, target, None, MS_BIND | MS_REC)

    def share(self, path: str) -> None:
        """Make a folder visible until `tidy`, unless it is visible anyway."""
        hidden = within(path, list(self.originals))
        if hidden and not Path(path).exists():
            self.show(f"/proc/self/fd/{self.originals[hidden]}{path.removeprefix(hidden)}", path)
            self.shared.append(path)

    def name(self, path: str) -> None:
        """Replace the list of host names by a file, until `tidy`."""
        self.mount(path, HOSTS, None, MS_BIND)
        self.named = True

    def tidy(self) -> None:
        """End all other processes and wait until they are gone; hide the shared folders again."""
        if self.named and self.libc.umount2(HOSTS.encode(), MNT_DETACH) == 0:
            self.named = False
        deadline = time.monotonic() + SECONDS
        with contextlib.suppress(ProcessLookupError):  # no other process is left
            while time.monotonic() < deadline:
                os.kill(-1, signal.SIGKILL)
                time.sleep(0.001)
            raise OSError(0, "a process cannot be ended")
        while self.shared:
            path = self.shared.pop()
            if self.libc.umount2(os.fsencode(path), MNT_DETACH) == 0:
                os.removedirs(path)

    def serve(self, channel: socket.socket) -> None:
        """Carry out requests until the caller closes the channel, which happens at its end at the latest."""
        while message := channel.recv(1 << 16):
            what, _, path = message.partition(b"\0")
            try:
                if what == b"tidy":
                    self.tidy()
                else:
                    {b"share": self.share, b"name": self.name}[what](os.fsdecode(path))
                channel.send(b".")
            except OSError as error:
                channel.send(str(error).encode()[:1000])


def forward(listening: socket.socket) -> None:
    """Lead each connection to the relay."""
    while True:
        client = listening.accept()[0]
        relay = socket.create_connection(("127.0.0.1", 443))
        for source, target in ((client, relay), (relay, client)):
            threading.Thread(target=copy, args=(source, target), daemon=True).start()


def copy(source: socket.socket, target: socket.socket) -> None:
    """Hand on what one side says until it ends."""
    with contextlib.suppress(OSError):  # the other side is gone
        while said := source.recv(1 << 16):
            target.sendall(said)
        target.shutdown(socket.SHUT_WR)


def keep(handle: int, *lists: list[str]) -> None:
    """Enter new namespaces, send a listening socket through `handle`, then serve requests inside."""
    import fcntl  # needed only with a wall

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the caller
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID) != 0:
        sys.exit(f"unshare: {os.strerror(ctypes.get_errno())}")
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
        if child := os.fork():  # the child becomes the first process of the new namespace
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # orphans become children of this process: reap them
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            asked = struct.pack("16sh", b"lo", 0)
            flags = struct.unpack("16sh", fcntl.ioctl(control, SIOCGIFFLAGS, asked))[1]
            fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh", b"lo", flags | IFF_UP))
            second = struct.pack("16sHxx4s8x", b"lo:1", socket.AF_INET, socket.inet_aton(METADATA))
            fcntl.ioctl(control, SIOCSIFADDR, second)
        keeper = Keeper(libc)
        keeper.hide(*lists)
    except OSError as error:
        sys.exit(f"namespace: {error}")
    # The port of HTTPS: a client without proxy support finds the relay here, through the names in a hosts
    # file.
    listening = socket.create_server(("127.0.0.1", 443), backlog=64)
    metadata = socket.create_server((METADATA, 80), backlog=8)
    threading.Thread(target=forward, args=(metadata,), daemon=True).start()
    with socket.socket(fileno=handle) as channel:
        socket.send_fds(channel, [b"."], [listening.fileno()])
        listening.close()
        keeper.serve(channel)


if __name__ == "__main__":
    keep(int(sys.argv[1]), *([one for one in text.split("\n") if one] for text in sys.argv[2:]))
