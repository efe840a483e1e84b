"""A real browser over the built site: where it is served, and what a page does that it should not."""

from __future__ import annotations

import functools
import gzip
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    sync_playwright,
)

from checks.browser import FLAGS

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
PROBES = (Path(__file__).parent / "probes.js").read_text(encoding="utf-8")
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "rules": {"target-size": {"enabled": True}},  # WCAG 2.2's; axe leaves it out unless asked
    "resultTypes": ["violations"],
}
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


def headers(site: Path) -> dict[str, str]:
    """Return what the site's `_headers` tells its host to send with each answer."""
    lines = (site / "_headers").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "/*", "one block for all paths is all that is understood here"
    return dict(line.strip().split(": ", 1) for line in lines[1:])


class _Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # one connection for many files

    def __init__(self, *arguments: object, sent: dict[str, str], **more: object) -> None:
        self.sent = sent
        super().__init__(*arguments, **more)

    def end_headers(self) -> None:
        for name, value in self.sent.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *arguments: object) -> None:
        """Say nothing: what fails is seen in the browser."""


@contextmanager
def served(folder: Path, sent: dict[str, str]) -> Iterator[str]:
    """Serve a folder on a free port with these headers while the block runs; give its address."""
    handler = functools.partial(_Handler, directory=str(folder), sent=sent)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def launched(executable: str) -> Iterator[Browser]:
    """Run a browser while the block runs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


class Watched:
    """A tab that notes what it should not do: `faults`; and what it asked for: `asked` (paths)."""

    def __init__(self, context: BrowserContext, address: str = "") -> None:
        """Open the tab; every request must stay at `address`."""
        self.page: Page = context.new_page()
        self.address = address
        self.faults: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("request", self._request)
        self.page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        self.faults.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:", "about:")):
            self.faults.append(f"other host: {request.url}")
        self.asked.append(urlsplit(request.url).path)

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.faults.append(f"{response.status}: {response.url}")

    def open(self, path: str) -> Page:
        """Load a page of the site; what was noted before is forgotten."""
        self.faults.clear()
        self.asked.clear()
        self.page.goto(f"{self.address}/{path}")
        return self.page


def violations(page: Page) -> list[str]:
    """Return axe's violations of WCAG 2.2 A and AA."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(rules)", RULES)["violations"]
    return [
        f"{one['id']}: {node['target'][0]} {node['html'][:100]}" for one in found for node in one["nodes"]
    ]


def probe(page: Page, name: str) -> list[str]:
    """Run one function of probes.js in the page; return the faults that it found."""
    page.evaluate(PROBES)
    return [f"{name}: {one}" for one in page.evaluate(f"probes.{name}()")]


def weight(site: Path, paths: list[str]) -> int:
    """Return the gzipped bytes of the pages, styles and scripts at these paths, without the search index."""
    files = {site / path.lstrip("/") for path in paths if path.endswith((".html", ".css", ".js"))}
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files if file.name != "searchindex.js")
