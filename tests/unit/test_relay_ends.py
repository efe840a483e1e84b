"""The relay's address, the end of a run, and clients that hang up."""

from __future__ import annotations

import socket

import pytest

from handbook.feed.relay import Relay, RelayError
from tests.unit.test_relay import SECONDS, asked, echo, refusal, through
from tests.unit.test_relay import relay as relay  # a fixture


def test_only_loopback_listens(relay: Relay) -> None:
    """The relay listens on 127.0.0.1 and on no other address of the machine."""
    assert relay._server.socket.getsockname() == ("127.0.0.1", relay.port)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", relay.port), SECONDS)


def test_taken_port_is_one_line(relay: Relay) -> None:
    """A port that another program uses is reported in one line with the address and the cure."""
    with pytest.raises(RelayError) as raised:
        Relay(echo, port=relay.port).__enter__()
    (line,) = str(raised.value).splitlines()
    assert line.startswith(f"127.0.0.1:{relay.port} cannot be listened on")
    assert "leave the port out so that a free one is taken" in line


def test_forget_empties(relay: Relay) -> None:
    """After `forget`, the relay remembers nothing of the previous run, and continues to serve."""
    refusal(relay, "example.com")
    with through(relay) as connection:
        asked(connection, "GET", "/before")
        relay.tls_errors.append("before")
        relay.forget()
        assert (relay.log, relay.refused, relay.tls_errors) == ([], [], [])
        asked(connection, "GET", "/after")
    assert [request.path for request, _ in relay.log] == ["/after"]


def test_hanging_up_is_no_tls_error(relay: Relay) -> None:
    """A client that disconnects before its handshake, as uv sometimes does, is not listed."""
    assert "200" in refusal(relay)
    with through(relay) as connection:
        assert asked(connection, "GET", "/a")
    assert relay.tls_errors == []
