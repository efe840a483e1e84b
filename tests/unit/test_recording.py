"""The recording: what is written, what is refused on reading, and how it is played back."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from vcr.request import Request as Recordable

from handbook.cases.names import feed_base
from handbook.feed import answers, credentials, packages, recording
from handbook.feed.http import Request, Response
from handbook.feed.recording import Player, Question, Recorded, RecordingError
from handbook.runner.run import today
from tests.conftest import ROOT

CASSETTES = ROOT / "tests" / "cassettes"
BASE = feed_base("contoso", "platform", "python-internal")
PAGE = BASE + "simple/contoso-utils/"
NEXT = packages.from_filename("contoso_utils-1.2.0-py3-none-any.whl")
HELD = packages.wheel("contoso-utils", "1.1.0", ">=3.9")


# Recording again gives the same bytes


def differences(kept: Path, fresh: Path) -> list[str]:
    """Return the differences between two folders of cassettes, one line per file."""
    old, new = ({path.relative_to(one).as_posix(): path for path in one.glob("*/*")} for one in (kept, fresh))
    found = [f"missing, the feed says it: {name}" for name in new.keys() - old.keys()]
    found += [f"extra, no fact records it: {name}" for name in old.keys() - new.keys()]
    both = old.keys() & new.keys()
    found += [f"differs: {name}" for name in both if old[name].read_bytes() != new[name].read_bytes()]
    return sorted(found)


def record(folder: Path, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Record facts into `folder/cassettes` in a separate process."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "HANDBOOK_"))}
    command = [sys.executable, "-m", "pytest", "tests/facts", "--record-mode=rewrite", "-p", "no:xdist"]
    command += [f"--cassettes={folder / 'cassettes'}", f"--basetemp={folder / 'base'}", *options]
    command += ["-o", f"cache_dir={folder / 'cache'}"]
    environment = clean | variables
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)


def test_recording_is_what_the_reference_feed_says(tmp_path: Path) -> None:
    """Recording all facts again gives the cassettes byte for byte; any other file is named."""
    result = record(tmp_path)
    assert result.returncode == 0, result.stdout
    assert differences(CASSETTES, tmp_path / "cassettes") == []


def test_edited_reference_feed_is_named(tmp_path: Path) -> None:
    """An edit of the reference feed that no fact asserts shows as a difference in the facts that see it."""
    edit = "from handbook.feed import answers\nanswers.NO_STORE = ('Cache-Control', 'no-cache')\n"
    (tmp_path / "edited.py").write_text(edit)
    name = "test_file_store_gives_the_file"
    record(tmp_path, "-k", name, "-p", "edited", PYTHONPATH=str(tmp_path)).check_returncode()
    named = [line for line in differences(CASSETTES, tmp_path / "cassettes") if name in line]
    recorded = sorted((tmp_path / "cassettes").glob("*/*.yaml"))
    assert len(recorded) >= 2
    assert named == [f"differs: {path.parent.name}/{path.name}" for path in recorded]


def test_each_kind_of_difference_is_named(tmp_path: Path) -> None:
    """An edited byte, a removed file and an added file are each named, and equal folders do not differ."""
    kept, fresh = tmp_path / "kept", tmp_path / "fresh"
    for folder in (kept, fresh):
        shutil.copytree(CASSETTES / "test_before", folder / "test_before")
    assert differences(kept, fresh) == []
    first, second, *_ = sorted((kept / "test_before").glob("*.yaml"))
    content = first.read_bytes()
    first.write_bytes(content[:-2] + b"2\n")
    assert differences(kept, fresh) == [f"differs: test_before/{first.name}"]
    first.write_bytes(content)
    second.rename(second.with_name("test_renamed.yaml"))
    assert differences(kept, fresh) == [
        "extra, no fact records it: test_before/test_renamed.yaml",
        f"missing, the feed says it: test_before/{second.name}",
    ]


# What no cassette may contain


VOLATILE = ("date", "server", "set-cookie", "cookie", "user-agent")
UPLOAD_FORM = r"(?i)multipart/form-data|boundary=|Content-Disposition: form-data"


def improper(text: str) -> list[str]:
    """Return what a cassette contains although it must not."""
    found = [key for key in re.findall(r"^(\w+):", text, re.M) if key not in ("interactions", "version")]
    for name, value in re.findall(r"^ *([\w-]+): *\n *- (.*)$", text, re.M):
        credential = name.lower() == "authorization" and value not in credentials.CLASSES
        found += [name] if credential or name.lower() in VOLATILE else []
    return found + re.findall(UPLOAD_FORM, text)


def test_cassettes_hold_nothing_volatile_or_secret() -> None:
    """No cassette has a metadata key, a credential, a volatile header or an upload's form."""
    paths = sorted(CASSETTES.rglob("*.yaml"))
    assert len(paths) >= 60
    assert {path.name: found for path in paths if (found := improper(path.read_text()))} == {}


GOOD = (CASSETTES / "test_upload" / "test_upload_is_accepted.yaml").read_text()


IMPROPER = {
    "version: 1": "metadata:\n  why: none\nversion: 1",
    "- contributor-write": "- Basic something",
    "headers: {}": "headers:\n      Date:\n      - today",
    "    headers: {}": "    headers:\n      server:\n      - x",
    "body: '": "body: 'Content-Disposition: form-data; ",
    "Accept:\n      - '*/*'": "Content-Type:\n      - x; boundary=y",
}


@pytest.mark.parametrize(("old", "new"), IMPROPER.items())
def test_each_impropriety_is_detected(old: str, new: str) -> None:
    """Each kind of content that a cassette must not have is found."""
    assert improper(GOOD) == []
    assert len(improper(GOOD.replace(old, new))) == 1


# Reading


def refused(folder: Path) -> str:
    """Load a folder that must be refused; return the one-line message, which ends with the cure."""
    with pytest.raises(RecordingError) as raised:
        recording.load(folder, ["part"])
    (line,) = str(raised.value).splitlines()
    assert line.endswith("`make record`")
    return line


def test_missing_folder_is_named(tmp_path: Path) -> None:
    """A folder without a cassette is named."""
    assert refused(tmp_path).startswith(f"{tmp_path / 'part'}: no cassette")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "interactions: [",
        "- request",
        "- request: {}\n",
        "one: two\n",
        "interactions: null\nversion: 1\n",
        "interactions: []\nversion: 1\n",
        "interactions:\n- request: {}\n  response: {}\nversion: 1\n",
        "interactions:\n- no\nversion: 1\n",
        "!!python/object:os.system {}",
        GOOD.replace("code: 200", "code: ok"),
        GOOD.replace("status:", "state:"),
        *("".join(GOOD.splitlines(keepends=True)[:end]) for end in range(1, len(GOOD.splitlines()))),
        GOOD.replace("OK", "\xff"),
    ],
    ids=lambda text: str(len(text)),
)
def test_broken_cassette_is_named(tmp_path: Path, text: str) -> None:
    """A cassette that is not YAML, ends too early or has another structure or encoding is named."""
    path = tmp_path / "part" / "test_broken.yaml"
    path.parent.mkdir()
    path.write_text(text, encoding="latin-1")
    assert refused(tmp_path).startswith(f"{path}: broken cassette (")


def test_two_answers_to_one_question(tmp_path: Path) -> None:
    """Two different answers to one request are refused with the request and both cassettes."""
    (tmp_path / "part").mkdir()
    for name in ("test_one.yaml", "test_other.yaml"):
        (tmp_path / "part" / name).write_text(GOOD)
    (found,) = recording.load(tmp_path, ["part"]).values()
    assert found.cassettes == found.about == ["part/test_one.yaml", "part/test_other.yaml"]
    for old, new in {"code: 200": "code: 202", "string: ''": "string: 'x'", "sha256=4": "sha256=5"}.items():
        (tmp_path / "part" / "test_other.yaml").write_text(GOOD.replace(old, new))
        line = refused(tmp_path)
        assert line.startswith(f"{tmp_path / 'part' / 'test_other.yaml'}: answers POST {BASE}upload/ of ")
        assert "otherwise than part/test_one.yaml does" in line


# Writing


def published(file: packages.File = NEXT, credential: str = "contributor-write") -> Request:
    """Return an upload as twine sends it."""
    form = {
        "data": {"name": "contoso-utils", "metadata_version": "2.1"},
        "files": {"content": (file.filename, file.content)},
    }
    sent = requests.Request("POST", BASE + "upload/", auth=("az", credential), **form).prepare()
    return Request(sent.method, sent.url, tuple(sent.headers.items()), sent.body)


@pytest.mark.parametrize("user", ["az", ""])
def test_scrubbing_twice_is_scrubbing_once(user: str) -> None:
    """Scrubbing is idempotent: it keeps three headers, the credential's class and an upload's digest."""
    sent = published(credential="contributor-write" if user else "unknown")
    more = {"Accept": "*/*", "range": "bytes=0-", "User-Agent": "x", "Cookie": "y", "X-Id": "z"}
    request = Recordable(sent.method, sent.url, sent.body, dict(sent.headers) | more)
    known = "contributor-write" if user else "wrong"
    for _ in range(2):
        request = recording.scrub_request(request)
        assert request.headers == {"Accept": "*/*", "Range": "bytes=0-", "Authorization": known}
        assert request.body == f"{NEXT.filename} sha256={NEXT.sha256} metadata=2.1\n".encode()
    kept = {"Location": ["x"], "X-Id": ["y"]}
    once = recording.scrub_response({"headers": {"Server": ["s"], "DATE": ["d"], **kept}, "body": {}})
    assert once == recording.scrub_response(once) == {"headers": kept, "body": {}}


# Playing


@pytest.fixture(scope="module")
def recorded() -> dict[Question, Recorded]:
    """Today's recording."""
    return recording.load(CASSETTES, today(CASSETTES))


@pytest.fixture
def player(recorded: dict[Question, Recorded]) -> Player:
    """A player of today's recording, in which each class is its own token."""
    return Player(recorded, credentials.self_named())


def get(url: str, credential: str = "reader-read", method: str = "GET", **headers: str) -> Request:
    """Return a request with a credential of a class."""
    token = (("Authorization", f"Bearer {credential}"),) if credential != "none" else ()
    return Request(method, url, (*token, *headers.items()))


def test_unrecorded_question_is_named(player: Player) -> None:
    """A request that was never recorded is answered 404 and listed with method, URL and class."""
    for request, name in [
        (get(BASE + "simple/nothing/"), f"GET {BASE}simple/nothing/ [reader-read]"),
        (get(PAGE, "none", "DELETE"), f"DELETE {PAGE} [none]"),
        (get(f"https://{answers.STORE_HOST}/x", "none"), f"GET https://{answers.STORE_HOST}/x [none]"),
    ]:
        answer = player(request)
        assert (answer.status, answer.body) == (404, f"not in the recording: {name}\n".encode())
        assert player.missed.pop() == name
    assert (player.consumed, player.rests_on) == (set(), set())


def test_class_and_not_the_token_decides(player: Player) -> None:
    """The credential class determines the answer, whatever the user name and the scheme."""
    statuses = {name: player(get(PAGE, name)).status for name in credentials.CLASSES}
    closed = {"none": 401, "wrong": 401, "expired": 401, "no-role": 403, "other-organization": 401}
    assert statuses == dict.fromkeys(credentials.CLASSES, 200) | closed
    assert player(get(PAGE, "a word that nobody knows")).status == 401
    assert player.missed == []


def test_upload_changes_what_is_answered(recorded: dict[Question, Recorded], player: Player) -> None:
    """After an upload, the listing recorded after it is returned, and a second upload is refused."""
    before, after = Response(200, "OK", (), b"before"), Response(200, "OK", (), b"after")
    listing = Question("GET", PAGE, "contributor-write", frozenset([NEXT.filename]))
    first = Question("GET", PAGE, "contributor-write")
    player.recorded = {**recorded, first: Recorded(before), listing: Recorded(after)}
    assert player(get(PAGE, "contributor-write")) == before
    assert [player(published()).status, player(get(PAGE, "contributor-write")).body] == [200, b"after"]
    assert player(published()).status == 409
    assert player.missed == []


def test_another_file_under_a_recorded_name_is_refused(player: Player) -> None:
    """An upload whose bytes are not the recorded ones is answered 404, listed, and not accepted."""
    other = packages.File(NEXT.name, NEXT.version, NEXT.filename, NEXT.content + b"x")
    assert player(published(other)).status == 404
    reason = f"of {NEXT.filename} [contributor-write]: another file of that name was recorded"
    assert player.missed == [f"POST {BASE}upload/ {reason}"]
    assert player.uploaded == frozenset()


def test_another_metadata_version_is_refused(player: Player) -> None:
    """An upload that says another core metadata version than the recorded one is answered 404, and listed."""
    sent = published()
    other = replace(sent, body=sent.body.replace(b"\r\n2.1\r\n", b"\r\n2.5\r\n"))
    assert player(other).status == 404
    reason = f"of {NEXT.filename} [contributor-write]: another core metadata version was recorded"
    assert player.missed == [f"POST {BASE}upload/ {reason}"]


def test_only_the_file_store_is_cut(player: Player) -> None:
    """HEAD and parts of a stored file are cut from its GET and logged as such; a page is never cut."""
    stored = dict(answers.redirect(HELD).headers)["Location"]
    head, part = player(get(stored, "none", "HEAD")), player(get(stored, "none", Range="bytes=1-3"))
    assert (head.status, head.body) == (200, HELD.content)
    assert (part.status, part.body) == (206, HELD.content[1:4])
    assert part.values("Content-Range") == [f"bytes 1-3/{len(HELD.content)}"]
    assert player.cut == [f"HEAD {stored} [none] (head)", f"GET {stored} [none] (range)"]
    assert player(get(PAGE, Range="bytes=1-3")) == player(get(PAGE))
    assert player(get(stored, "none")).body == HELD.content
    assert (len(player.cut), player.missed) == (2, [])


def test_account_is_kept_of_cassettes(player: Player) -> None:
    """Each answer adds the cassettes that contain it, and rests on those that are about it."""
    player(get(BASE + "simple/contoso-nothing/"))
    assert len(player.rests_on & player.consumed) == 1
    assert all((CASSETTES / name).is_file() for name in player.consumed)
