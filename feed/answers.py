"""The feed's answers, byte by byte: pages, redirects, refusals.

Each form follows a public capture in tests/evidence/, or says that it is inferred.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from urllib.parse import quote

from feed.messages import Response
from feed.packages import File

_SHARED = "Microsoft.VisualStudio.Services.Packaging.Shared.WebApi"
_FEED = "Microsoft.VisualStudio.Services.Feed.WebApi"
_WEB = "Microsoft.VisualStudio.Services.WebApi"
_TFS = "Microsoft.TeamFoundation.Framework.Server"
# Full type names as the captures show them; the last part of the name is the type key.
TYPES = {
    "exists": (f"{_SHARED}.Exceptions.PackageAlreadyExistsException", _SHARED),
    "invalid": (f"{_SHARED}.Exceptions.InvalidPackageException", _SHARED),
    "not-found": (f"{_SHARED}.Exceptions.PackageNotFoundException", _SHARED),
    "permission": (f"{_FEED}.FeedNeedsPermissionsException", _FEED),
    "no-feed": (f"{_FEED}.FeedIdNotFoundException", _FEED),
    "no-project": (f"{_TFS}.ProjectDoesNotExistWithNameException", _TFS),
    "unauthorized": (f"{_TFS}.UnauthorizedRequestException", _TFS),
    "expired": ("Microsoft.VisualStudio.Services.Security.AccessCheckException", _WEB),
}
JSON = ("Content-Type", "application/json; charset=utf-8; api-version=1.0")
NO_STORE = ("Cache-Control", "no-store")
# The file store of the capture in astral-sh/uv#11379.
STORE_HOST = "vsblobprodscussu0shard22.vsblob.vsassets.io"
# A scale unit keeps the old domain name even where the feed is asked under the new one
# (microsoft/azure-pipelines-tasks#10967, microsoft/fast#3045).
REALM = "https://pkgsprodcus1.pkgs.visualstudio.com/"


def guid(*parts: str) -> str:
    """Return a GUID that is always the same for the same words."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts)))


def envelope(message: str, kind: str, **more: object) -> bytes:
    """Return the JSON body of a refusal; `more` stands after the first key."""
    full, assembly = TYPES[kind]
    body = {
        "$id": "1",
        **more,
        "innerException": None,
        "message": message,
        "typeName": f"{full}, {assembly}",
        "typeKey": full.rpartition(".")[2],
        "errorCode": 0,
        "eventId": 3000,
    }
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def error(status: int, phrase: str, message: str, kind: str) -> Response:
    """Return a refusal: JSON body, and the message again in the HTTP/1.1 reason phrase."""
    reason = f"{phrase} - {message} (DevOps Activity ID: {guid('activity', message)})"
    return Response(status, reason, (JSON,), envelope(message, kind))


def method_not_allowed(method: str) -> Response:
    """Return the routing layer's 405, as in astral-sh/uv#7860."""
    message = f"The requested resource does not support http method '{method}'."
    body = json.dumps({"count": 1, "value": {"Message": message}}, separators=(",", ":")).encode()
    return Response(405, "Method Not Allowed", (JSON,), body if method != "HEAD" else b"")


def no_route(path: str) -> Response:
    """Return the routing layer's 404 for a path that names no resource (inferred)."""
    message = f"No HTTP resource was found that matches the request URI '{path}'."
    body = json.dumps({"count": 1, "value": {"Message": message}}, separators=(",", ":")).encode()
    return Response(404, "Not Found", (JSON,), body)


def exists_upstream(version: str) -> Response:
    """Return the 409 to an upload of what an upstream source has.

    version: name and version, such as "idna 3.11"; the upstream source's name is invented.
    Source: dotnet/workload-versions#805, for NuGet.
    """
    message = (
        f"'{version}' cannot be published to the feed because it exists in at least one of the feed's "
        f"upstream sources. Publishing this copy would prevent you from using '{version}' from 'PyPI'. "
        "For more information, see https://go.microsoft.com/fwlink/?linkid=864880"
    )
    return error(409, "Conflict", message, "exists")


def no_upload_to_a_view() -> Response:
    """Return the refusal of an upload to a view; that it is refused is documented, how is inferred."""
    return error(400, "Bad Request", "A package cannot be published to a view.", "invalid")


def unauthorized(organization: str, credential: str, download: bool = False) -> Response:
    """Return the 401: without a credential it names the ways to sign in, else only Basic.

    The body is empty on a page (astral-sh/uv#11130); a download link has the anonymous user's
    refusal (mburumaxwell/paklo#1094), an expired token its reason (microsoft/azure-pipelines-tasks#18732).
    """
    basic = ("WWW-Authenticate", f'Basic realm="{REALM}"')
    common = (
        ("X-VSS-AuthorizationEndpoint", f"https://vssps.dev.azure.com/{organization}/"),
        ("X-VSS-E2EID", guid("e2e", credential)),
    )
    if credential == "expired":
        details = {"Descriptor": None, "IdentityDisplayName": None, "Token": None, "RequestedPermissions": 0}
        body = envelope(
            EXPIRED, "expired", customProperties={**details, "NamespaceId": str(uuid.UUID(int=0))}
        )
        reason = ("X-TFS-ServiceError", quote(EXPIRED))
        return Response(401, "Unauthorized", (basic, *common, reason, JSON), body)
    if credential != "none":
        return Response(401, "Unauthorized", (basic, *common))
    tenant = guid("tenant", organization)
    bearer = ("WWW-Authenticate", f"Bearer authorization_uri=https://login.windows.net/{tenant}")
    federated = ("WWW-Authenticate", "TFS-Federated")
    headers = (bearer, basic, federated, *common, ("X-VSS-ResourceTenant", tenant))
    if not download:
        return Response(401, "Unauthorized", headers)
    return Response(401, "Unauthorized", (*headers, JSON), envelope(ANONYMOUS, "unauthorized"))


EXPIRED = "Access Denied: The Personal Access Token used has expired."
ANONYMOUS = (
    "TF400813: The user 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa' is not authorized to access this resource."
)


def simple_page(name: str, links: list[tuple[File, str]]) -> Response:
    """Return the HTML page of one package: doctype line, then all anchors on one line.

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
    """Return the page of all packages; what the service puts on it is unknown (inferred: nothing)."""
    return _page("<head><title>Simple Index</title></head><body></body>")


def _page(inner: str) -> Response:
    text = f"<!DOCTYPE html>\n<html>{inner}</html>"
    return Response(200, "OK", (("Content-Type", "text/html"), NO_STORE), text.encode())


def redirect(file: File) -> Response:
    """Return the 303 to the file store; the signature word stands where the service signs."""
    container = hashlib.md5(file.content, usedforsecurity=False).hexdigest()
    disposition = quote(f'attachment; filename="{file.filename}"', safe="")
    query = f"sv=2019-07-07&sr=b&sig=signature&se=2026-11-22T13%3A00%3A00Z&sp=r&rscd={disposition}"
    address = f"https://{STORE_HOST}/b-{container}/{file.sha256.upper()}00.blob?{query}"
    return Response(303, "See Other", (("Location", address), NO_STORE))


def stored(file: File) -> Response:
    """Return the file store's answer: the file itself, ranges accepted."""
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
    text = "<?xml version='1.0' encoding='utf-8'?><Error><Code>InvalidAuthenticationInfo</Code></Error>"
    return Response(400, "Bad Request", (("Content-Type", "application/xml"),), text.encode())
