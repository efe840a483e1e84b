"""`make record LIVE=`, run against the model under other names: nothing differs and nothing leaks."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from handbook.feed import credentials, packages, recording
from handbook.feed.http import Request, Response
from handbook.feed.reference_feed import ReferenceFeed
from handbook.feed.relay import Relay
from handbook.runner import run
from handbook.tools import record_live
from handbook.tools.live_scrub import LeakError, Scrubber
from tests.conftest import ROOT

NAMES = ("fabrikam-live", "secret-project", "wheels-of-fabrikam")
ADDRESS = "https://pkgs.dev.azure.com/fabrikam-live/secret-project/_packaging/wheels-of-fabrikam/pypi/simple/"
PLANTED = "fabrikam-engine"
FILES = [packages.wheel(PLANTED, "1.0.0"), packages.wheel(PLANTED, "1.1.0", ">=3.9")]


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    """Provide a feed with other names, reachable through its proxy, and a home without a .netrc."""
    token = secrets.token_hex(42)
    feed = ReferenceFeed(*NAMES, files=FILES, classify=credentials.classifier({token: "reader-read"}))
    with Relay(feed) as relay:
        certificate = tmp_path / "authority.pem"
        certificate.write_bytes(relay.certificate)
        monkeypatch.setenv("HTTPS_PROXY", relay.url)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("FEED_READER_READ_TOKEN", token)
        yield relay


def text_of(folder: Path) -> str:
    """Return the text of all files that were written."""
    return "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file())


def test_the_model_differs_from_itself_in_nothing(live: Relay, tmp_path: Path, capsys) -> None:
    """A feed that behaves like the model is recorded for both callers, and no difference is reported."""
    assert record_live.main([ADDRESS, PLANTED], tmp_path / "live") == 0
    assert capsys.readouterr().out.startswith("nothing differs from the model\n")
    [day] = (tmp_path / "live").iterdir()
    provenance = json.loads((day / "provenance.json").read_text())
    assert set(provenance) == {"none.yaml", "reader-read.yaml"}
    assert {one["grade"] for one in provenance.values()} == {"live"}
    assert all(one["recorded"] == day.name for one in provenance.values())
    assert {question.credential for question in recording.load(day.parent, [day.name])} == {
        "none",
        "reader-read",
    }


def test_nothing_of_the_feed_is_written(live: Relay, tmp_path: Path) -> None:
    """No file contains a name, GUID or token of the feed, and the file store was sent no credential."""
    assert record_live.main([ADDRESS, PLANTED], tmp_path / "live") == 0
    text = text_of(tmp_path / "live").lower()
    feed = live.app
    found = [*NAMES, PLANTED, PLANTED.replace("-", "_"), feed._project_id, feed._feed_id, FILES[0].sha256]
    assert [one for one in (*found, *record_live.tokens(dict(os.environ)).values()) if one in text] == []
    stored = [request for request, _ in live.log if "vsassets" in request.url]
    assert stored and not any(request.header("Authorization") for request in stored)


def test_only_reading_questions_are_asked(live: Relay, tmp_path: Path) -> None:
    """Each request is a GET or HEAD, below the address or at the target of a page's link."""
    record_live.main([ADDRESS, PLANTED], tmp_path / "live")
    assert {request.method for request, _ in live.log} == {"GET", "HEAD"}
    below = (ADDRESS, live.app.link(FILES[1]), "https://vsblob")
    assert [request.url for request, _ in live.log if not request.url.startswith(below)] == []


def test_a_feed_that_differs_is_told(live: Relay, tmp_path: Path, capsys) -> None:
    """A differing answer is reported in one line: the caller, the request, its fact, both answers."""
    model = live.app

    def other(request: Request) -> Response:
        answer = model(request)
        return Response(200, "OK", (("Content-Type", "text/html"),)) if request.url == ADDRESS else answer

    live.app = other
    record_live.main([ADDRESS, PLANTED], tmp_path / "live")
    line = "none, the page of all packages (test_index/test_root_page): status: '200'; the model: '401'"
    assert line in capsys.readouterr().out.splitlines()


def test_stopping_leaves_what_was_there(live: Relay, tmp_path: Path, monkeypatch, capsys) -> None:
    """A recording that is stopped before its end changes no file."""
    into = tmp_path / "live"
    record_live.main([ADDRESS, PLANTED], into)
    before = text_of(into)

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(record_live, "_put", stopped)
    assert record_live.main([ADDRESS, PLANTED], into) == 130
    assert text_of(into) == before
    assert capsys.readouterr().err == "record: stopped: nothing was recorded\n"


def test_a_certificate_that_is_not_trusted(live: Relay, tmp_path: Path, monkeypatch, capsys) -> None:
    """A feed whose certificate is not trusted gets no request."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    assert record_live.main([ADDRESS, PLANTED], tmp_path / "live") == 2
    assert "certificate is not trusted" in capsys.readouterr().err
    assert not (tmp_path / "live").exists() and live.log == []


@pytest.mark.parametrize(
    ("arguments", "variable", "error"),
    [
        (["https://az:word@pkgs.dev.azure.com/a/_packaging/b/pypi/simple/"], "", "holds a credential"),
        (["http://pkgs.dev.azure.com/a/_packaging/b/pypi/simple/"], "", "is not an https:// address"),
        (["simple"], "", "is not an https:// address"),
        (["https://pkgs.dev.azure.com/a/simple/?x"], "", "has a ? or a #"),
        ([ADDRESS, "../x"], "", "is not a package's name"),
        ([ADDRESS, PLANTED], "FEED_OWNER_TOKEN", "FEED_OWNER_TOKEN: names no class of a token"),
        ([ADDRESS], "", "name one that it holds with PACKAGE="),
    ],
)
def test_bad_input_is_one_line(
    live: Relay, tmp_path: Path, monkeypatch, capsys, arguments, variable, error
) -> None:
    """An unusable argument is reported in one line with the cure, and nothing is recorded."""
    if variable:
        monkeypatch.setenv(variable, "word")
    assert record_live.main(arguments, tmp_path / "live") == 2
    said = capsys.readouterr().err
    assert error in said and said.count("\n") == 1
    assert not (tmp_path / "live").exists()


@pytest.mark.parametrize(
    "leak", ["token-of-somebody", "fabrikam-engine", "2f4a1c1e-0000-4000-8000-000000000001"]
)
def test_the_last_look_finds_a_leak(leak: str) -> None:
    """A text with a token, a live name or a live GUID is not written."""
    with pytest.raises(LeakError):
        Scrubber(ADDRESS, PLANTED, ["token-of-somebody"]).check(f"body: '{leak}'")


def test_words_that_the_model_does_not_say_are_masked() -> None:
    """A sentence of the service keeps only the words that a phrase has."""
    scrubber = Scrubber(ADDRESS, PLANTED)
    assert scrubber.text("User 'Ada Lovelace' lacks permission") == "User '{any} {any}' lacks permission"


def test_each_question_names_its_fact() -> None:
    """Each request is one that a fact sends to the model."""
    known = {
        path.relative_to(ROOT / run.CASSETTES).with_suffix("").as_posix().partition("[")[0]
        for path in (ROOT / run.CASSETTES).rglob("*.yaml")
    }
    assert [one.fact for one in record_live.QUESTIONS if one.fact not in known] == []
