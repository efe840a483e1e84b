"""Send the facts' read-only requests to a real feed: `python3 -m handbook record ADDRESS [PACKAGE]`.

It publishes and deletes nothing. It requests only URLs below the address and those that the package's page
links to. A credential is sent only to the feed's own host, never to the file store. Nothing is written before
the last answer has arrived.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests
from vcr.request import Request as RecordedRequest
from vcr.serialize import serialize
from vcr.serializers import yamlserializer

from handbook.cases import names
from handbook.feed import credentials, hosts, packages, phrases
from handbook.feed.http import Request, Response
from handbook.feed.reference_feed import ReferenceFeed
from handbook.feed.simple_page import links
from handbook.tools.live_scrub import PACKAGE, LeakError, Scrubber

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "live"
MISSING = "contoso-nothing"
SECONDS = 60
MOST = 1 << 20  # the number of bytes of a body that are read
LOOPBACK = ("127.0.0.1", "localhost", "::1")
TOKEN = re.compile(r"FEED_([A-Z_]+)_TOKEN")
JSON = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.1, text/html;q=0.01"
HTTP = {"cache-control", "content-type", "location", "www-authenticate"}  # headers that every answer may have


class LiveError(Exception):
    """Nothing was recorded; the message is one line with the reason and the cure."""


@dataclass(frozen=True)
class Question:
    """One request, with the fact that sends it to the model.

    path: the part after the address; or link: and store:, the first file of the page and the target of its
    link.
    """

    what: str
    path: str
    fact: str
    method: str = "GET"
    accept: str = "*/*"
    span: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """The request's headers, without a credential."""
        return {"Accept": self.accept, **({"Range": self.span} if self.span else {})}


QUESTIONS = (
    Question("the page of a package", "{package}/", "test_index/test_page_is_two_lines_of_html"),
    Question("the same without its slash", "{package}", "test_index/test_page_without_final_slash"),
    Question(
        "the same in another spelling", "{other}/", "test_index/test_page_of_a_name_that_is_not_normalised"
    ),
    Question("the same after two slashes", "/{package}/", "test_index/test_page_after_two_slashes"),
    Question("the same as JSON", "{package}/", "test_index/test_page_is_html_whatever_is_asked", accept=JSON),
    Question("a package that nobody has", MISSING + "/", "test_index/test_unknown_package"),
    Question("the page of all packages", "", "test_index/test_root_page"),
    Question("a file", "link:", "test_download/test_download_redirects_to_the_file_store"),
    Question("HEAD on a file", "link:", "test_download/test_head_redirects", "HEAD"),
    Question(
        "a part of a file", "link:", "test_download/test_range_is_left_to_the_file_store", span="bytes=0-99"
    ),
    Question("the metadata beside a file", "link:.metadata", "test_download/test_no_metadata_file"),
    Question(
        "a part from the file store",
        "store:",
        "test_download/test_file_store_gives_a_part",
        span="bytes=0-99",
    ),
)


def anchors(answer: Response) -> list[dict[str, str]]:
    """Return the attributes of each link on a page."""
    return links(answer.body.decode("utf-8", "replace"))


def checked(address: str) -> str:
    """Return the address with a final slash, or raise LiveError if it must not be requested."""
    try:
        parts = urlsplit(address)
        local = parts.hostname in LOOPBACK
    except ValueError:
        parts, local = urlsplit(""), False
    if parts.username or parts.password or "@" in parts.netloc:
        raise LiveError("LIVE: the address holds a credential: take it out, and set FEED_<CLASS>_TOKEN")
    if parts.scheme != "https" and not (parts.scheme == "http" and local) or not parts.hostname:
        raise LiveError(
            "LIVE: is not an https:// address: copy the one that pip gets, which ends in /simple/"
        )
    if parts.query or parts.fragment:
        raise LiveError(
            "LIVE: the address has a ? or a #: copy the one that pip gets, which ends in /simple/"
        )
    return address.rstrip("/") + "/"


def tokens(environment: dict[str, str]) -> dict[str, str]:
    """Return the tokens that the environment contains, by class."""
    known = {
        one.upper().replace("-", "_"): one for one in credentials.CLASSES if one not in credentials.WITHOUT
    }
    found = {}
    for name, value in sorted(environment.items()):
        if match := TOKEN.fullmatch(name):
            if match[1] not in known:
                classes = ", ".join(f"FEED_{one}_TOKEN" for one in known)
                raise LiveError(f"{name}: names no class of a token: use one of {classes}")
            if value:
                found[known[match[1]]] = value
    return found


class Asker:
    """Sends requests to one feed as one caller; remembers the page's newest link and its target."""

    def __init__(self, address: str, package: str, token: str = "") -> None:
        self.address, self.package, self.token = address, package, token
        self.session = requests.Session()
        self.session.auth = lambda request: request  # else requests would send the credentials in a .netrc
        self.link = self.store = ""

    def target(self, question: Question) -> str:
        """Return the URL of a request, or "" if an earlier answer did not lead to it."""
        if question.path.startswith("link:"):
            return self.link + question.path.removeprefix("link:") if self.link else ""
        if question.path == "store:":
            return self.store
        other = self.package.replace("-", "_").title()
        return self.address + question.path.format(package=self.package, other=other)

    def ask(self, question: Question) -> Response:
        """Return the answer to a request; redirects are not followed."""
        url = self.target(question)
        own = urlsplit(url)[:2] == urlsplit(self.address)[:2]
        auth = (names.USER, self.token) if self.token and own and question.path != "store:" else None
        try:
            with self.session.request(
                question.method,
                url,
                headers=question.headers,
                auth=auth,
                allow_redirects=False,
                timeout=SECONDS,
                stream=True,
            ) as got:
                filed = question.path.startswith(("link:", "store:")) and got.status_code < 400
                body = b"" if filed else next(got.iter_content(MOST), b"")
                raw = tuple((name, value) for name, value in got.raw.headers.items())
                answer = Response(got.status_code, got.reason or "", raw, body)
        except requests.exceptions.SSLError:
            raise LiveError(
                "LIVE: the feed's certificate is not trusted: set REQUESTS_CA_BUNDLE to your company's roots"
            ) from None
        except requests.RequestException as error:
            cure = "check the address, and HTTPS_PROXY where your network needs a proxy"
            raise LiveError(f"LIVE: the feed cannot be reached ({type(error).__name__}): {cure}") from None
        if answer.status == 429:
            raise LiveError("LIVE: the feed asks to slow down (429): wait some minutes and try again")
        self._remember(question, answer, url)
        return answer

    def _remember(self, question: Question, answer: Response, url: str) -> None:
        if question == QUESTIONS[0] and answer.status == 200 and (found := anchors(answer)):
            self.link = urljoin(url, found[0].get("href", "")).partition("#")[0]
        if question.what == "a file" and (found := answer.values("Location")):
            self.store = urljoin(url, found[0])


def model(credential: str) -> dict[Question, Response]:
    """Return the model's answer to each request, for a caller of a class."""
    files = [packages.wheel(PACKAGE, "1.0.0"), packages.wheel(PACKAGE, "1.1.0", ">=3.9")]
    feed = ReferenceFeed(*names.EXAMPLES.values(), files=files)
    base, link = names.feed_base(*names.EXAMPLES.values()) + "simple/", feed.link(files[1])
    asker = Asker(base, PACKAGE)
    asker.link = link
    header = () if credential == "none" else (("Authorization", f"Bearer {credential}"),)
    asker.store = dict(feed(Request("GET", link, (("Authorization", "Bearer reader-read"),))).headers)[
        "Location"
    ]
    found = {}
    for question in QUESTIONS:
        more = (("Range", question.span),) if question.span else ()
        sent = () if question.path == "store:" else header
        found[question] = feed(Request(question.method, asker.target(question), (*sent, *more)))
    return found


def features(question: Question, answer: Response) -> Iterator[tuple[str, str]]:
    """Yield the features of an answer to compare, without names: status, type, sentence, the page's form."""
    yield "status", str(answer.status)
    kind = (answer.values("Content-Type") or [""])[0].partition(";")[0]
    if not question.path.startswith("store:"):
        yield "content type", kind or "none"
    for name in ("Cache-Control", "Accept-Ranges"):
        yield name, ", ".join(answer.values(name)) or "none"
    yield "ways to sign in", ", ".join(one.split()[0] for one in answer.values("WWW-Authenticate")) or "none"
    if answer.status in (301, 302, 303, 307, 308):
        yield "leads to", hosts.kind(urlsplit((answer.values("Location") or [""])[0]).hostname or "")
    if answer.status >= 400 and question.method != "HEAD":
        try:
            phrase = phrases.sentence(answer, question.method)
            yield "says", phrase.text if phrase else "nothing"
        except phrases.PhraseError:
            yield "says", "words that no phrase declares"
    if answer.status == 200 and question == QUESTIONS[0]:
        listed = anchors(answer)
        yield "lines of the page", str(len(answer.body.decode().strip().split("\n")))
        yield "attributes of its links", ", ".join(sorted({key for one in listed for key in one})) or "none"
        first = listed[0].get("href", "") if listed else ""
        yield "form of a link", "absolute" if urlsplit(first).scheme else "relative"
        yield "digest in a link", re.split(r"[=]", first.partition("#")[2])[0] or "none"


def compared(question: Question, live: Response, expected: Response) -> list[str]:
    """Return the differences between a live answer and the model's, one line each."""
    known = dict(features(question, expected))
    return [
        f"{what}: {value!r}; the model: {known.get(what, 'none')!r}"
        for what, value in features(question, live)
        if value != known.get(what, "none")
    ]


def written(asked: list[tuple[Question, Response]], credential: str) -> str:
    """Return the text of a cassette of scrubbed answers."""
    base = names.feed_base(*names.EXAMPLES.values())
    found: dict[str, list] = {"requests": [], "responses": []}
    for question, answer in asked:
        headers = question.headers
        if credential not in credentials.WITHOUT and question.path != "store:":
            headers["Authorization"] = credential
        path = question.path.format(package=PACKAGE, other="Contoso_Utils")
        url = f"{base}{path.replace(':', '/')}" if ":" in path else f"{base}simple/{path}"
        found["requests"].append(RecordedRequest(question.method, url, "", headers))
        kept: dict[str, list[str]] = {}
        for name, value in answer.headers:
            kept.setdefault(name, []).append(value)
        found["responses"].append(
            {
                "status": {"code": answer.status, "message": answer.reason},
                "headers": dict(sorted(kept.items())),
                "body": {"string": answer.body.decode()},
            }
        )
    return serialize(found, yamlserializer)


def record(address: str, package: str, environment: dict[str, str], into: Path) -> list[str]:
    """Send the requests as each caller, write a cassette for each; return the differences from the model."""
    callers = {**tokens(environment), "": ""}  # a caller that may read finds the links for the others
    scrubber = Scrubber(address, package, [one for one in callers.values() if one])
    texts, lines = {}, []
    link = store = ""
    for caller, token in callers.items():
        asker, asked, raw = Asker(address, package, token), [], []
        asker.link, asker.store = link, store
        for question in QUESTIONS:
            if asker.target(question):
                raw.append((question, asker.ask(question)))
        link, store = asker.link, asker.store
        credential = caller or ("anonymous" if raw[0][1].status == 200 else "none")
        expected = model(credential)
        for question, answer in raw:
            page = "html" in (answer.values("Content-Type") or [""])[0]
            keep = answer.status >= 400 or (page and question.path != "")  # drop the list of all packages
            scrubbed = scrubber.answer(answer, keep)
            asked.append((question, scrubbed))
            differing = compared(question, answer, expected[question])
            lines += [f"{credential}, {question.what} ({question.fact}): {one}" for one in differing]
        left = [one.what for one in QUESTIONS if one not in [question for question, _ in raw]]
        lines += [f"{credential}, {one}: not asked, no answer led there" for one in left]
        texts[f"{credential}.yaml"] = written(asked, credential)
    today = date.today().isoformat()
    provenance = {
        name: {"claim": f"what a live feed answers to {name[:-5]}", "grade": "live", "recorded": today}
        for name in texts
    }
    texts["provenance.json"] = json.dumps(provenance, indent=1, sort_keys=True) + "\n"
    for text in texts.values():
        scrubber.check(text)
    _put(texts, into / today)
    return lines


def _put(texts: dict[str, str], target: Path) -> None:
    """Write all files, and only then replace the existing ones."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".live-", dir=target.parent))
    try:
        for name, text in texts.items():
            (fresh / name).write_text(text, encoding="utf-8", newline="\n")
        fresh.chmod(0o755)
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def main(argv: list[str], into: Path = FOLDER) -> int:
    """Record a live feed, and print the differences from the model."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # when stopped, leave no partial recording
    try:
        address = checked(argv[0])
        package = argv[1] if len(argv) > 1 else first_package(address)
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", package):
            raise LiveError(f"PACKAGE={package}: is not a package's name: use one that the feed has")
        lines = record(address, package, dict(os.environ), into)
    except (LiveError, LeakError) as error:
        print(f"record: {error}: nothing was recorded", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("record: stopped: nothing was recorded", file=sys.stderr)
        return 130
    print("\n".join(lines or ["nothing differs from the model"]))
    print(f"{into / date.today().isoformat()}: read it before you hand it on")
    return 0


def first_package(address: str) -> str:
    """Return the first package that the page of all packages links to, or raise LiveError."""
    root = Asker(address, PACKAGE).ask(next(one for one in QUESTIONS if one.path == ""))
    found = [one["href"].rstrip("/").rpartition("/")[2] for one in anchors(root) if one.get("href")]
    if not found:
        raise LiveError("LIVE: the feed does not list its packages: name one that it holds with PACKAGE=")
    return found[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
