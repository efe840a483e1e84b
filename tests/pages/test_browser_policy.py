"""The security headers: one policy for all hosts, and what it blocks."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from handbook.tools import static_server
from tests.pages import browser as tabs
from tests.pages.browser import Watched

META = re.compile(r'<meta http-equiv="Content-Security-Policy" content="(.+?)">')
PLANTED = [
    "<script>document.title = 'planted'</script>",
    "<img src='data:,' alt='' onerror=\"document.title = 'planted'\">",
    "<script src='http://127.0.0.2:9/a.js'></script>",
    "<style>h1 { color: red }</style>",
    "<p style='color: red'>red</p>",
]


def test_every_host_gets_the_same_headers(site: Path) -> None:
    """Azure Static Web Apps and hosts that read `_headers` send the same, safe headers."""
    settings = json.loads((site / "staticwebapp.config.json").read_text(encoding="utf-8"))
    assert settings["globalHeaders"] == static_server.headers(site)
    policy = static_server.headers(site)["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; ")
    assert policy.endswith("; frame-ancestors 'none'")


def test_every_page_brings_the_policy(site: Path) -> None:
    """Each page contains the policy for hosts that send none, without the parts that only headers can set."""
    policy = static_server.headers(site)["Content-Security-Policy"].removesuffix("; frame-ancestors 'none'")
    for file in site.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        if 'http-equiv="refresh"' in text:  # redirects to a new address
            assert not re.search(r"<(script|style)|\s(style|on\w+)=", text), file.name
            continue
        assert META.findall(text) == [policy], file.name
        assert text.index(META.search(text)[0]) < text.index("<link"), (
            "what comes before it is not held to it"
        )


@pytest.mark.parametrize("way", ["header", "meta", "disk"])
def test_what_is_planted_is_blocked(browser: Browser, site: Path, way: str) -> None:
    """No planted script or style works: with the headers, on a host without them, or from a disk."""
    text = (site / "index.html").read_text(encoding="utf-8")
    text = (META.sub("", text) if way == "header" else text).replace("</body>", f"{''.join(PLANTED)}</body>")
    headers = {"Content-Type": "text/html"} | (static_server.headers(site) if way == "header" else {})
    context = browser.new_context(viewport=tabs.DESK)
    with static_server.served(site, {}) as address:
        watched = Watched(context, site.as_uri() if way == "disk" else address)
        watched.page.route("**/index.html", lambda route: route.fulfill(body=text, headers=headers))
        page = watched.open("index.html")
        assert f"<title>{page.title()}</title>" in text
        context.close()
    blocked = [one for one in watched.faults if "Content Security Policy" in one]
    assert len(blocked) == len(PLANTED), watched.faults


def test_a_page_opened_from_a_disk_works(browser: Browser, site: Path) -> None:
    """A page opened from a disk has its styles, scripts and colours, and nothing is blocked."""
    context = browser.new_context(viewport=tabs.DESK)
    watched = Watched(context, site.as_uri())
    page = watched.open("guides/clients/pip.html")
    assert page.locator("button.copy").count() > 0
    assert page.evaluate("document.body.dataset.theme") == "auto"
    assert page.evaluate("getComputedStyle(document.body).getPropertyValue('--color-brand-primary')")
    context.close()
    assert watched.faults == []
