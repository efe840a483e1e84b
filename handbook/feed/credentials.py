"""Credential classes: what a credential may do, never the credential."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping

ROLES = ("reader", "collaborator", "contributor")
SCOPES = ("read", "write")
# Without a token a caller is of the class none at a private feed, of the class anonymous at a public one.
WITHOUT = ("none", "anonymous")
CLASSES = (
    *WITHOUT,
    "wrong",
    "expired",
    "no-role",
    *(f"{role}-{scope}" for role in ROLES for scope in SCOPES),
)

Classify = Callable[[str | None], str]


def classifier(secrets: Mapping[str, str], unknown: str = "wrong", without: str = "none") -> Classify:
    """Return a function from an `Authorization` header to its credential class.

    `secrets` maps each known token to its class; any other is of class `unknown`, a request without one of
    class `without`. The feed takes the
    token from the password of Basic authentication whatever the user name is (Microsoft's REST
    specification, "Use any value for the user name and the token as the password"), and from Bearer. Where
    the password is empty it takes the user name for the token; on that sources disagree.
    """

    def classify(header: str | None) -> str:
        if header is None:
            return without
        scheme, _, value = header.partition(" ")
        if scheme.lower() == "bearer":
            return secrets.get(value.strip(), unknown)
        try:
            user, _, password = base64.b64decode(value.strip(), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return unknown
        if password:
            return secrets.get(password, unknown)
        return secrets.get(user) or secrets.get("", unknown)

    return classify


def user_name(header: str | None) -> str | None:
    """Return the user name of Basic authentication, None where there is none to read."""
    return _basic(header)[0]


def password(header: str | None) -> str | None:
    """Return the password of Basic authentication, None where there is none to read."""
    return _basic(header)[1]


def _basic(header: str | None) -> tuple[str | None, str | None]:
    scheme, _, value = (header or "").partition(" ")
    try:
        name, colon, word = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None, None
    return (name, word) if scheme.lower() == "basic" and colon else (None, None)


def session(name: str) -> str:
    """Return the session token that the service hands out for a token of a class; it may do the same."""
    return f"session-of-{name}"


def sessions() -> dict[str, str]:
    """Return the class of every session token."""
    return {session(name): name for name in CLASSES if name not in WITHOUT}


def self_named() -> Classify:
    """Return the classifier of recordings: a class is its own token, so that no token is needed."""
    return classifier({name: name for name in CLASSES if name != "none"} | sessions())


def may_read(credential: str) -> bool:
    """Return whether a class opens the feed for reading."""
    return credential == "anonymous" or credential.partition("-")[0] in ROLES


def may_save(credential: str) -> bool:
    """Return whether a class may save a version from an upstream: role and scope, both gates."""
    role, _, scope = credential.partition("-")
    return role in ("collaborator", "contributor") and scope == "write"
