"""The models of the identity service give the token only to a request of the documented form."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from urllib.parse import urlencode

import pytest

from handbook.feed.http import Request
from handbook.feed.identity import TokenEndpoint
from handbook.runner import programs

ID = "00000000-0000-0000-0000-000000000001"
URL = f"https://login.microsoftonline.com/{ID}/oauth2/v2.0/token"
COMMON = {
    "grant_type": "client_credentials",
    "client_id": ID,
    "scope": "499b84ac-1321-427f-aa17-267ca6975798/.default",
}
FEDERATED = COMMON | {
    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    "client_assertion": "id-token-of-the-job",
}
SECRET = COMMON | {"client_secret": "the-client-secret"}
ASK = "account get-access-token --resource {} --query accessToken --output tsv"
RESOURCE = "499b84ac-1321-427f-aa17-267ca6975798"


def ask(form: dict[str, str], url: str = URL, method: str = "POST", token: str = "made") -> tuple[int, dict]:
    """Return the status and the content of the response."""
    answer = TokenEndpoint(token)(Request(method, url, (), urlencode(form).encode()))
    return answer.status, json.loads(answer.body)


@pytest.mark.parametrize("form", [FEDERATED, SECRET], ids=["federated", "secret"])
def test_the_documented_form_gets_the_token(form: dict[str, str]) -> None:
    """A federated credential and a secret both get the token, in the documented form."""
    status, said = ask(form)
    assert (status, said["access_token"], said["token_type"]) == (200, "made", "Bearer")


@pytest.mark.parametrize(
    "form",
    [
        *({key: value for key, value in FEDERATED.items() if key != lost} for lost in FEDERATED),
        *({key: value for key, value in SECRET.items() if key != lost} for lost in SECRET),
        *(FEDERATED | dict.fromkeys([empty], "") for empty in FEDERATED),
        FEDERATED | {"scope": "https://graph.microsoft.com/.default"},
        FEDERATED | {"resource": RESOURCE},
        FEDERATED | {"client_secret": "the-client-secret"},
        SECRET | {"client_secret": "another"},
    ],
    ids=str,
)
def test_any_other_form_is_refused(form: dict[str, str]) -> None:
    """A form with a missing, empty, wrong or additional field is answered 400, without a token."""
    status, said = ask(form)
    assert status == 400
    assert "access_token" not in said


def test_any_other_question_is_refused() -> None:
    """Another host, path or method is answered 404, and a model without a token refuses every client."""
    assert ask(FEDERATED, URL.replace("online", ""))[0] == 404
    assert ask(FEDERATED, URL.replace("v2.0", "v1.0"))[0] == 404
    assert ask(FEDERATED, method="GET")[0] == 404
    assert ask(FEDERATED, token="")[0] == 400


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (ASK.format(RESOURCE), 0),
        ("login --identity --allow-no-subscriptions --output none", 0),
        (ASK.format(ID), 2),
        ("account get-access-token", 2),
        ("login", 2),
    ],
)
def test_az_knows_two_calls(tmp_path: Path, arguments: str, status: int) -> None:
    """The model of the Azure CLI prints the token only for the documented call; any other call fails."""
    (tmp_path / "bin").mkdir()
    programs.put_az(tmp_path / "bin", "made")
    done = subprocess.run(
        [tmp_path / "bin" / "az", *arguments.split()], capture_output=True, text=True, check=False
    )
    assert done.returncode == status
    assert done.stdout == ("made\n" if arguments == ASK.format(RESOURCE) else "")


MACHINE = f"http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource={RESOURCE}"


@pytest.mark.parametrize(
    ("url", "header", "status"),
    [
        (MACHINE, ("Metadata", "true"), 200),
        (MACHINE, ("Metadata", "false"), 400),
        (MACHINE.replace("2018", "2017"), ("Metadata", "true"), 400),
        (MACHINE.replace(RESOURCE, "other"), ("Metadata", "true"), 400),
        (MACHINE.replace("identity", "instance"), ("Metadata", "true"), 404),
    ],
)
def test_a_machine_asks_as_documented(url: str, header: tuple[str, str], status: int) -> None:
    """A machine gets the token with the header, the version and the resource that Microsoft documents."""
    answer = TokenEndpoint("made")(Request("GET", url, (header,), b""))
    assert (answer.status, "made" in answer.body.decode()) == (status, status == 200)
