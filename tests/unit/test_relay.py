"""The relay: who may use it, what it passes on, what it refuses, and what it never reveals."""

from __future__ import annotations

import base64
import builtins
import contextlib
import http.client
import io
import os
import socket
import ssl
import struct
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from handbook.feed import answers, hosts
from handbook.feed.http import Request, Response, on_one_line
from handbook.feed.relay import Relay, _Connection

FEED = hosts.FEED
HOSTS = {
    "feed": FEED,
    "file-store": answers.STORE_HOST,
    "identity": "login.microsoftonline.com",
    "public-index": hosts.public_hosts()[0],
}
SECONDS = 10


class Told(list):
    """A list to which another thread adds; `event` is set after the first entry."""

    def __init__(self) -> None:
        super().__init__()
        self.event = threading.Event()

    def append(self, entry: str) -> None:
        """Add the entry, then wake the waiting thread."""
        super().append(entry)
        self.event.set()


def echo(request: Request) -> Response:
    """Answer with the method, the URL and the size of the body."""
    return Response(200, "OK", (), f"{request.method} {request.url} {len(request.body)}".encode())


@pytest.fixture
def relay() -> Iterator[Relay]:
    """A relay whose app echoes."""
    with Relay(echo, tls_errors=Told()) as running:
        yield running


def trusting(relay: Relay) -> ssl.SSLContext:
    """Return a TLS context that trusts only the relay's authority."""
    return ssl.create_default_context(cadata=relay.certificate.decode())


def proof_of_run(relay: Relay, secret: str | None) -> dict[str, str]:
    """Return the header that carries a secret; "" for none, None for the right one."""
    word = base64.b64encode(f"relay:{relay.secret if secret is None else secret}".encode()).decode()
    return {"Proxy-Authorization": f"Basic {word}"} if secret != "" else {}


@contextlib.contextmanager
def through(
    relay: Relay, host: str = FEED, context: ssl.SSLContext | None = None
) -> Iterator[http.client.HTTPSConnection]:
    """Provide a client's connection through the proxy."""
    context = context or trusting(relay)
    connection = http.client.HTTPSConnection("127.0.0.1", relay.port, timeout=SECONDS, context=context)
    connection.set_tunnel(host, 443, proof_of_run(relay, None))
    with contextlib.closing(connection):
        yield connection


def asked(connection: http.client.HTTPConnection, method: str, path: str = "/", **more: object) -> str:
    """Send a request and return the body of the response."""
    connection.request(method, path, **more)
    return connection.getresponse().read().decode()


def refusal(relay: Relay, host: str = FEED, secret: str | None = None) -> str:
    """Return the head of the proxy's response to a CONNECT request."""
    target = host if ":" in host else f"{host}:443"
    lines = [f"{name}: {value}\r\n" for name, value in proof_of_run(relay, secret).items()]
    with socket.create_connection(("127.0.0.1", relay.port), SECONDS) as raw:
        raw.sendall(f"CONNECT {target} HTTP/1.1\r\n{''.join(lines)}\r\n".encode())
        return raw.recv(1000).decode().partition("\r\n\r\n")[0]


@pytest.mark.parametrize("kind", [kind for kind in hosts.KINDS if kind != "other"])
def test_each_kind_of_host_is_reached(relay: Relay, kind: str) -> None:
    """CONNECT with the secret reaches a host of each kind, with a certificate for only that host."""
    with through(relay, HOSTS[kind]) as connection:
        assert asked(connection, "GET", "/a?b=c") == f"GET https://{HOSTS[kind]}/a?b=c 0"
        assert connection.sock.getpeercert()["subjectAltName"] == (("DNS", HOSTS[kind]),)
    assert [(request.host, answer.status) for request, answer in relay.log] == [(HOSTS[kind], 200)]
    assert (relay.refused, relay.tls_errors) == ([], [])


def test_requests_works_unmodified(relay: Relay, tmp_path: Path) -> None:
    """An ordinary client needs only the proxy's URL and the authority's certificate."""
    authority = tmp_path / "authority.pem"
    authority.write_bytes(relay.certificate)
    with requests.Session() as session:
        session.trust_env, session.verify, session.proxies = False, str(authority), {"https": relay.url}
        assert session.get(f"https://{FEED}/a").text == f"GET https://{FEED}/a 0"


def test_system_authorities_do_not_vouch(relay: Relay) -> None:
    """A client that trusts only the system's authorities refuses the relay, and is listed with the host."""
    system, refuses = ssl.create_default_context(), pytest.raises(ssl.SSLCertVerificationError)
    with through(relay, context=system) as connection, refuses:
        connection.connect()
    assert relay.tls_errors.event.wait(SECONDS)
    assert [line.partition(": ")[0] for line in relay.tls_errors] == [FEED]
    assert relay.log == []


@pytest.mark.parametrize("secret", ["", "wrong", "é"])
def test_secret_is_needed(relay: Relay, secret: str) -> None:
    """CONNECT without the secret is answered 407 and ends there, and a wrong secret is also listed."""
    said = refusal(relay, secret=secret)
    assert "407" in said and 'Proxy-Authenticate: Basic realm="relay"' in said
    listed = [f"CONNECT {FEED}:443 without the secret of this run"] if secret else []
    assert (relay.refused, relay.log) == (listed, [])


OTHERS = ["example.com", f"{FEED}.example.com", f"x{FEED}", f"{FEED}:80", f"{FEED}:8443"]


@pytest.mark.parametrize("target", OTHERS)
def test_other_hosts_and_ports_are_refused(relay: Relay, target: str) -> None:
    """CONNECT to an unknown host, or to a port other than 443, is answered 403 and listed."""
    assert "403" in refusal(relay, target)
    assert (relay.refused, relay.log) == ([f"CONNECT {target if ':' in target else target + ':443'}"], [])


def test_plain_http_is_refused(relay: Relay) -> None:
    """A request for an http:// URL is answered 403 and listed, even for a known host."""
    with requests.Session() as session:
        session.trust_env, session.proxies = False, {"http": relay.url}
        assert session.get(f"http://{FEED}/a").status_code == 403
    assert (relay.refused, relay.log) == ([f"GET http://{FEED}/a"], [])


def test_another_host_inside_the_tunnel_is_refused(relay: Relay) -> None:
    """An absolute URL in a tunnel reaches no host that CONNECT would refuse."""
    with through(relay) as connection:
        connection.request("GET", "https://example.com/a")
        assert connection.getresponse().status == 403
    assert (relay.refused, relay.log) == (["GET https://example.com/a"], [])


def dialled(relay: Relay, host: str) -> ssl.SSLSocket:
    """Connect with TLS directly, like a client that ignores proxies."""
    plain = socket.create_connection(("127.0.0.1", relay.port), SECONDS)
    return trusting(relay).wrap_socket(plain, server_hostname=host)


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
def test_direct_tls_is_served_by_name(host: str) -> None:
    """If direct connections are allowed, the name in the client's hello selects certificate and host."""
    with Relay(echo, direct=True) as relay, dialled(relay, host) as client:
        connection = http.client.HTTPConnection(host)
        connection.sock = client
        assert asked(connection, "GET", "/a") == f"GET https://{host}/a 0"


@pytest.mark.parametrize(("direct", "host"), [(True, "example.com"), (False, FEED)])
def test_direct_tls_is_refused(direct: bool, host: str) -> None:
    """Without CONNECT, an unknown host is refused and listed, and without `direct` every host is."""
    with Relay(echo, direct=direct) as relay, pytest.raises(ssl.SSLError):
        dialled(relay, host)
    assert (relay.refused, relay.log) == ([f"direct TLS to {host}"], [])


@pytest.mark.parametrize(
    ("direct", "host", "answer"),
    [(True, "169.254.169.254", 200), (True, "example.com", 403), (False, "169.254.169.254", 403)],
)
def test_plain_http_is_for_a_machine_alone(direct: bool, host: str, answer: int) -> None:
    """Without TLS the relay answers for a machine's own service alone, and only without a proxy."""
    with Relay(echo, direct=direct) as relay:
        connection = http.client.HTTPConnection("127.0.0.1", relay.port, timeout=SECONDS)
        with contextlib.closing(connection):
            connection.request("GET", "/metadata", headers={"Host": host})
            assert connection.getresponse().status == answer
        assert len(relay.log) == (answer == 200)


def test_head_has_no_body_and_the_connection_goes_on(relay: Relay) -> None:
    """HEAD is answered with only the length, and further requests use the same connection."""
    with through(relay) as connection:
        connection.connect()
        connection.sock.sendall(b"HEAD /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\nConnection: close\r\n\r\n")
        received = b"".join(iter(lambda: connection.sock.recv(9999), b""))
    head, body = f"HEAD https://{FEED}/a 0", f"GET https://{FEED}/b 0"
    expected = [f"HTTP/1.1 200 OK\r\nContent-Length: {len(text)}\r\n\r\n" for text in (head, body)]
    assert received.decode() == "".join([*expected, body])
    with through(relay) as connection:
        assert [asked(connection, "GET", path) for path in ("/c", "/d")] == [
            f"GET https://{FEED}{path} 0" for path in ("/c", "/d")
        ]


@pytest.mark.parametrize(
    "given", [("Not\nFound", ()), ("OK", (("A", "b\r\nC: d"),)), ("OK", (("A\n", "b"),))]
)
def test_no_line_ends_inside_a_head(given: tuple[str, tuple[tuple[str, str], ...]]) -> None:
    """A response whose reason or header contains a line break cannot be made."""
    with pytest.raises(ValueError, match="^a line break in the head of a response: "):
        Response(404, *given)


def test_a_text_on_one_line() -> None:
    """A blank takes the place of each character that no head may contain, and nothing else changes."""
    assert on_one_line("Not\r\nFound\0, 'ä'") == "Not  Found , 'ä'"


def test_bodies_arrive_whole(relay: Relay) -> None:
    """A body arrives whole, whether its length is announced or it comes in chunks with a trailer."""
    whole = bytes(range(256)) * 999
    with through(relay) as connection:
        asked(connection, "POST", body=whole)
        asked(connection, "POST", body=iter([whole[:1], whole[1:70_000], whole[70_000:]]))
        connection.putrequest("POST", "/")
        connection.putheader("Transfer-Encoding", "Chunked")
        connection.endheaders(b"5;name=value\r\nhello\r\n0\r\nTrailer: x\r\n\r\n")
        connection.getresponse().read()
        assert asked(connection, "GET") == f"GET https://{FEED}/ 0"
    assert [request.body for request, _ in relay.log] == [whole, whole, b"hello", b""]


def test_many_connections_at_once(relay: Relay) -> None:
    """Sixteen connections are served at the same time."""
    together = threading.Barrier(16, timeout=SECONDS)

    def app(request: Request) -> Response:
        together.wait()
        return echo(request)

    def client(number: int) -> str:
        with through(relay, list(HOSTS.values())[number % len(HOSTS)]) as connection:
            return asked(connection, "GET", f"/{number}").split("/")[-1]

    relay.app = app
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(client, range(16))) == [f"{number} 0" for number in range(16)]
    assert (len(relay.log), relay.refused, relay.tls_errors) == (16, [], [])


def test_hanging_up_does_no_harm(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that hangs up at any point is not logged and breaks nothing, and the next one is served."""
    ended, shown = threading.Semaphore(0), io.StringIO()
    close = relay._server.shutdown_request
    monkeypatch.setattr(relay._server, "shutdown_request", lambda one: (close(one), ended.release()))
    monkeypatch.setattr("sys.stderr", shown)
    for said in [b"", b"CONN", f"CONNECT {FEED}:443 HTTP/1.1\r\n".encode(), b"\x16\x03"]:
        with socket.create_connection(("127.0.0.1", relay.port), SECONDS) as client:
            client.sendall(said)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        assert ended.acquire(timeout=SECONDS)
    chunked = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    announced = b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf"
    for said in [b"GET / HT", announced, chunked, chunked + b"5\r\nhe", chunked + b"5\r\nhello\r\n"]:
        with through(relay) as connection:
            connection.connect()
            connection.sock.sendall(said)
        assert ended.acquire(timeout=SECONDS)
    assert (relay.log, shown.getvalue()) == ([], "")
    with through(relay) as connection:
        assert asked(connection, "GET") == f"GET https://{FEED}/ 0"


@pytest.mark.parametrize("hello", [b"", b"\x16\x03"], ids=["tunnel", "direct"])
def test_a_reset_before_tls_is_no_fault(relay: Relay, monkeypatch: pytest.MonkeyPatch, hello: bytes) -> None:
    """A client that resets its connection before TLS begins rejects no certificate and leaves none open."""
    reset, ended = threading.Event(), threading.Event()
    start, close = _Connection._start_tls, relay._server.shutdown_request
    monkeypatch.setattr(_Connection, "_start_tls", lambda *given: (reset.wait(SECONDS), start(*given)))
    monkeypatch.setattr(relay._server, "shutdown_request", lambda one: (close(one), ended.set()))
    unclosed: list[object] = []
    monkeypatch.setattr("sys.unraisablehook", unclosed.append)
    with socket.create_connection(("127.0.0.1", relay.port), SECONDS) as client:
        if hello:
            client.sendall(hello)
        else:
            head = "".join(f"{name}: {value}\r\n" for name, value in proof_of_run(relay, None).items())
            client.sendall(f"CONNECT {FEED}:443 HTTP/1.1\r\n{head}\r\n".encode())
            assert client.recv(100).startswith(b"HTTP/1.1 200")
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    reset.set()
    assert ended.wait(SECONDS)
    assert (relay.tls_errors, unclosed) == ([], [])


def test_keys_never_reach_a_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No private key is written to a file or contained in the relay's logs."""
    opened, loaded, load = [], [], ssl.SSLContext.load_cert_chain

    def spy_load(context: ssl.SSLContext, path: str, *more: object) -> None:
        loaded.append(os.readlink(path))  # noqa: PTH115 - pathlib is spied on
        load(context, path, *more)

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", spy_load)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for module in (io, builtins, os):
        monkeypatch.setattr(module, "open", lambda *path, **_: opened.append(path))
    with Relay(echo) as relay, through(relay) as connection:
        asked(connection, "GET")
        remembered = repr((relay, relay.log, relay.refused, relay.tls_errors))
    assert loaded == ["/memfd:certificate (deleted)"]
    assert (opened, list(tmp_path.iterdir())) == ([], [])
    assert "PRIVATE KEY" not in remembered
    assert relay.secret not in remembered
