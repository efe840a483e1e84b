"""Let a contributor talk to the recording by hand: `python3 -m checks relay [PORT]`."""

from __future__ import annotations

import argparse
import sys
import threading
from pathlib import Path

from checks import clients, run
from feed import credentials, hosts
from feed.messages import Request, Response
from feed.public_index import PublicIndex
from feed.recording import Player, RecordingError, load
from feed.relay import Relay, RelayError

ROOT = Path(__file__).parents[1]


def main(argv: list[str]) -> int:
    """Play the recording on 127.0.0.1 until interrupted; a credential class is its own token."""
    parser = argparse.ArgumentParser(prog="python3 -m checks relay", description=__doc__)
    parser.add_argument("port", nargs="?", type=int, default=0, help="a free one by default")
    port = parser.parse_args(argv).port
    folder = ROOT / run.CASSETTES
    certificate = ROOT / "_build" / "authority.pem"
    try:
        player = Player(load(folder, run.today(folder)), credentials.self_named())
        index = PublicIndex(run.PUBLIC)

        def answer(request: Request) -> Response:
            response = (index if hosts.kind(request.host) == "public-index" else player)(request)
            print(f"{response.status} {request.method} {request.url}", flush=True)
            return response

        with Relay(answer, port=port) as relay:
            certificate.parent.mkdir(exist_ok=True)
            certificate.write_bytes(relay.certificate)
            variables = clients.harness_variables(list(clients.PYTHON_CLIENTS), relay.url, certificate)
            for name, value in (variables | {"AZURE_ARTIFACTS_TOKEN": "contributor-write"}).items():
                print(f'export {name}="{value}"')
            print(f"# a token is the name of its class: {' '.join(credentials.CLASSES[1:])}", flush=True)
            threading.Event().wait()
    except (RelayError, RecordingError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
