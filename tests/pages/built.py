"""Fixtures for the built site: its folder, its URL, a browser. A plugin of conftest.py."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from handbook.tools import browser as browsers
from handbook.tools import commands, static_server
from tests.pages import browser as tabs
from tests.shared import once

ROOT = Path(__file__).parents[2]
UNBUILT = "the site does not build, and no test of it can run"


def build(folder: Path) -> str:
    """Build the checkout's site with warnings as errors; return Sphinx's messages if it fails."""
    command = commands.sphinx(ROOT, folder, f"{folder}.doctrees")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Provide the folder of the built site. If the build fails, report one error and end the run."""
    tried: list[Path] = []
    try:
        return once(tmp_path_factory, "site", lambda folder: tried.append(folder) or build(folder))
    except AssertionError as error:
        problem = str(error)
    request.session.shouldfail = UNBUILT
    if not tried:
        pytest.skip(f"{UNBUILT}: another worker says why")
    pytest.fail(f"{UNBUILT}:\n{problem}", pytrace=False)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Provide a browser, one per process; if none is installed, skip or, if one is required, fail."""
    problem = ""
    try:
        executable = browsers.find()
    except browsers.Missing as error:
        problem = str(error)
    if problem:
        (pytest.fail if os.environ.get(browsers.VARIABLE) else pytest.skip)(problem)
    with tabs.launched(executable) as open_browser:
        yield open_browser


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Provide the base URL (without a final slash) at which the site is served with its security headers."""
    with static_server.served(site, static_server.headers(site)) as base:
        yield base


@pytest.fixture(scope="session")
def kept_tab(browser: Browser, address: str) -> Iterator[tabs.Watched]:
    """Provide one tab for all tests, because opening one takes longer than most of them."""
    with browser.new_context() as context:
        yield tabs.Watched(context, address)


@pytest.fixture
def tab(kept_tab: tabs.Watched) -> Iterator[tabs.Watched]:
    """Provide a tab in its initial state, 1280 px wide; the test fails if the tab records a fault."""
    kept_tab.faults.clear()
    kept_tab.page.set_viewport_size(tabs.DESK)
    yield kept_tab
    faults = list(kept_tab.faults)
    kept_tab.forget()
    assert faults == []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Report once how many tests found no browser, with the command that installs one."""
    reasons = [str(one.longrepr) for one in terminalreporter.stats.get("skipped", [])]
    missing = [one for one in reasons if browsers.NONE in one]
    if missing:
        said = f"{len(missing)} tests were skipped, {browsers.NONE}: {browsers.command()}"
        terminalreporter.write_line(said, yellow=True)
