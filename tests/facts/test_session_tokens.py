"""Facts for keyring: the index without its final slash, and the exchange of a token for a session token."""

from __future__ import annotations

import pytest

from tests.conftest import Asker
from tests.facts.fact import fact

pytestmark = pytest.mark.vcr
EXCHANGE = "_apis/Token/SessionTokens?api-version=5.0-preview.1"


def exchange(feed: Asker, credential: str):
    """Ask for a session token at the URL that the feed's 401 names, as Microsoft's clients do."""
    endpoint = feed.ask("GET", "simple/", "none").headers["X-VSS-AuthorizationEndpoint"]
    header = {"Authorization": f"Bearer {credential}"}
    return feed.session.post(endpoint + EXCHANGE, headers=header, allow_redirects=False)


@fact(inferred="unknown; to Microsoft's keyring backend 200, 404 and 405 mean the same there: open")
@pytest.mark.parametrize(
    ("path", "credential"),
    [("simple", "reader-read"), ("upload/", "contributor-write"), ("upload", "contributor-write")],
    ids=["index", "upload", "upload-without-slash"],
)
def test_address_that_keyring_tries(feed: Asker, path: str, credential: str) -> None:
    """The URLs on which keyring tries a valid token are open: neither 401 nor 403."""
    assert feed.ask("GET", path, credential).status_code in (200, 405)


@fact(inferred="as any page; Microsoft's keyring backend takes a 401 or 403 there for a closed feed")
def test_index_without_its_slash_is_closed(feed: Asker) -> None:
    """The index without its final slash is closed without a credential as well."""
    assert feed.ask("GET", "simple", "none").status_code == 401


@fact("session-token-exchange")
def test_token_becomes_a_session_token(feed: Asker) -> None:
    """A token can be exchanged for a session token, which clients read as `token` in the JSON."""
    answer = exchange(feed, "reader-read")
    assert (answer.status_code, set(answer.json())) == (200, {"validTo", "token"})


@fact(inferred="artifacts-keyring-nofuss 1.3.3 has a message for a 401 there; no capture")
@pytest.mark.parametrize("credential", ["wrong", "expired"])
def test_refused_token_gets_no_session(feed: Asker, credential: str) -> None:
    """A token that opens nothing cannot be exchanged: 401."""
    assert exchange(feed, credential).status_code == 401
