"""Fixtures that the tests share, mainly for asking the feed; `handbook.runner.plugin` runs the cases."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from handbook.cases import machine, names, version_record
from handbook.cases.case import CaseError, all_cases
from handbook.cases.clients import ClientError
from handbook.feed import packages, recording
from handbook.feed.examples import FILES, ONLY_HERE, SAVED, UPSTREAM, WITH_COMMAND, WITH_REQUIREMENT
from handbook.feed.reference_feed import ReferenceFeed
from handbook.feed.relay import Relay
from handbook.feed.simple_page import links
from handbook.tools import environments
from tests import speed

pytest_plugins = ["handbook.runner.plugin", "tests.pages.built"]
ROOT = Path(__file__).parents[1]
GREETING = ROOT / "snippets" / "uv" / "build-package"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option for the folder into which facts are recorded."""
    parser.addoption("--cassettes", default=str(ROOT / "tests" / "cassettes"), help="folder of the cassettes")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the tests that need the Windows clients to `make windows`."""
    if collection_path.name == "windows" and config.getoption("--system") != machine.WINE_NAME:
        return True
    return None


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers; ignore a company's own settings, which these tests do not cover."""
    os.environ["HANDBOOK_COMPANY"] = "off"
    for kind in [] if records(config) else names.EXAMPLES:
        os.environ.pop(f"HANDBOOK_{kind}", None)
    speed.hide_what_is_missing()
    config.addinivalue_line("markers", "fact(evidence, inferred, grade): one fact about the feed")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print how many cases have no current version record. None of them fails: its page just has no range."""
    if hasattr(config, "workerinput") or config.getoption("--case") or records(config):
        return
    try:
        cases = all_cases(ROOT)
        number = sum(version_record.stale(ROOT, cases).values())
    except (CaseError, ClientError, version_record.RecordError) as error:
        terminalreporter.write_line(str(error), red=True)
    else:
        terminalreporter.write_line(f"{number} of {len(cases)} cases have no current version record")


def pytest_recording_configure(config: pytest.Config, vcr: object) -> None:
    """Match a replayed request by its credential class and uploaded file as well."""
    vcr.register_matcher(
        "credential", lambda a, b: a.headers.get("Authorization") == b.headers.get("Authorization")
    )
    vcr.register_matcher("upload", lambda a, b: (a.body or b"") == (b.body or b""))


@pytest.fixture(scope="module")
def vcr_config() -> dict[str, object]:
    """Return what is written to a cassette, and what distinguishes two requests."""
    return {
        "before_record_request": recording.scrub_request,
        "before_record_response": recording.scrub_response,
        "decode_compressed_response": True,
        "match_on": ["method", "uri", "credential", "upload"],
    }


@pytest.fixture(scope="module")
def vcr_cassette_dir(request: pytest.FixtureRequest) -> str:
    """Keep each module's cassettes in a folder with the module's name."""
    return str(Path(request.config.getoption("--cassettes")) / request.module.__name__.rpartition(".")[2])


def records(config: pytest.Config) -> bool:
    """Return whether this run records the feed instead of playing the recording."""
    return config.getoption("--record-mode") == "rewrite"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run the longest tests first; when recording the feed, write each folder's provenance file."""
    items.sort(key=speed.rank)
    if not records(config):
        return
    known: dict[str, dict[str, object]] = {}
    for item in items:
        marker = item.get_closest_marker("fact")
        if marker:
            module = item.module.__name__.rpartition(".")[2]
            entry = {"claim": item.function.__doc__, "recorded": "reference feed", **marker.kwargs}
            known.setdefault(module, {})[f"{item.name}.yaml"] = entry
    for module, entries in known.items():
        folder = Path(config.getoption("--cassettes")) / module
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(entries, indent=1, sort_keys=True) + "\n"
        (folder / "provenance.json").write_text(text, encoding="utf-8", newline="\n")


@dataclass
class Asker:
    """Sends requests to the feed with `requests`, under a fixed user name and with a credential class."""

    session: requests.Session
    base: str

    def ask(
        self,
        method: str,
        url: str,
        credential: str = "reader-read",
        accept: str = "*/*",
        span: str = "",
        **more: object,
    ) -> requests.Response:
        """Return the response; `url` follows `…/pypi/` unless it is absolute. Redirects are not followed."""
        headers = {"Accept": accept, **({"Range": span} if span else {})}
        auth = None if credential == "none" else (names.USER, credential)
        target = url if url.startswith("https:") else self.base + url
        return self.session.request(method, target, headers=headers, auth=auth, allow_redirects=False, **more)

    def link(self, filename: str, credential: str = "reader-read") -> str:
        """Return the URL of a file on the package's page, without the digest."""
        package = packages.from_filename(filename).name.replace("_", "-")
        page = self.ask("GET", f"simple/{package}/", credential)
        return next(a["href"] for a in links(page.text) if filename in a["href"]).partition("#")[0]

    def upload(
        self,
        filename: str,
        content: bytes = b"",
        credential: str = "contributor-write",
        path: str = "upload/",
        **fields: str,
    ) -> requests.Response:
        """Upload a file as twine does: the core metadata version is the file's own."""
        file = packages.from_filename(filename)
        form = {
            ":action": "file_upload",
            "protocol_version": "1",
            "metadata_version": packages.metadata_version(filename, content or file.content),
            "name": file.name.replace("_", "-"),
            "version": file.version,
            "filetype": "bdist_wheel" if filename.endswith(".whl") else "sdist",
            **fields,
        }
        part = {"content": (filename, content or file.content)}
        return self.ask("POST", path, credential, data=form, files=part)


def reference(**changes: object) -> ReferenceFeed:
    """Return a new reference feed with the examples' packages, under the names that are set."""
    known = {
        "organization": names.ORGANIZATION,
        "project": names.PROJECT,
        "feed": names.FEED,
        "files": [*FILES, ONLY_HERE, WITH_COMMAND, WITH_REQUIREMENT],
        "upstream": UPSTREAM,
        "saved": [SAVED.filename],
    }
    return ReferenceFeed(**(known | changes))


@pytest.fixture(scope="session")
def recorder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """Provide the session for the facts; it is connected to the reference feed if this run records."""
    session = requests.Session()
    session.trust_env = False
    if not records(request.config):
        yield session, None
        return
    with Relay(reference()) as relay:
        certificate = tmp_path_factory.mktemp("authority") / "authority.pem"
        certificate.write_bytes(relay.certificate)
        session.verify, session.proxies = str(certificate), {"https": relay.url}
        yield session, relay


@pytest.fixture
def feed(recorder, request: pytest.FixtureRequest) -> Asker:
    """Provide access to a new feed; a module can set FEED_CHANGES for the feed as it was in the past."""
    session, relay = recorder
    if relay:
        relay.app = reference(**getattr(request.module, "FEED_CHANGES", {}))
    return Asker(session, names.feed_base(names.ORGANIZATION, names.PROJECT, names.FEED))


@pytest.fixture(scope="session")
def greeting(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Build the tutorial's package with the real uv; return file name and content, wheel first."""
    target = tmp_path_factory.mktemp("greeting")
    command = [
        environments.program("uv", "uv", ROOT),
        "build",
        "--quiet",
        "--offline",
        "--out-dir",
        target,
        GREETING,
    ]
    subprocess.run(command, check=True, env={"PATH": os.environ["PATH"], "HOME": str(target)})
    built = sorted(target.glob("contoso_greeting-*"), key=lambda path: path.suffix != ".whl")
    return {path.name: path.read_bytes() for path in built}


@pytest.fixture(autouse=True)
def usual_windows():
    """A test doesn't depend on whether Windows is required or left out where it runs."""
    with pytest.MonkeyPatch.context() as patch:  # its own: a test's must end before the test's folder does
        patch.delenv(machine.WINDOWS, raising=False)
        yield
