"""Credential classes: what a credential is allowed to do, never the credential itself."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping

ROLES = ("reader", "collaborator", "contributor")
SCOPES = ("read", "write")
# A caller without a token has the class none at a private feed and the class anonymous at a public one.
WITHOUT = ("none", "anonymous")
# A token is of one organization. This one is of the second; there it is a Reader's, elsewhere a wrong one.
ELSEWHERE = "other-organization"
CLASSES = (
    *WITHOUT,
    "wrong",
    "expired",
    "no-role",
    ELSEWHERE,
    *(f"{role}-{scope}" for role in ROLES for scope in SCOPES),
)

Classify = Callable[[str | None], str]


def classifier(secrets: Mapping[str, str], unknown: str = "wrong", without: str = "none") -> Classify:
    """Return a function that maps an `Authorization` header to its credential class.

    `secrets` maps each known token to its class; any other token is of class `unknown`, and a request without
    a token is of class `without`. The feed accepts the token as the password of Basic authentication with any
    user name (Microsoft's REST specification, "Use any value for the user name and the token as the
    password"), and as a Bearer token. If the password is empty, it uses the user name as the token; sources
    disagree on this.
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
    """Return the user name of Basic authentication, or None if the header holds none."""
    return _basic(header)[0]


def password(header: str | None) -> str | None:
    """Return the password of Basic authentication, or None if the header holds none."""
    return _basic(header)[1]


def _basic(header: str | None) -> tuple[str | None, str | None]:
    scheme, _, value = (header or "").partition(" ")
    try:
        name, colon, word = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None, None
    return (name, word) if scheme.lower() == "basic" and colon else (None, None)


def session(name: str) -> str:
    """Return the session token that the service issues for a token of a class; it has the same rights."""
    return f"session-of-{name}"


def sessions() -> dict[str, str]:
    """Return the class of every session token."""
    return {session(name): name for name in CLASSES if name not in WITHOUT}


def self_named() -> Classify:
    """Return the classifier for recordings, in which each class is its own token, so no token is needed."""
    return classifier({name: name for name in CLASSES if name != "none"} | sessions())


def may_read(credential: str) -> bool:
    """Return whether a credential of this class may read the feed."""
    return credential == "anonymous" or credential.partition("-")[0] in ROLES


def may_save(credential: str) -> bool:
    """Return whether a class may save a version from an upstream; role and scope must both allow it."""
    role, _, scope = credential.partition("-")
    return role in ("collaborator", "contributor") and scope == "write"
