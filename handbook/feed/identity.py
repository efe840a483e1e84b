"""A model of Microsoft Entra ID's token endpoint, which exchanges a secret or another service's token.

It supports one grant, as Microsoft documents it: client credentials, with a federated credential or a secret
(https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow, read 2026-11-29).
Every valid request for the scope of Azure DevOps gets the same token, which the constructor sets. So does a
virtual machine that asks its own service, read on 2026-11-30 in Microsoft's page:
https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from handbook.feed.hosts import METADATA
from handbook.feed.http import Request, Response

HOST = "login.microsoftonline.com"
PATH = re.compile(r"/[0-9a-f-]{36}/oauth2/v2\.0/token")
FIELDS = {  # each field of the form -> the pattern of its value
    "grant_type": r"client_credentials",
    "client_id": r"[0-9a-f-]{36}",
    "scope": r"499b84ac-1321-427f-aa17-267ca6975798/\.default",
}
SECRET = {"client_secret": r"the-client-secret"}  # the value that the cases use
FEDERATED = {
    "client_assertion_type": r"urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    "client_assertion": r"id-token-of-the-job",
}

MACHINE = {"api-version": "2018-02-01", "resource": "499b84ac-1321-427f-aa17-267ca6975798"}


@dataclass
class TokenEndpoint:
    """Answer requests to the identity service; with an empty `token`, refuse every client."""

    token: str = ""

    def __call__(self, request: Request) -> Response:
        """Return the token, or an error that names the wrong fields."""
        if request.host == METADATA:
            return self._machine(request)
        if (request.host, request.method) != (HOST, "POST") or not PATH.fullmatch(urlsplit(request.url).path):
            return _answer(404, "Not Found", {"error": "not_found"})
        form = {name: values[-1] for name, values in parse_qs(request.body.decode()).items()}
        fields = FIELDS | (SECRET if "client_secret" in form else FEDERATED)
        wrong = [name for name in fields if not re.fullmatch(fields[name], form.get(name, ""))]
        wrong += sorted(form.keys() - fields.keys())
        if wrong or not self.token:
            said = f"{', '.join(wrong) or 'the client'} is not what this stand-in knows"
            return _answer(400, "Bad Request", {"error": "invalid_request", "error_description": said})
        given = {"token_type": "Bearer", "expires_in": 3599, "access_token": self.token}
        return _answer(200, "OK", given)

    def _machine(self, request: Request) -> Response:
        """Answer a machine that has a managed identity; without the header or the version it is refused."""
        url = urlsplit(request.url)
        asked = {name: values[-1] for name, values in parse_qs(url.query).items()}
        if (request.method, url.path) != ("GET", "/metadata/identity/oauth2/token"):
            return _answer(404, "Not Found", {"error": "not_found"})
        if request.header("Metadata") != "true" or asked != MACHINE or not self.token:
            return _answer(400, "Bad Request", {"error": "invalid_request"})
        given = {"token_type": "Bearer", "expires_in": "86399", "access_token": self.token}
        return _answer(200, "OK", given)


def _answer(status: int, reason: str, content: dict[str, object]) -> Response:
    body = json.dumps(content).encode()
    return Response(status, reason, (("Content-Type", "application/json; charset=utf-8"),), body)
