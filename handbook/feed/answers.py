"""The feed's HTTP responses, byte for byte: pages, redirects, errors.

Each form follows a public capture in tests/evidence/, or is marked as inferred.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from http import HTTPStatus
from urllib.parse import quote

from handbook.feed import credentials, phrases
from handbook.feed.http import Response, on_one_line
from handbook.feed.packages import File

NO_STORE = ("Cache-Control", "no-store")
# The file store in the capture in astral-sh/uv#11379.
STORE_HOST = "vsblobprodscussu0shard22.vsblob.vsassets.io"
# A scale unit keeps the old domain name even if the request uses the new one
# (microsoft/azure-pipelines-tasks#10967, microsoft/fast#3045).
REALM = "https://pkgsprodcus1.pkgs.visualstudio.com/"


def guid(*parts: str) -> str:
    """Return a GUID that depends only on these words."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts)))


def say(phrase: str, **gaps: str) -> str:
    """Return the text of a phrase in phrases.toml with its gaps filled; PhraseError for an unknown gap."""
    return phrases.declared()[phrase].filled(gaps)


def _json() -> tuple[str, str]:
    return ("Content-Type", say("json"))


def _envelope(phrase: str, message: str, **more: object) -> bytes:
    """Return the JSON body of an error; `more` follows its first key."""
    type_name = say(phrases.declared()[phrase].type)
    body = {
        "$id": "1",
        **more,
        "innerException": None,
        "message": message,
        "typeName": type_name,
        "typeKey": type_name.partition(",")[0].rpartition(".")[2],
        "errorCode": 0,
        "eventId": 3000,
    }
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def error(phrase: str, **gaps: str) -> Response:
    """Return an error that states a phrase: in the JSON body, and again after the standard reason."""
    status, message = phrases.declared()[phrase].status, say(phrase, **gaps)
    reason = f"{HTTPStatus(status).phrase} - {message} {say('activity', guid=guid('activity', message))}"
    return Response(status, on_one_line(reason), (_json(),), _envelope(phrase, message))


def _unrouted(phrase: str, silent: bool = False, **gaps: str) -> Response:
    """Return an error of the routing layer, whose JSON has another form; silent: omit the body."""
    status = phrases.declared()[phrase].status
    body = json.dumps({"count": 1, "value": {"Message": say(phrase, **gaps)}}, separators=(",", ":")).encode()
    return Response(status, HTTPStatus(status).phrase, (_json(),), b"" if silent else body)


def method_not_allowed(method: str) -> Response:
    """Return the routing layer's 405, as in astral-sh/uv#7860."""
    return _unrouted("method-not-supported", silent=method == "HEAD", method=method)


def no_route(path: str) -> Response:
    """Return the routing layer's 404 for a path that names no resource (inferred)."""
    return _unrouted("no-route", path=path)


def unauthorized(organization: str, credential: str, download: bool = False) -> Response:
    """Return the 401: without a credential it lists the ways to sign in, otherwise only Basic.

    For a page, the body is empty (astral-sh/uv#11130). For a download link, it is the anonymous user's error
    (mburumaxwell/paklo#1094); for an expired token, it gives the reason
    (microsoft/azure-pipelines-tasks#18732).
    """
    common = (
        (say("authorization-endpoint"), f"https://vssps.dev.azure.com/{organization}/"),
        (say("request-id"), guid("e2e", credential)),
    )
    if credential == "expired":
        details = {"Descriptor": None, "IdentityDisplayName": None, "Token": None, "RequestedPermissions": 0}
        more = {"customProperties": {**details, "NamespaceId": str(uuid.UUID(int=0))}}
        message = say("token-expired")
        headers = (*_challenge("challenge-rejected", realm=REALM), *common)
        headers += ((say("service-error"), quote(message)), _json())
        return _unauthorized(headers, _envelope("token-expired", message, **more))
    if credential != "none":
        return _unauthorized((*_challenge("challenge-rejected", realm=REALM), *common))
    tenant = guid("tenant", organization)
    challenge = _challenge("challenge-anonymous", realm=REALM, tenant=tenant)
    headers = (*challenge, *common, (say("resource-tenant"), tenant))
    if not download:
        return _unauthorized(headers)
    return _unauthorized((*headers, _json()), _envelope("anonymous", say("anonymous")))


def no_local_versions(organization: str, package: str) -> Response:
    """Return a public feed's 401 for a package of which no version is saved, if no credential is sent.

    The sentence is the one of NuGet and Cargo; the ways to sign in that accompany it are inferred.
    """
    said = error("no-local-versions", package=package)
    asked = unauthorized(organization, "none", download=True)
    return Response(said.status, said.reason, asked.headers, said.body)


def _challenge(phrase: str, **gaps: str) -> tuple[tuple[str, str], ...]:
    return tuple(("WWW-Authenticate", one) for one in say(phrase, **gaps).splitlines())


def _unauthorized(headers: tuple[tuple[str, str], ...], body: bytes = b"") -> Response:
    return Response(401, "Unauthorized", headers, body)


def simple_page(name: str, links: list[tuple[File, str]]) -> Response:
    """Return the HTML page of one package: a doctype line, then all anchors on one line.

    Source: the page recorded in DidelotK/sparkless, tests/unit/fixtures/azure_pypi_simple_index.html.
    """
    anchors = "".join(
        f'<a href="{href}#sha256={file.sha256}"'
        + (f' data-requires-python="{file.requires_python}"' if file.requires_python else "")
        + f">{file.filename}</a><br/>"
        for file, href in links
    )
    title = f"Links for {name}"
    return _page(f"<head><title>{title}</title></head><body><h1>{title}</h1>{anchors}</body>")


def root_page() -> Response:
    """Return the page of all packages; it is unknown what the service lists on it (inferred: nothing)."""
    return _page("<head><title>Simple Index</title></head><body></body>")


def _page(inner: str) -> Response:
    text = f"<!DOCTYPE html>\n<html>{inner}</html>"
    return Response(200, "OK", (("Content-Type", "text/html"), NO_STORE), text.encode())


def session_token(credential: str) -> Response:
    """Return the answer to a token exchange; clients read its `token`, and the provider also `validTo`."""
    body = {"validTo": "2027-02-28T00:00:00Z", "token": credentials.session(credential)}
    return Response(200, "OK", (_json(),), json.dumps(body, separators=(",", ":")).encode())


def redirect(file: File) -> Response:
    """Return the 303 to the file store, with the word `signature` where the service puts a signature."""
    container = hashlib.md5(file.content, usedforsecurity=False).hexdigest()
    disposition = quote(f'attachment; filename="{file.filename}"', safe="")
    query = f"sv=2019-07-07&sr=b&sig=signature&se=2026-11-22T13%3A00%3A00Z&sp=r&rscd={disposition}"
    address = f"https://{STORE_HOST}/b-{container}/{file.sha256.upper()}00.blob?{query}"
    return Response(303, "See Other", (("Location", address), NO_STORE))


def stored(file: File) -> Response:
    """Return the file store's answer: the file itself, with range requests supported."""
    return Response(
        200,
        "OK",
        (
            ("Content-Type", "application/octet-stream"),
            ("Accept-Ranges", "bytes"),
            ("Content-Disposition", f'attachment; filename="{file.filename}"'),
            ("ETag", f'"0x{file.sha256[:15].upper()}"'),
            ("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT"),
            ("Access-Control-Allow-Origin", "*"),
            ("x-ms-blob-type", "BlockBlob"),
            ("x-ms-version", "2019-07-07"),
        ),
        file.content,
    )


def store_refusal() -> Response:
    """Return the file store's answer to a request that carries a credential.

    Sources: 400 in yarnpkg/berry#329 (2019), 403 in oven-sh/bun#5246 (2023); the body is inferred.
    """
    code = say("store-refuses-a-credential")
    text = f"<?xml version='1.0' encoding='utf-8'?><Error><Code>{code}</Code></Error>"
    return Response(400, "Bad Request", (("Content-Type", say("xml")),), text.encode())
