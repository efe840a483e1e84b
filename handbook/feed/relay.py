"""The loopback proxy (relay) between an unmodified client and the recorded responses.

It terminates TLS for every host of a known kind, with a certificate of a throw-away authority whose key stays
in memory. It refuses requests to other hosts and logs them. A client proves that it belongs to this run by a
secret in the proxy's URL. A client that ignores proxies connects with TLS directly, which is allowed only if
no other process can reach the port (`direct=True`).
"""

from __future__ import annotations

import base64
import errno
import hmac
import os
import secrets
import socket
import socketserver
import ssl
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

import trustme

from handbook.feed import hosts
from handbook.feed.http import Request, Response

App = Callable[[Request], Response]
_TLS_HANDSHAKE = 0x16
IDLE_SECONDS = 30


class RelayError(Exception):
    """The relay cannot start; the message gives the reason and the cure."""


@dataclass
class Relay:
    """A proxy on 127.0.0.1. Use it as a context manager; `app` answers the requests.

    log: every exchange, in the order of the responses. refused: requests to hosts that the relay does not
    know, or without this run's secret. tls_errors: hosts whose certificate a client did not accept.
    """

    app: App
    listening: socket.socket | None = None
    port: int = 0
    direct: bool = False
    log: list[tuple[Request, Response]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    tls_errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.secret = secrets.token_hex(16)
        self._authority = trustme.CA()
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """The proxy's URL with the secret of this run."""
        return f"http://relay:{self.secret}@127.0.0.1:{self.port}"

    @property
    def certificate(self) -> bytes:
        """The authority's certificate (PEM), which a client must trust."""
        return self._authority.cert_pem.bytes()

    def forget(self) -> None:
        """Empty the log and the lists before the next run."""
        self.log.clear()
        self.refused.clear()
        self.tls_errors.clear()

    def __enter__(self) -> Relay:
        try:
            self._server = _Server(self)
        except OSError as error:
            raise RelayError(
                f"127.0.0.1:{self.port} cannot be listened on ({error.strerror}): end the program that has "
                "the port, or leave the port out so that a free one is taken"
            ) from None
        self.port = self._server.socket.getsockname()[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def admits(self, header: str | None) -> bool:
        """Return whether a `Proxy-Authorization` header carries this run's secret."""
        expected = "Basic " + base64.b64encode(f"relay:{self.secret}".encode()).decode()
        return hmac.compare_digest((header or "").encode(), expected.encode())

    def context(self, host: str) -> ssl.SSLContext:
        """Return the TLS context with a certificate for one host, created on first use."""
        with self._lock:
            if host not in self._contexts:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.set_alpn_protocols(["http/1.1"])
                leaf = self._authority.issue_cert(host)
                _load_in_memory(context, leaf.private_key_and_cert_chain_pem.bytes())
                self._contexts[host] = context
            return self._contexts[host]

    def answer(self, request: Request) -> Response:
        """Let `app` answer and log the exchange; refuse and log a request to an unknown host."""
        if hosts.kind(request.host) == "other":
            self.refused.append(f"{request.method} {request.url}")
            return Response(403, "Forbidden")
        response = self.app(request)
        with self._lock:
            self.log.append((request, response))
        return response


def _load_in_memory(context: ssl.SSLContext, pem: bytes) -> None:
    """Load a key into a context; on Linux without a file on disk, although the API accepts only a path."""
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("certificate")
        try:
            os.write(handle, pem)
            context.load_cert_chain(f"/proc/self/fd/{handle}")
        finally:
            os.close(handle)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "certificate.pem"
        path.touch(0o600)
        path.write_bytes(pem)
        context.load_cert_chain(path)


class _Socket(ssl.SSLSocket):
    """A TLS connection that closes itself: `wrap_socket` leaves it open if the client has just reset it."""

    def __del__(self) -> None:
        self.close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        super().__init__(("127.0.0.1", relay.port), _Connection, bind_and_activate=False)
        if relay.listening is not None:
            self.socket.close()
            self.socket = relay.listening
            self.server_address = self.socket.getsockname()
            self.server_name, self.server_port = self.server_address[:2]
            return
        try:
            self.server_bind()
            self.server_activate()
        except OSError:
            self.server_close()
            raise

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent if a client hangs up; let the base class report any other error."""
        import sys

        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Connection(BaseHTTPRequestHandler):
    """One connection: plain HTTP until CONNECT, then TLS for the host that CONNECT names."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    # Send head and body in one packet: two cost 44 ms a request (Nagle and delayed acknowledgement).
    wbufsize = -1
    server: _Server

    def setup(self) -> None:
        self.authority = ""
        first = self.request.recv(1, socket.MSG_PEEK)
        if first and first[0] == _TLS_HANDSHAKE:
            self._start_tls(None)
        super().setup()

    def _start_tls(self, host: str | None) -> None:
        """Wrap the connection in TLS; without a host, use the server name in the client's hello."""
        relay = self.server.relay
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if host is None else relay.context(host)
        if host is None:
            context.sni_callback = self._choose
        context.sslsocket_class = _Socket
        try:
            self.request = self.connection = context.wrap_socket(self.request, server_side=True)
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionError) as error:
            # The client hung up without rejecting the certificate: uv drops the connections that it opened in
            # advance when it no longer needs them.
            raise ConnectionAbortedError from error
        except OSError as error:
            if error.errno != errno.ENOTCONN:  # it hung up before it saw a certificate
                relay.tls_errors.append(f"{host or self.authority or 'direct connection'}: {error}")
            raise ConnectionAbortedError from error
        self.authority = host or self.authority

    def _choose(self, wrapped: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        relay = self.server.relay
        if not relay.direct or not name or hosts.kind(name) == "other":
            relay.refused.append(f"direct TLS to {name}")
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        self.authority = name
        wrapped.context = relay.context(name)
        return None

    def finish(self) -> None:
        try:
            super().finish()
        finally:
            if isinstance(self.request, ssl.SSLSocket):
                self.request.close()

    def do_CONNECT(self) -> None:
        host, _, port = self.path.rpartition(":")
        relay = self.server.relay
        offered = self.headers.get("Proxy-Authorization")
        if not relay.admits(offered):
            if offered is not None:  # .NET sends the secret only after a challenge
                relay.refused.append(f"CONNECT {self.path} without the secret of this run")
            challenge = (("Proxy-Authenticate", 'Basic realm="relay"'),)
            self._send(Response(407, "Proxy Authentication Required", challenge))
            self.close_connection = True
            return
        if hosts.kind(host.lower()) == "other" or port != "443":
            relay.refused.append(f"CONNECT {self.path}")
            self._send(Response(403, "Forbidden"))
            self.close_connection = True
            return
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.wfile.flush()
        self._start_tls(host.lower())
        self.rfile = self.connection.makefile("rb", self.rbufsize)
        self.wfile = self.connection.makefile("wb", self.wbufsize)
        self.close_connection = False

    def _any(self) -> None:
        base = f"https://{self.authority}"
        if not self.authority and self.server.relay.direct and self.headers.get("Host") == hosts.METADATA:
            base = f"http://{hosts.METADATA}"
        elif not self.authority:
            # A plain http:// request through the proxy, which no other host of ours accepts.
            self.server.relay.refused.append(f"{self.command} {self.path}")
            self._send(Response(403, "Forbidden"))
            self.close_connection = True
            return
        target = self.path if urlsplit(self.path).scheme else f"{base}{self.path}"
        request = Request(self.command, target, tuple(self.headers.items()), self._body())
        self._send(self.server.relay.answer(request))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _any

    def _body(self) -> bytes:
        """Return the whole body; abort the connection if the client hangs up before the end."""
        if "chunked" not in (self.headers.get("Transfer-Encoding") or "").lower():
            return self._read(self.headers.get("Content-Length") or "0", 10)
        parts = []
        while part := self._read(self.rfile.readline().split(b";")[0], 16):
            parts.append(part)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(parts)

    def _read(self, size: str | bytes, base: int) -> bytes:
        try:
            wanted = int(size, base)
        except ValueError as error:
            raise ConnectionAbortedError("a body of unknown length") from error
        content = self.rfile.read(wanted)
        if len(content) < wanted:
            raise ConnectionAbortedError("half a body")
        return content

    def _send(self, response: Response) -> None:
        self.wfile.write(f"HTTP/1.1 {response.status} {response.reason}\r\n".encode("latin-1", "replace"))
        for name, value in response.headers:
            self.wfile.write(f"{name}: {value}\r\n".encode("latin-1", "replace"))
        self.wfile.write(f"Content-Length: {len(response.body)}\r\n\r\n".encode())
        if self.command != "HEAD":
            self.wfile.write(response.body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing, because the relay keeps its own log."""
