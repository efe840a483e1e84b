"""Try a client against the recording by hand: `python3 -m handbook relay [CLIENT] [PORT]`."""

from __future__ import annotations

import os
import shlex
import signal
import sys
import threading
import time
from pathlib import Path

from handbook.cases import machine
from handbook.cases.clients import CLIENTS, VARIABLES
from handbook.feed import credentials, hosts
from handbook.feed.http import Request, Response
from handbook.feed.public_index import PublicIndex
from handbook.feed.recording import Player, RecordingError, load
from handbook.feed.relay import Relay, RelayError
from handbook.runner import programs, run

ROOT = Path(__file__).parents[2]
KNOWN = sorted({client for one in VARIABLES for client in one.clients} - {"bash"})
PORTS = range(1 << 16)
SECONDS = 0.5  # between two checks of the parent process


class PlayError(ValueError):
    """An argument that cannot be used; the message is one line with the cure."""


def parsed(argv: list[str]) -> tuple[str, int]:
    """Return the client, "" if none is given, and the port, 0 for a free one."""
    client, port = "", 0
    for word in argv:
        if word.isdecimal() and int(word[:9]) in PORTS:
            port = int(word)
        elif word in KNOWN:
            client = word
        else:
            raise PlayError(
                f"relay: {word!r} is neither a client nor a port: use {', '.join(KNOWN)}, or 1 to 65535"
            )
    return client, port


def exports(client: str, url: str, certificate: Path) -> list[str]:
    """Return the lines that set a client's variables; without a client, those that any program needs."""
    asked = [client] if client else [name for name, one in CLIENTS.items() if one.lock and name != "keyring"]
    wanted = {one.name for one in VARIABLES if client or one.value.startswith("{")}
    variables = programs.harness_variables(asked, url, str(certificate), machine.HERE)
    variables = {name: value for name, value in variables.items() if name in wanted}
    given = variables | {"AZURE_ARTIFACTS_TOKEN": "contributor-write"}
    return [f"export {name}={shlex.quote(value)}" for name, value in given.items()]


class Session:
    """The feed and PyPI as a contributor's clients see them; prints each request in one or two lines."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.index = PublicIndex(run.PUBLIC)
        self._lock = threading.Lock()  # clients send several requests at once

    def __call__(self, request: Request) -> Response:
        """Answer a request and print it; note if the answer was not recorded."""
        with self._lock:
            before = len(self.player.missed)
            public = hosts.kind(request.host) == "public-index"
            response = (self.index if public else self.player)(request)
            print(f"{response.status} {request.method} {request.url}")
            for question in self.player.missed[before:]:
                print(f"    not in the recording: {question}")
            sys.stdout.flush()
        return response

    def anew(self, *_: object) -> None:
        """Forget the uploads, so that the feed is as it was at the start."""
        self.player.uploaded = frozenset()
        print("# begun anew: no file is uploaded", flush=True)


def listen(session: Session) -> None:
    """Start anew at each line of standard input and at each hang-up signal."""
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, session.anew)
        signal.signal(signal.SIGTTIN, signal.SIG_IGN)  # in the background there is no input to read

    def read() -> None:
        try:
            for _ in sys.stdin:
                session.anew()
        except (OSError, ValueError):
            pass  # no terminal

    threading.Thread(target=read, daemon=True).start()


def main(argv: list[str]) -> int:
    """Play the recording on 127.0.0.1 until interrupted or orphaned; each class is its own token."""
    parent = os.getppid()
    folder = ROOT / run.CASSETTES
    certificate = ROOT / "_build" / "authority.pem"
    try:
        client, port = parsed(argv)
        session = Session(Player(load(folder, run.today(folder)), credentials.self_named()))
        with Relay(session, port=port) as relay:
            certificate.parent.mkdir(exist_ok=True)
            certificate.write_bytes(relay.certificate)
            print("\n".join(exports(client, relay.url, certificate)))
            print(f"# a token is the name of its class: {' '.join(credentials.CLASSES[1:])}")
            print(f"# Enter, or kill -HUP {os.getpid()}, begins anew: uploads are forgotten", flush=True)
            listen(session)
            while os.getppid() == parent:  # when the parent is killed, this process must end as well
                time.sleep(SECONDS)
            return 0
    except (PlayError, RelayError, RecordingError) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename or certificate}: {error.strerror}: make the folder writable", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
