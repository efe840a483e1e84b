"""Secrets in a pasted text are hidden before anything else happens to it; all other text stays."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator

import pytest
from py_mini_racer import MiniRacer

from tests.conftest import ROOT

Mask = Callable[[str], str]
# Assembled here, so that no file contains anything that looks like a token.
LETTERS = (string.ascii_letters + string.digits) * 2
OLD = ("abcdefghijklmnopqrstuvwxyz234567" * 2)[:52]
NEW = LETTERS[:75] + "AZDO" + "a1B2"
JWT = "ey" + "J" + LETTERS[:20] + "." + LETTERS[:30] + "." + LETTERS[5:30]
BASIC = "YXo6" + LETTERS[40:52]
WORD = "hunter" + "2"
HIDDEN = "•••"


@pytest.fixture(scope="module")
def mask() -> Iterator[Mask]:
    """Provide the site's own function, loaded once."""
    with MiniRacer() as engine:
        engine.eval((ROOT / "_static" / "mask.js").read_text(encoding="utf-8"))
        hide = engine.eval("handbookMask")
        yield hide


SECRETS = {
    "a personal access token of 52 characters": (f"token {OLD} end", f"token {HIDDEN} end"),
    "a personal access token of 84 characters": (f"'{NEW}'", f"'{HIDDEN}'"),
    "one that a line's end cuts": (f"{NEW[:80]}\n{NEW[80:]}", f"{HIDDEN}\n{NEW[80:]}"),
    "a JSON web token": (f"got {JWT}, then", f"got {HIDDEN}, then"),
    "a password in an address": (f"https://az:{WORD}@pkgs.dev.azure.com/contoso/", None),
    "a password with signs in an address": (f"git+https://az:a:{WORD}!$@dev.azure.com/", None),
    "a token as the user of an address": (f"https://{OLD}@pkgs.dev.azure.com/", None),
    "a header": (f"Authorization: Basic {BASIC}", f"Authorization: Basic {HIDDEN}"),
    "a header in JSON": (f'"authorization": "Bearer {WORD}"', f'"authorization": "Bearer {HIDDEN}"'),
    "a header without a scheme": (f"-H 'Authorization: {WORD}'", f"-H 'Authorization: {HIDDEN}'"),
    "a Basic value alone": (f"sent basic {BASIC}==", f"sent basic {HIDDEN}"),
    "a Bearer value alone": (f"Bearer {JWT}", f"Bearer {HIDDEN}"),
    "a password variable": (f"UV_INDEX_INTERNAL_PASSWORD={WORD}", f"UV_INDEX_INTERNAL_PASSWORD={HIDDEN}"),
    "a quoted token variable": (f'export AZURE_ARTIFACTS_TOKEN="{WORD}"', None),
    "one in YAML": (f"  TWINE_PASSWORD: {WORD}", f"  TWINE_PASSWORD: {HIDDEN}"),
    "one in PowerShell": (f"$env:PIP_TOKEN = '{WORD}'", f"$env:PIP_TOKEN = '{HIDDEN}'"),
    "one in a file": (f"password = {WORD}", f"password = {HIDDEN}"),
    "one in JSON": (f'{{"endpoint":"x","password":"{WORD}"}}', f'{{"endpoint":"x","password":"{HIDDEN}"}}'),
    "an option": (f"twine upload --password {WORD} dist/*", f"twine upload --password {HIDDEN} dist/*"),
}


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_hidden(mask: Mask, kind: str) -> None:
    """Each form of secret is hidden, the text around it stays, and hiding it again changes nothing."""
    text, hidden = SECRETS[kind]
    shown = mask(text)
    for secret in (OLD, NEW, NEW[:80], JWT, BASIC, WORD):
        assert secret not in shown
    assert HIDDEN in shown
    assert hidden is None or shown == hidden
    assert mask(shown) == shown
    assert mask(f"before\n{text}\nafter").splitlines()[:: text.count("\n") + 2] == ["before", "after"]


KEPT = [
    "Looking in indexes: https://az:****@pkgs.dev.azure.com/contoso/_packaging/python-internal/pypi/simple/",
    'WWW-Authenticate: Bearer authorization_uri=https://login.example/, Basic realm="https://pkgs.example/"',
    "Basic authentication failed; the bearer certificate is missing",
    "UV_INDEX_INTERNAL_PASSWORD=$AZURE_ARTIFACTS_TOKEN",
    "TWINE_PASSWORD: $(System.AccessToken)",
    "sha256:" + "0123456789abcdef" * 4,
    "User 'fa871fed-c510-53e9-bc59-a686ce9b2aaa' lacks permission",
    "Enter your password:",
    "A password is required: give one",
    "https://pkgs.dev.azure.com/contoso/platform/_packaging/python-internal/pypi/upload/",
    "x" * 45,
]


@pytest.mark.parametrize("text", KEPT)
def test_what_is_no_secret_stays(mask: Mask, text: str) -> None:
    """A URL without a password, a digest, a variable's name and ordinary words stay unchanged."""
    assert mask(text) == text


def test_a_secret_is_hidden_as_it_is_typed(mask: Mask) -> None:
    """When a password is typed letter by letter, at most one letter of it is visible."""
    shown = ""
    for letter in f"TWINE_PASSWORD={WORD}":
        shown = mask(shown + letter)
    assert shown == f"TWINE_PASSWORD={HIDDEN}"
