"""Facts about the pages of the index: their content, and the requests that are refused."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest

from handbook.cases import names
from handbook.feed.simple_page import links
from tests.conftest import FILES, Asker
from tests.facts.fact import READERS, fact

pytestmark = pytest.mark.vcr
REFUSED = ["none", "wrong", "expired"]
OLD, NEW = (file.filename for file in FILES)
GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
UV, PIP = (
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01",
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01",
)


@fact("simple-page-layout")
def test_page_is_two_lines_of_html(feed: Asker) -> None:
    """A package's page is a doctype line and one more line with the title, the heading and all links."""
    doctype, page = feed.ask("GET", "simple/contoso-utils/").text.split("\n")
    assert doctype == "<!DOCTYPE html>"
    start = (
        "<html><head><title>Links for contoso-utils</title></head><body><h1>Links for contoso-utils</h1><a "
    )
    assert page.startswith(start)
    assert page.endswith("</a><br/></body></html>")


@fact("simple-page-layout")
def test_page_separates_links_with_br(feed: Asker) -> None:
    """On a page, every link is followed by a line break element and nothing else."""
    page = feed.ask("GET", "simple/contoso-utils/").text
    assert page.count("</a><br/>") == page.count("</a>") == len(FILES)


@fact("guid-link-project-feed", "guid-link-organization-feed", "guid-links-maintainer")
def test_links_hold_guids(feed: Asker) -> None:
    """A link contains the organization's name, and GUIDs in place of the project and the feed."""
    for link in links(feed.ask("GET", "simple/contoso-utils/").text):
        path = rf"https://pkgs\.dev\.azure\.com/{names.ORGANIZATION}/{GUID}/_packaging/{GUID}/pypi/download/"
        assert re.match(path + "contoso-utils/", link["href"])


@fact(
    "version-segments-of-one-page",
    "version-segment-release-candidate",
    "version-segment-development-release",
    "name-segment-normalized",
)
def test_links_shorten_the_version(feed: Asker) -> None:
    """A link contains the normalised name, the version without trailing zeros and the whole file name."""
    paths = [
        link["href"].partition("/download/")[2]
        for link in links(feed.ask("GET", "simple/contoso-utils/").text)
    ]
    assert [path.partition("#")[0] for path in paths] == [
        f"contoso-utils/1.1/{NEW}",
        f"contoso-utils/1/{OLD}",
    ]


@fact("simple-page-layout", "simple-page-second-capture")
def test_links_carry_the_digest(feed: Asker) -> None:
    """A link ends with the file's SHA-256."""
    found = {
        link["href"].rpartition("#sha256=")[2]
        for link in links(feed.ask("GET", "simple/contoso-utils/").text)
    }
    assert found == {file.sha256 for file in FILES}


@fact("simple-page-layout", "simple-page-escaped", "simple-page-second-capture")
def test_link_says_which_python_it_needs(feed: Asker) -> None:
    """A link has `data-requires-python` if the file declares it; sources disagree whether `>` is escaped."""
    found = links(feed.ask("GET", "simple/contoso-utils/").text)
    assert [link.get("data-requires-python") for link in found] == [">=3.9", None]


@fact("simple-page-layout", "simple-page-second-capture")
@pytest.mark.parametrize(
    "word",
    [
        "data-yanked",
        "data-core-metadata",
        "data-dist-info-metadata",
        "data-gpg-sig",
        "pypi:repository-version",
        "upload-time",
    ],
    ids=["yank", "metadata", "old-metadata", "signature", "api-version", "upload-time"],
)
def test_page_lacks(feed: Asker, word: str) -> None:
    """A page has no yank mark, no metadata file, no signature, no API version and no upload time."""
    page = feed.ask("GET", "simple/contoso-utils/").text
    assert "Links for" in page
    assert word not in page


@fact("simple-page-layout")
@pytest.mark.parametrize("credential", READERS)
def test_package_that_only_the_feed_has(feed: Asker, credential: str) -> None:
    """The page of a package with one version has one link."""
    assert len(links(feed.ask("GET", "simple/contoso-tools/", credential).text)) == 1


@fact("simple-page-order")
def test_newest_version_first(feed: Asker) -> None:
    """A page lists the newest version first."""
    found = re.findall(r">(contoso_utils-[^<]+)</a>", feed.ask("GET", "simple/contoso-utils/").text)
    assert found == [NEW, OLD]


@fact("page-no-store")
def test_page_may_not_be_stored(feed: Asker) -> None:
    """A page forbids caches to store it."""
    assert feed.ask("GET", "simple/contoso-utils/").headers["Cache-Control"] == "no-store"


@fact("simple-page-layout", "simple-page-second-capture")
@pytest.mark.parametrize("accept", ["*/*", "text/html", UV, PIP], ids=["anything", "html", "uv", "pip"])
def test_page_is_html_whatever_is_asked(feed: Asker, accept: str) -> None:
    """A page is HTML even if the client prefers the JSON form."""
    answer = feed.ask("GET", "simple/contoso-utils/", accept=accept)
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, "text/html")
    assert answer.text.startswith("<!DOCTYPE html>")


@fact("feed-roles", "token-scopes")
@pytest.mark.parametrize("credential", READERS)
def test_every_role_and_scope_reads(feed: Asker, credential: str) -> None:
    """A page opens for every role on the feed and both scopes of a token."""
    assert feed.ask("GET", "simple/contoso-utils/", credential).status_code == 200


@fact(inferred="the documented URL has the slash; one reader saw the page without it in a browser")
def test_page_without_final_slash(feed: Asker) -> None:
    """A page is also served without the final slash, and without a redirect."""
    assert feed.ask("GET", "simple/contoso-utils").status_code == 200


@fact(inferred="no capture shows an address with two slashes; empty segments name nothing")
@pytest.mark.parametrize(("credential", "status"), [("reader-read", 200), ("none", 401), ("wrong", 401)])
def test_page_after_two_slashes(feed: Asker, credential: str, status: int) -> None:
    """An index URL that ends in two slashes leads to the same page."""
    assert feed.ask("GET", "simple//contoso-utils/", credential).status_code == status


@fact(inferred="no capture shows a name that is not normalised")
def test_page_of_a_name_that_is_not_normalised(feed: Asker) -> None:
    """Another spelling of a name gets the page of the normalised name."""
    assert "Links for contoso-utils<" in feed.ask("GET", "simple/Contoso_Utils/").text


@fact("package-not-found")
def test_unknown_package(feed: Asker) -> None:
    """A package that the feed does not have is answered 404."""
    assert feed.ask("GET", "simple/contoso-nothing/").status_code == 404


@fact(inferred="unknown; to Microsoft's keyring backend 200, 404 and 405 mean the same there: open")
def test_root_page(feed: Asker) -> None:
    """The page of all packages is a 200 for a reader, HTML without a charset, and names no package."""
    answer = feed.ask("GET", "simple/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")
    assert "contoso-utils" not in answer.text


@fact(inferred="as any page; Microsoft's keyring backend takes a 401 or 403 there for a closed feed")
@pytest.mark.parametrize("credential", REFUSED)
def test_root_page_is_closed(feed: Asker, credential: str) -> None:
    """The page of all packages is closed without access; only an expired token gets a reason."""
    answer = feed.ask("GET", "simple/", credential)
    assert (answer.status_code, bool(answer.content)) == (401, credential == "expired")


@fact("unauthenticated-page")
def test_page_without_credential(feed: Asker) -> None:
    """Without a credential, a page is answered 401."""
    assert feed.ask("GET", "simple/contoso-utils/", "none").status_code == 401


@fact("unauthenticated-challenges", "unauthenticated-challenges-status")
def test_sign_in_ways_without_credential(feed: Asker) -> None:
    """The 401 without a credential offers three ways to sign in: Bearer, Basic, TFS-Federated."""
    ways = feed.ask("GET", "simple/contoso-tools/", "none").raw.headers.getlist("WWW-Authenticate")
    assert len(ways) == 3
    assert re.fullmatch(rf"Bearer authorization_uri=https://login\.windows\.net/{GUID}", ways[0])
    assert re.fullmatch(r'Basic realm="https://pkgsprod\w+\.pkgs\.visualstudio\.com/"', ways[1])
    assert ways[2] == "TFS-Federated"


@fact("wrong-credential-page")
def test_wrong_credential(feed: Asker) -> None:
    """An unknown token is answered 401."""
    assert feed.ask("GET", "simple/contoso-utils/", "wrong").status_code == 401


@fact(
    "expired-challenge",
    "rejected-challenge",
    "expired-challenge-with-bearer",
    "unreadable-credential-challenges",
    inferred="sources disagree: Basic alone (2020, 2026) or all three ways (twice in 2019)",
)
def test_sign_in_way_of_a_rejected_credential(feed: Asker) -> None:
    """The 401 to an unknown token offers only Basic."""
    ways = feed.ask("GET", "simple/contoso-tools/", "wrong").raw.headers.getlist("WWW-Authenticate")
    assert [way.split()[0] for way in ways] == ["Basic"]


@fact("forbidden-read", "forbidden-body")
def test_token_without_a_role(feed: Asker) -> None:
    """A valid token without a role on the feed gets a 403 that names the missing permission."""
    answer = feed.ask("GET", "simple/contoso-utils/", "no-role")
    assert (answer.status_code, answer.json()["typeKey"]) == (403, "FeedNeedsPermissionsException")
    assert "lacks permission to complete this action. You need to have 'ReadPackages'." in answer.reason


@fact(
    "expired-token-header",
    "expired-token-body",
    "expired-challenge",
    "expired-challenge-with-bearer",
    "rejected-challenge",
)
def test_expired_credential(feed: Asker) -> None:
    """An expired token is answered 401, with the reason in a header."""
    answer = feed.ask("GET", "simple/contoso-utils/", "expired")
    assert answer.status_code == 401
    reason = "Access Denied: The Personal Access Token used has expired."
    assert unquote(answer.headers["X-TFS-ServiceError"]) == reason


@fact("addresses-quickstart", "addresses-uv-guide", "token-scopes")
@pytest.mark.parametrize(
    "user", ["", "az", "VssSessionToken", "reader@contoso"], ids=["empty", "az", "session", "mail"]
)
def test_user_name_does_not_matter(feed: Asker, user: str) -> None:
    """Any user name opens the feed, even an empty one, because only the password counts."""
    answer = feed.session.get(
        feed.base + "simple/contoso-utils/", auth=(user, "reader-read"), allow_redirects=False
    )
    assert answer.status_code == 200


@fact("guid-links-maintainer")
def test_guids_work_in_the_index_address(feed: Asker) -> None:
    """The index URL may name project and feed by their GUIDs."""
    by_name = feed.ask("GET", "simple/contoso-utils/").text
    by_guid = feed.link(NEW).partition("download/")[0]
    assert feed.ask("GET", f"{by_guid}simple/contoso-utils/").text == by_name


@fact("feed-not-found-body", "feed-not-found-reason")
def test_missing_feed(feed: Asker) -> None:
    """A feed that does not exist is answered 404 with its name."""
    address = names.feed_base(names.ORGANIZATION, names.PROJECT, "no-such-feed")
    answer = feed.ask("GET", f"{address}simple/contoso-utils/")
    message = "The feed with ID 'no-such-feed' doesn't exist."
    assert (answer.status_code, answer.json()["message"]) == (404, message)
    assert answer.json()["typeKey"] == "FeedIdNotFoundException"
    assert answer.reason.startswith(f"Not Found - {message} (DevOps Activity ID: ")


@fact("feed-not-found-reason")
def test_project_feed_without_its_project(feed: Asker) -> None:
    """A project-scoped feed requested without its project is answered 404, as if it did not exist."""
    address = names.feed_base(names.ORGANIZATION, None, names.FEED)
    answer = feed.ask("GET", f"{address}simple/contoso-utils/")
    assert (answer.status_code, answer.json()["typeKey"]) == (404, "FeedIdNotFoundException")


@fact(inferred="the message is known from the pipelines service; no capture from a feed")
def test_missing_project(feed: Asker) -> None:
    """A project that does not exist is answered 404 with its name."""
    answer = feed.ask(
        "GET", f"{names.feed_base(names.ORGANIZATION, 'no-such-project', names.FEED)}simple/contoso-utils/"
    )
    assert answer.status_code == 404
    assert answer.json()["message"].startswith(
        "TF200016: The following project does not exist: no-such-project."
    )


@fact(inferred="no capture; clients fall back from it without a word")
def test_no_json_api(feed: Asker) -> None:
    """The feed does not have PyPI's JSON API."""
    assert feed.ask("GET", "contoso-utils/json").status_code == 404


@fact(inferred="uv asks there before it publishes; no capture of the answer")
def test_no_trusted_publishing(feed: Asker) -> None:
    """The URL at which a client asks for trusted publishing is answered 404."""
    assert feed.ask("GET", "https://pkgs.dev.azure.com/_/oidc/audience", "none").status_code == 404


@fact("package-not-found")
def test_a_build_tool_that_the_feed_does_not_hold(feed: Asker) -> None:
    """A build tool that neither the feed nor an upstream source has is answered 404, like any other name."""
    answer = feed.ask("GET", "simple/setuptools/")
    assert answer.status_code == 404
    assert f"Package 'setuptools' was not found in feed '{names.FEED}'." in answer.reason


@fact("search-refused")
def test_a_search_at_the_index_url(feed: Asker) -> None:
    """A search, which is a POST to the index URL, is answered 405."""
    answer = feed.ask("POST", "simple/", data=b"<?xml version='1.0'?><methodCall></methodCall>")
    message = "The requested resource does not support http method 'POST'."
    assert (answer.status_code, answer.json()) == (405, {"count": 1, "value": {"Message": message}})


@fact("feed-not-found-body", "feed-not-found-reason")
def test_a_package_of_a_feed_without_its_project(feed: Asker) -> None:
    """If the URL lacks the project, no package is found, and the answer says that the feed does not exist."""
    address = names.feed_base(names.ORGANIZATION, None, names.FEED)
    answer = feed.ask("GET", f"{address}simple/contoso-tools/")
    assert (answer.status_code, answer.json()["typeKey"]) == (404, "FeedIdNotFoundException")
    assert f"The feed with ID '{names.FEED}' doesn't exist." in answer.reason


@fact(inferred="the upload address takes POST alone; no capture of a page asked for below it")
def test_no_page_below_the_upload_address(feed: Asker) -> None:
    """The upload URL used as an index has no page for any package: 404."""
    assert feed.ask("GET", "upload/contoso-utils/").status_code == 404


@fact("unauthenticated-page")
@pytest.mark.parametrize("name", ["contoso-greeting", "contoso-nothing"], ids=["greeting", "nothing"])
def test_page_of_an_unknown_package_is_closed(feed: Asker, name: str) -> None:
    """Without a credential, the feed does not reveal whether it has a package: 401, as for any other."""
    assert feed.ask("GET", f"simple/{name}/", "none").status_code == 401


@fact("simple-page-layout", "version-segment-development-release")
def test_page_lists_a_development_release(feed: Asker) -> None:
    """A published development release is listed on its package's page, like any version."""
    name = "contoso_utils-1.2.0.dev1-py3-none-any.whl"
    assert feed.upload(name).status_code == 200
    assert name in feed.ask("GET", "simple/contoso-utils/", "contributor-read").text


@fact("simple-page-layout")
def test_page_lists_a_wheel_for_another_system(feed: Asker) -> None:
    """A wheel for one system is listed on the page for every client, because the feed does not filter."""
    name = "contoso_utils-1.2.0-py3-none-win_amd64.whl"
    assert feed.upload(name).status_code == 200
    assert name in feed.ask("GET", "simple/contoso-utils/", "contributor-write").text


@fact("package-not-found")
def test_page_of_what_the_other_feed_has(feed: Asker) -> None:
    """A package that only the organization's feed has is answered 404 here."""
    assert feed.ask("GET", "simple/contoso-common/").status_code == 404
