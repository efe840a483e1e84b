"""A local web server for the built site, with the headers that the site ships, as a host would send them."""

from __future__ import annotations

import functools
import gzip
import http.server
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TEXT = (".html", ".css", ".js", ".json", ".svg", ".txt", ".xml")


def headers(site: Path) -> dict[str, str]:
    """Return the headers that the site's `_headers` tells its host to send with each response."""
    lines = (site / "_headers").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "/*", "one block for all paths is all that is understood here"
    return dict(line.strip().split(": ", 1) for line in lines[1:])


class _Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # one connection for many files

    def __init__(self, *arguments: object, sent: dict[str, str], small: bool, **more: object) -> None:
        self.sent, self.small = sent, small
        super().__init__(*arguments, **more)

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        file = file / "index.html" if file.is_dir() else file
        if not self.small or file.suffix not in TEXT or not file.is_file():
            super().do_GET()
            return
        content = gzip.compress(file.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(file.name))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def end_headers(self) -> None:
        for name, value in self.sent.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *arguments: object) -> None:
        """Write nothing, because the browser shows what fails."""


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request: object, address: object) -> None:
        """Ignore a browser that disconnects in the middle of a response, which is not an error."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, address)


@contextmanager
def served(folder: Path, sent: dict[str, str], *, small: bool = False) -> Iterator[str]:
    """Serve a folder on a free port with these headers while the block runs; yield its URL.

    `small`: compress text, as every host does.
    """
    handler = functools.partial(_Handler, directory=str(folder), sent=sent, small=small)
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
