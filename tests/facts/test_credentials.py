"""Facts about credentials: what a refusal says, and which kinds of credential open a page."""

from __future__ import annotations

import pytest

from tests.conftest import Asker
from tests.facts.fact import READERS, fact

pytestmark = pytest.mark.vcr


@fact("expired-token-header", "expired-token-body")
def test_expired_token_gets_the_reason(feed: Asker) -> None:
    """The body of the 401 to an expired token says that the token has expired."""
    answer = feed.ask("GET", "simple/contoso-tools/", "expired")
    message = "Access Denied: The Personal Access Token used has expired."
    assert (answer.status_code, answer.json()["message"]) == (401, message)


@fact("expired-token-header", "expired-token-body")
def test_expired_token_closes_an_upstream_package(feed: Asker) -> None:
    """An expired token also gets a 401 for the page of a package that only an upstream source has."""
    assert feed.ask("GET", "simple/idna/", "expired").status_code == 401


@fact(inferred="reading is refused so to a token without a role; no capture of an upload")
def test_publishing_without_a_role(feed: Asker) -> None:
    """A valid token without a role on the feed cannot publish and gets a 403."""
    answer = feed.upload("contoso_utils-1.2.0-py3-none-any.whl", credential="no-role")
    assert (answer.status_code, answer.json()["typeKey"]) == (403, "FeedNeedsPermissionsException")


@fact("unauthenticated-page")
def test_upstream_package_without_credential(feed: Asker) -> None:
    """Without a credential, the page of a package that only an upstream source has is answered 401."""
    assert feed.ask("GET", "simple/idna/", "none").status_code == 401


@fact("wrong-credential-page")
def test_upstream_package_with_a_wrong_token(feed: Asker) -> None:
    """An unknown token gets a 401 for the page of a package that only an upstream source has."""
    assert feed.ask("GET", "simple/idna/", "wrong").status_code == 401


@fact("forbidden-read", "forbidden-body")
def test_upstream_package_without_a_role(feed: Asker) -> None:
    """A token without a role gets a 403 for the page of a package that only an upstream source has."""
    assert feed.ask("GET", "simple/idna/", "no-role").status_code == 403


@fact("feed-roles", "token-scopes")
@pytest.mark.parametrize("credential", READERS)
def test_upstream_package_is_listed_to_every_role(feed: Asker, credential: str) -> None:
    """The page of a package that only an upstream source has opens for every role and both scopes."""
    assert feed.ask("GET", "simple/idna/", credential).status_code == 200


@fact(
    "token-as-user-name",
    "token-as-user-name-refused",
    "token-as-user-name-sign-in-page",
    inferred="sources disagree: pip installed so (2022), others were refused (2019) or sent to sign in",
)
def test_token_in_place_of_the_user_name(feed: Asker) -> None:
    """A token as the user name, without a password, opens a page."""
    url = feed.base + "simple/contoso-tools/"
    answer = feed.session.get(url, auth=("reader-read", ""), allow_redirects=False)
    assert answer.status_code == 200


@fact("entra-token-page")
def test_bearer_opens_a_page(feed: Asker) -> None:
    """A token in a Bearer header, in which Dependabot sends an Entra ID token, opens a page."""
    url, header = feed.base + "simple/contoso-tools/", {"Authorization": "Bearer reader-read"}
    assert feed.session.get(url, headers=header, allow_redirects=False).status_code == 200


ONE_ORGANIZATION = (
    "a token is of one organization; another organization's was not seen, and a wrong one is so answered"
)


@fact(inferred=ONE_ORGANIZATION)
@pytest.mark.parametrize("name", ["contoso-utils", "contoso-tools", "contoso-data"])
def test_page_is_closed_to_another_organizations_token(feed: Asker, name: str) -> None:
    """A token of another organization is refused, whatever is asked for: 401."""
    assert feed.ask("GET", f"simple/{name}/", "other-organization").status_code == 401


@fact(inferred=ONE_ORGANIZATION)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_download_is_closed_to_another_organizations_token(feed: Asker, method: str) -> None:
    """The link of a file is closed to a token of another organization: 401."""
    address = feed.link("contoso_utils-1.1.0-py3-none-any.whl")
    assert feed.ask(method, address, "other-organization").status_code == 401


@fact("package-not-found")
@pytest.mark.parametrize("name", ["contoso-data"])
def test_page_of_what_another_organization_has(feed: Asker, name: str) -> None:
    """A package that only a feed of another organization has is answered 404 to a reader."""
    assert feed.ask("GET", f"simple/{name}/").status_code == 404
