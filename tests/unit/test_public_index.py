"""The model of PyPI answers the clients' requests in the formats that they read."""

from __future__ import annotations

import hashlib
import json

import pytest
from pip._internal.models.index import PyPI

from handbook.feed import hosts, packages
from handbook.feed.http import Request, Response
from handbook.feed.public_index import PublicIndex
from handbook.feed.simple_page import links

INDEX, FILES = hosts.public_hosts()
OLD = packages.wheel("contoso-utils", "1.1.0", ">=3.9,<4", supplier="a stranger")
NEW = packages.wheel("contoso-utils", "9.9.9", supplier="a stranger")
IDNA = packages.wheel("idna", "3.11", supplier="PyPI")
JSON = "application/vnd.pypi.simple.v1+json"
HTML = "application/vnd.pypi.simple.v1+html"
BOTH = f"{JSON}, {HTML};q=0.2, text/html;q=0.01"


def ask(method: str, url: str, **headers: str) -> Response:
    """Send a request to an index with three files; underscores in header names become hyphens."""
    given = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return PublicIndex([OLD, NEW, IDNA])(Request(method, url, given))


def simple(accept: str = JSON, name: str = "contoso-utils") -> Response:
    """Request the page of a package."""
    return ask("GET", f"https://{INDEX}/simple/{name}/", Accept=accept)


def address(file: packages.File) -> str:
    """Return the URL that the index gives for a file."""
    entries = json.loads(simple(name=file.name).body)["files"]
    return next(entry["url"] for entry in entries if entry["filename"] == file.filename)


def test_host_names_are_pips() -> None:
    """The names of both hosts come from pip, and both are of the kind public-index."""
    assert (PyPI.netloc, PyPI.file_storage_domain) == (INDEX, FILES)
    assert [hosts.kind(name) for name in (INDEX, FILES, f"x.{INDEX}")] == ["public-index"] * 2 + ["other"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (JSON, JSON),
        (BOTH, JSON),
        (HTML, HTML),
        ("text/html", "text/html"),
        ("*/*", "text/html"),
        ("", "text/html"),
    ],
)
def test_form_of_the_page_follows_accept(accept: str, kind: str) -> None:
    """The page is JSON if the client accepts it, and HTML otherwise."""
    answer = simple(accept)
    assert (answer.status, answer.values("Content-Type")) == (200, [kind])
    assert answer.body.startswith(b"{" if kind == JSON else b"<!DOCTYPE html>")


def test_both_forms_say_the_same() -> None:
    """HTML and JSON list the same files with the same URLs, digests and Python versions."""
    entries = json.loads(simple().body)["files"]
    anchors = links(simple("text/html").body.decode())
    assert [entry["filename"] for entry in entries] == [OLD.filename, NEW.filename]
    assert [f"{entry['url']}#sha256={entry['hashes']['sha256']}" for entry in entries] == [
        anchor["href"] for anchor in anchors
    ]
    assert [entry["requires-python"] or "" for entry in entries] == [
        anchor["data-requires-python"] for anchor in anchors
    ]
    assert [f"sha256={entry['core-metadata']['sha256']}" for entry in entries] == [
        anchor["data-core-metadata"] for anchor in anchors
    ]


def test_json_page_has_what_the_specification_asks_for() -> None:
    """The JSON page has its version, the normalised name, the versions and each file's size."""
    page = json.loads(simple(name="Contoso.Utils").body)
    assert (page["meta"]["api-version"], page["name"]) == ("1.1", "contoso-utils")
    assert page["versions"] == ["1.1.0", "9.9.9"]
    assert [entry["size"] for entry in page["files"]] == [len(OLD.content), len(NEW.content)]


@pytest.mark.parametrize(
    ("path", "time"),
    [("simple/contoso-utils/", "upload-time"), ("pypi/contoso-utils/json", "upload_time_iso_8601")],
)
def test_every_file_has_its_time_and_none_is_yanked(path: str, time: str) -> None:
    """Both JSON formats give each file's upload time, which no feed does, and say that none is yanked."""
    page = json.loads(ask("GET", f"https://{INDEX}/{path}", Accept=JSON).body)
    entries = (
        page["files"] if "files" in page else [one for some in page["releases"].values() for one in some]
    )
    assert [(one[time], one["yanked"]) for one in entries] == [("2026-01-01T00:00:00.000000Z", False)] * 2


@pytest.mark.parametrize(
    ("path", "version", "filename"),
    [("", "9.9.9", NEW.filename), ("/1.1.0", "1.1.0", OLD.filename)],
    ids=["latest", "version"],
)
def test_json_api(path: str, version: str, filename: str) -> None:
    """The JSON API describes the newest version, or the requested one, with its files."""
    answer = ask("GET", f"https://{INDEX}/pypi/Contoso_Utils{path}/json")
    page = json.loads(answer.body)
    assert answer.values("Content-Type") == ["application/json"]
    assert (page["info"]["name"], page["info"]["version"]) == ("contoso-utils", version)
    assert [entry["filename"] for entry in page["urls"]] == [filename]
    assert set(page["releases"]) == {"1.1.0", "9.9.9"}
    file = OLD if version == "1.1.0" else NEW
    assert page["urls"][0]["digests"]["sha256"] == hashlib.sha256(file.content).hexdigest()
    assert page["urls"][0]["url"] == address(file)


@pytest.mark.parametrize(
    "path",
    [
        f"{INDEX}/",
        f"{INDEX}/simple/contoso-nothing/",
        f"{INDEX}/simple/",
        f"{INDEX}/pypi/contoso-nothing/json",
        f"{INDEX}/pypi/contoso-utils/2.0.0/json",
        f"{INDEX}/pypi/contoso-utils/",
        f"{FILES}/",
        f"{FILES}/packages/contoso_utils-2.0.0-py3-none-any.whl",
        f"{FILES}/packages/contoso_utils-2.0.0-py3-none-any.whl.metadata",
        f"{FILES}/simple/contoso-utils/",
        f"{hosts.FEED}/simple/contoso-utils/",
    ],
)
def test_unknown_is_not_found(path: str) -> None:
    """Anything that the index does not have is answered 404, on either host."""
    assert ask("GET", f"https://{path}", Accept=BOTH).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_changed(method: str) -> None:
    """A method other than GET and HEAD is answered 405."""
    assert ask(method, f"https://{INDEX}/simple/contoso-utils/").status == 405


@pytest.mark.parametrize("file", [OLD, NEW, IDNA], ids=lambda file: f"{file.name}-{file.version}")
def test_file_comes_back(file: packages.File) -> None:
    """A file is served whole by the file host, with ranges supported, at a URL that contains its digest."""
    answer = ask("GET", address(file))
    assert address(file).startswith(f"https://{FILES}/packages/")
    assert file.sha256 in address(file).replace("/", "")
    assert (answer.status, answer.body, answer.values("Accept-Ranges")) == (200, file.content, ["bytes"])
    assert ask("HEAD", address(file)).status == 200


SIZE = len(NEW.content)


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        ("bytes=0-9", 0, 9),
        ("bytes=5-", 5, SIZE - 1),
        ("bytes=-4", SIZE - 4, SIZE - 1),
        (f"bytes=1-{SIZE}", 1, SIZE - 1),
    ],
)
def test_part_of_a_file(span: str, first: int, last: int) -> None:
    """A range is answered 206 with exactly those bytes and their position."""
    answer = ask("GET", address(NEW), Range=span)
    assert (answer.status, answer.body) == (206, NEW.content[first : last + 1])
    assert answer.values("Content-Range") == [f"bytes {first}-{last}/{SIZE}"]


def test_range_after_the_end() -> None:
    """A range that starts after the last byte is answered 416 with the file's size."""
    answer = ask("GET", address(NEW), Range=f"bytes={SIZE}-")
    assert (answer.status, answer.values("Content-Range")) == (416, [f"bytes */{SIZE}"])


@pytest.mark.parametrize(
    "span", ["bytes=0-1,5-6", "lines=0-1", "bytes", "bytes=x-1", "bytes=1-x", "bytes=-", "bytes=9-8"]
)
def test_range_that_cannot_be_honoured(span: str) -> None:
    """For several ranges, another unit or no numbers, the answer is the whole file, as RFC 9110 allows."""
    answer = ask("GET", address(NEW), Range=span)
    assert (answer.status, answer.body) == (200, NEW.content)


@pytest.mark.parametrize("file", [OLD, NEW, IDNA], ids=lambda file: f"{file.name}-{file.version}")
def test_metadata_file_has_the_promised_digest(file: packages.File) -> None:
    """A wheel's metadata file has the digest that the page gives, and equals the metadata in the wheel."""
    entries = json.loads(simple(name=file.name).body)["files"]
    promised = next(
        entry["core-metadata"]["sha256"] for entry in entries if entry["filename"] == file.filename
    )
    answer = ask("GET", address(file) + ".metadata")
    assert hashlib.sha256(answer.body).hexdigest() == promised
    assert answer.body.decode().splitlines()[1:3] == [f"Name: {file.name}", f"Version: {file.version}"]
