"""Drive a real browser over the built site and report what a page should not do."""

from __future__ import annotations

import gzip
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

from handbook.tools.browser import FLAGS

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
PROBES = (Path(__file__).parent / "probes.js").read_text(encoding="utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OF_LOOKS = ["color-contrast", "link-in-text-block"]  # the slowest rules, which depend only on colours
OF_LAYOUT = ["target-size", "scrollable-region-focusable"]  # whose verdict depends on the width
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
STATES = {  # the settings that a reader's browser may have; the first is the most common
    "light": {},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
    "zoom": {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2},  # 1280 px at 200 %
    "still": {"reduced_motion": "reduce"},
    "scriptless": {"java_script_enabled": False},
}
COLOURS = ("dark", "forced", "still")  # states that change no position or size
PROBED = ("overflow", "focus", "mouse", "links")
ASKED = {"dark": ("focus",), "forced": ("focus",), "still": ("still",)}  # in other states, all of PROBED
SEARCHED = "#q=token"  # the search page is checked with results
HEAVIEST = 50 * 1024  # the limit for a first view, gzipped, in bytes


@contextmanager
def launched(executable: str) -> Iterator[Browser]:
    """Keep a browser running while the block runs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


class Watched:
    """A tab that records a page's misbehaviour (`faults`) and the paths that it requested (`asked`).

    `first` lists the requests of the first view: those before any interaction.
    """

    def __init__(self, context: BrowserContext, address: str = "", *, often: bool = False) -> None:
        """Open the tab; every request must stay at `address`. `often`: many pages will be checked."""
        for script in (AXE, PROBES) if often else ():  # send these once instead of with each page
            context.add_init_script(script)
        self.page: Page = context.new_page()
        self.address = address
        self.faults: list[str] = []
        self.asked: list[str] = []
        self.first: list[str] = []
        self.looks: set[str] = set()  # text styles whose contrast was already measured
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

    def forget(self) -> None:
        """Empty the tab, and the browser's storage for the open page."""
        if self.page.url.startswith(f"{self.address}/"):
            self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        self.page.goto("about:blank")

    def open(self, path: str) -> Page:
        """Load a page of the site, after clearing what was recorded."""
        self.faults.clear()
        self.asked.clear()
        self.page.goto(f"{self.address}/{path}{SEARCHED if path == 'search.html' else ''}")
        self.first = list(self.asked)
        return self.page


def violations(
    watched: Watched, *, everything: bool = False, rules: bool = True, layout: bool = False
) -> list[str]:
    """Return axe's violations of WCAG 2.2 A and AA on the open page.

    Contrast is measured at one element for each text style that this tab has not seen on any page yet; with
    `everything`, at all elements. With `rules` off, only contrast is measured. With `layout`, only the rules
    whose result may depend on the width are applied besides.
    """
    page = watched.page
    if everything:
        return _axe(page, {"runOnly": WCAG, "rules": {"target-size": {"enabled": True}}})
    switched = {"target-size": {"enabled": True}} | {name: {"enabled": False} for name in OF_LOOKS}
    chosen = {"runOnly": OF_LAYOUT} if layout else {"runOnly": WCAG, "rules": switched}
    found = _axe(page, chosen) if rules else []
    looks = set(looks_of(page))
    if new := looks - watched.looks:
        watched.looks |= new
        page.evaluate("looks => probes.mark(looks)", sorted(new))
        only = {"runOnly": {"type": "rule", "values": OF_LOOKS}}
        found += _axe(page, only, {"include": ["[data-look]"]})
    return found


def looks_of(page: Page) -> list[str]:
    """Return the text styles on a page: colours, size, weight."""
    _bring(page, "probes", PROBES)
    return page.evaluate("probes.looks()")


def _axe(page: Page, options: dict, context: dict | None = None) -> list[str]:
    _bring(page, "axe", AXE)
    script = "async ([context, options]) => (await axe.run(context || document, options)).violations"
    # No page has a video or a sound (the Content-Security-Policy forbids it), which axe would load first.
    found = page.evaluate(script, [context, options | {"resultTypes": ["violations"], "preload": False}])
    return [f"{one['id']}: {node['target'][0]} {node['html'][:80]}" for one in found for node in one["nodes"]]


def _bring(page: Page, name: str, script: str) -> None:
    """Run a script in a page that does not have its global object yet."""
    if page.evaluate("name => !window[name]", name):
        page.evaluate(script)


def probe(page: Page, *names: str) -> list[str]:
    """Run functions of probes.js in the page; return the faults that they found."""
    _bring(page, "probes", PROBES)
    found = page.evaluate("names => names.map((one) => probes[one]())", list(names))
    return [f"{name}: {one}" for name, faults in zip(names, found, strict=True) for one in faults]


def stumbles(
    watched: Watched, path: str, state: str, *, everything: bool = False, again: bool = True
) -> list[str]:
    """Visit a page in a state and return its faults, at each width that matters in that state.

    With `again` off, axe applies at the second width only the rules whose result may depend on it.
    """
    page = watched.page
    sizes = [page.viewport_size] if "viewport" in STATES[state] else [PHONE, DESK]
    sizes = sizes[-1:] if state in COLOURS and not everything else sizes
    page.set_viewport_size(sizes[0])
    watched.open(path)
    found = []
    for size in sizes:
        page.set_viewport_size(size)
        seen = probe(page, *ASKED.get(state, PROBED))
        if state != "scriptless":  # axe is a script, and has checked the same page with more content
            layout = not again and size is not sizes[0]
            seen += violations(watched, everything=everything, rules=state not in COLOURS, layout=layout)
        found += [f"{size['width']} px: {one}" for one in seen]
    return [*watched.faults, *found]


def weight(site: Path, paths: list[str]) -> int:
    """Return the gzipped size in bytes of these pages, styles and scripts, without the search index."""
    files = {site / path.lstrip("/") for path in paths if path.endswith((".html", ".css", ".js"))}
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files if file.name != "search-index.js")
