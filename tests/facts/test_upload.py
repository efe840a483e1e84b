"""Facts about publishing to a feed: which uploads are accepted, which are refused and how."""

from __future__ import annotations

import hashlib

import pytest

from handbook.cases import names
from handbook.feed.simple_page import links
from tests.conftest import FILES, ONLY_HERE, Asker
from tests.facts.fact import NO_PUBLISHERS, fact

pytestmark = pytest.mark.vcr
NEXT, TOOLS = "contoso_utils-1.2.0-py3-none-any.whl", "contoso_tools-1.1.0-py3-none-any.whl"
LATER = [f"contoso_{name}-py3-none-any.whl" for name in ("utils-1.3.0", "utils-1.4.0", "tools-1.2.0")]
HELD = FILES[1].filename
REFUSED = ["none", "wrong", "expired"]


def publish(feed: Asker, files: dict[str, bytes]) -> list[int]:
    """Upload files one after the other as a contributor; return the statuses."""
    return [feed.upload(name, content).status_code for name, content in files.items()]


@fact("upload-accepted", "addresses-setup")
def test_upload_is_accepted(feed: Asker) -> None:
    """A new file is answered 200."""
    assert feed.upload(NEXT).status_code == 200


@fact("upload-accepted", "addresses-quickstart")
def test_upload_without_final_slash(feed: Asker) -> None:
    """The upload URL works without its final slash."""
    assert feed.upload(NEXT, path="upload").status_code == 200


@fact("upload-accepted")
def test_wheel_is_accepted(feed: Asker, greeting: dict[str, bytes]) -> None:
    """The feed accepts the first file of a new package."""
    assert publish(feed, dict([next(iter(greeting.items()))])) == [200]


@fact("upload-second-file-of-version")
@pytest.mark.parametrize("last", [".tar.gz", ".whl"], ids=["archive-last", "wheel-last"])
def test_wheel_and_source_archive_are_accepted(feed: Asker, greeting: dict[str, bytes], last: str) -> None:
    """The wheel and the source archive of one version are accepted one after the other, in either order."""
    ordered = dict(sorted(greeting.items(), key=lambda item: item[0].endswith(last)))
    assert publish(feed, ordered) == [200, 200]


@fact("simple-page-layout")
@pytest.mark.parametrize("last", [".tar.gz", ".whl"], ids=["archive-last", "wheel-last"])
def test_upload_is_listed(feed: Asker, greeting: dict[str, bytes], last: str) -> None:
    """Uploaded files are listed on the package's page, in the same order whichever was uploaded first."""

    def page() -> str:
        return feed.ask("GET", "simple/contoso-greeting/", "contributor-write").text

    for name, content in sorted(greeting.items(), key=lambda item: item[0].endswith(last)):
        assert name not in page()
        feed.upload(name, content)
        assert name in page()
    found = [link["href"].partition("#")[0].rpartition("/")[2] for link in links(page())]
    assert found == sorted(greeting)


@fact("download-redirect-status", "store-headers")
@pytest.mark.parametrize("suffix", [".whl", ".tar.gz"], ids=["wheel", "archive"])
def test_upload_can_be_downloaded(feed: Asker, greeting: dict[str, bytes], suffix: str) -> None:
    """A downloaded file equals the uploaded one byte for byte, through the redirect and the file store."""
    publish(feed, greeting)
    name = next(file for file in greeting if file.endswith(suffix))
    redirect = feed.ask("GET", feed.link(name, "contributor-write"), "contributor-write")
    stored = feed.ask("GET", redirect.headers["Location"], "none").content
    assert hashlib.sha256(stored).digest() == hashlib.sha256(greeting[name]).digest()


@fact("unauthenticated-download")
def test_uploaded_file_is_closed(feed: Asker, greeting: dict[str, bytes]) -> None:
    """An uploaded file is closed without a credential."""
    publish(feed, greeting)
    assert feed.ask("GET", feed.link(next(iter(greeting)), "contributor-write"), "none").status_code == 401


@fact("download-redirect-status", "download-redirect-location")
def test_uploaded_file_redirects(feed: Asker, greeting: dict[str, bytes]) -> None:
    """An uploaded file redirects to the file store."""
    publish(feed, greeting)
    link = feed.link(next(iter(greeting)), "contributor-write")
    assert feed.ask("GET", link, "contributor-write").status_code == 303


@fact("head-redirected")
def test_head_on_an_uploaded_file(feed: Asker, greeting: dict[str, bytes]) -> None:
    """HEAD on an uploaded file redirects, as does GET."""
    publish(feed, greeting)
    link = feed.link(next(iter(greeting)), "contributor-write")
    assert feed.ask("HEAD", link, "contributor-write").is_redirect


@fact(inferred="GET is closed; dependabot-core#15207 (June 2026) has HEAD fail, its status was not read")
def test_head_on_an_uploaded_file_is_closed(feed: Asker, greeting: dict[str, bytes]) -> None:
    """HEAD on an uploaded file is closed without a credential."""
    publish(feed, greeting)
    assert feed.ask("HEAD", feed.link(next(iter(greeting)), "contributor-write"), "none").status_code == 401


@fact("upload-duplicate", "upload-duplicate-reason")
def test_duplicate_is_refused(feed: Asker) -> None:
    """A file name that the feed already has is answered 409, with the message in the body and the reason."""
    answer = feed.upload(HELD)
    message = f"The feed '{names.FEED}' already contains file '{HELD}' in package 'contoso-utils 1.1.0'."
    assert (answer.status_code, answer.json()["message"]) == (409, message)
    assert answer.json()["typeKey"] == "PackageAlreadyExistsException"
    assert answer.reason.startswith(f"Conflict - {message} (DevOps Activity ID: ")


@fact("upload-duplicate-after-unavailable", "immutability")
def test_second_upload_is_refused(feed: Asker) -> None:
    """A file that was accepted is refused the second time."""
    assert [feed.upload(NEXT).status_code, feed.upload(NEXT).status_code] == [200, 409]


@fact("upload-second-file-of-version")
def test_new_file_of_a_known_version(feed: Asker) -> None:
    """Another file of a version that the feed has is accepted, because file names count, not versions."""
    assert feed.upload("contoso_utils-1.1.0.tar.gz").status_code == 200


@fact("upload-to-simple", "search-refused")
def test_upload_to_the_index_url(feed: Asker) -> None:
    """An upload to the index URL is answered 405, whatever the credential allows."""
    answer = feed.upload(NEXT, path="simple/")
    message = "The requested resource does not support http method 'POST'."
    assert (answer.status_code, answer.json()) == (405, {"count": 1, "value": {"Message": message}})


@fact(inferred="the upload resource takes only POST; no capture")
def test_reading_the_upload_url(feed: Asker) -> None:
    """The upload URL cannot be read: GET is answered 405."""
    assert feed.ask("GET", "upload/").status_code == 405


@fact("forbidden-publish-reader", "forbidden-publish-build-service")
@pytest.mark.parametrize("credential", [name for name in NO_PUBLISHERS if name.endswith("write")])
def test_role_below_contributor(feed: Asker, credential: str) -> None:
    """A role that may not publish gets a 403 that names the missing permission."""
    answer = feed.upload(NEXT, credential=credential)
    assert (answer.status_code, answer.json()["typeKey"]) == (403, "FeedNeedsPermissionsException")
    assert "lacks permission to complete this action. You need to have 'AddPackage'." in answer.reason


@fact("read-scope-is-a-reader", "forbidden-publish-reader")
@pytest.mark.parametrize("credential", [name for name in NO_PUBLISHERS if name.endswith("read")])
def test_scope_without_write(feed: Asker, credential: str) -> None:
    """A token with read scope cannot publish, whatever the role: 403."""
    assert feed.upload(NEXT, credential=credential).status_code == 403


@fact("upload-without-credential", "upload-requires-credential")
@pytest.mark.parametrize("credential", REFUSED)
def test_upload_is_closed(feed: Asker, credential: str) -> None:
    """An upload without a valid credential is answered 401."""
    assert feed.upload(NEXT, credential=credential).status_code == 401


@fact("feed-not-found-body")
def test_upload_to_a_missing_feed(feed: Asker) -> None:
    """An upload to a feed that does not exist is answered 404 with its name."""
    address = names.feed_base(names.ORGANIZATION, names.PROJECT, "no-such-feed") + "upload/"
    answer = feed.upload(NEXT, path=address)
    assert (answer.status_code, answer.json()["typeKey"]) == (404, "FeedIdNotFoundException")


@fact("upload-invalid-version")
def test_invalid_version(feed: Asker) -> None:
    """A version that does not follow PEP 440 gets a 400 that states the rule."""
    answer = feed.upload("contoso_utils-1.2.0.tar.gz", version="latest")
    assert answer.status_code == 400
    assert (
        "Versions should conform to the format described in PEP 440 and be under 128 characters."
        in answer.text
    )


@fact("upload-accepted", "upload-invalid-version")
def test_longest_version(feed: Asker) -> None:
    """A version of 127 characters is accepted, because the rule says "under 128"."""
    version = "1" + "0" * 126
    assert len(version) == 127
    assert feed.upload(f"contoso_utils-{version}-py3-none-any.whl").status_code == 200


@fact("upload-invalid-version")
def test_too_long_version(feed: Asker) -> None:
    """A version of 128 characters gets a 400 that states the rule."""
    version = "1" + "0" * 127
    assert len(version) == 128
    answer = feed.upload(f"contoso_utils-{version}-py3-none-any.whl")
    assert (answer.status_code, "and be under 128 characters." in answer.text) == (400, True)


@fact("upload-local-version")
def test_local_version(feed: Asker) -> None:
    """A local version such as 1.2.0+abc is answered 400."""
    answer = feed.upload("contoso_utils-1.3.0.tar.gz", version="1.3.0+abc")
    assert (answer.status_code, "Local version segments are not allowed." in answer.text) == (400, True)


@fact("upload-duplicate", "upload-duplicate-reason")
def test_its_file_is_not_taken_again(feed: Asker) -> None:
    """A file of contoso-tools that the feed has is answered 409; a page links to this fact."""
    assert feed.upload(ONLY_HERE.filename).status_code == 409


@fact("upload-second-file-of-version")
def test_wheel_for_another_system(feed: Asker) -> None:
    """A second wheel of a version that the feed has is accepted, because its file name is new."""
    assert feed.upload("contoso_utils-1.1.0-py3-none-win_amd64.whl").status_code == 200


@fact(inferred="a page lists one package; no capture of two pages around an upload")
def test_upload_leaves_other_pages_alone(feed: Asker) -> None:
    """An upload to one package does not change the page of another."""
    credential = "contributor-write"
    before = feed.ask("GET", "simple/contoso-utils/", credential).text
    feed.upload(TOOLS)
    assert feed.ask("GET", "simple/contoso-utils/", credential).text == before


@fact("simple-page-layout")
@pytest.mark.parametrize("last", [TOOLS, NEXT], ids=["tools-last", "utils-last"])
def test_page_lists_what_was_published(feed: Asker, last: str) -> None:
    """After two uploads of different packages, in either order, each is listed on its own page."""
    credential = "contributor-write"
    for name in sorted([NEXT, TOOLS], key=lambda name: name == last):
        page = f"simple/{name.partition('-')[0].replace('_', '-')}/"
        assert name not in feed.ask("GET", page, credential).text
        assert feed.upload(name).status_code == 200
        assert name in feed.ask("GET", page, credential).text
    assert NEXT in feed.ask("GET", "simple/contoso-utils/", credential).text


@fact(inferred="a page lists one package; no capture of two pages around an upload")
def test_other_page_after_an_upload(feed: Asker) -> None:
    """A page does not list a file that was published under another name."""
    feed.upload(NEXT)
    assert NEXT not in feed.ask("GET", "simple/contoso-tools/", "contributor-write").text


@fact(inferred="uv asks there before it publishes; no capture of the answer")
def test_no_trusted_publishing_after_an_upload(feed: Asker) -> None:
    """The URL of trusted publishing is answered 404, whatever was published before."""
    feed.upload(NEXT)
    assert feed.ask("GET", "https://pkgs.dev.azure.com/_/oidc/audience", "none").status_code == 404


@fact("upload-accepted")
@pytest.mark.parametrize("file", LATER, ids=["utils", "utils-next", "tools"])
def test_further_version_is_accepted(feed: Asker, file: str) -> None:
    """A further version of a package that the feed has is accepted."""
    assert feed.upload(file).status_code == 200


@fact("upload-requires-credential", "upload-without-credential", "expired-token-header")
@pytest.mark.parametrize("file", [LATER[0], TOOLS], ids=["utils", "tools"])
def test_credential_comes_before_the_duplicate(feed: Asker, file: str) -> None:
    """An expired token is answered 401 even for a file that the feed already has."""
    feed.upload(file)
    assert feed.upload(file, credential="expired").status_code == 401


@fact("upload-local-version")
def test_wheel_with_a_local_version(feed: Asker) -> None:
    """A wheel whose version has a local part is answered 400 with the reason."""
    answer = feed.upload("contoso_utils-1.3.0+abc-py3-none-any.whl")
    assert (answer.status_code, "Local version segments are not allowed." in answer.text) == (400, True)
