"""Facts about reading a feed: pages, links, downloads, refusals. Each is also a recording."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import unquote

import pytest

from checks import names
from feed.credentials import CLASSES, may_read, may_save
from tests.conftest import FILES, ONLY_HERE, UPSTREAM, Asker, links
from tests.facts import fact

pytestmark = pytest.mark.vcr
READERS = [name for name in CLASSES if may_read(name)]
REFUSED = [name for name in CLASSES if not may_read(name)]
OLD, NEW = (file.filename for file in FILES)
GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
UV, PIP = (
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01",
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01",
)


@fact(inferred="X")
def test_page_is_two_lines_of_html(feed: Asker) -> None:
    """A package's page is a doctype line and one more line that holds title, heading and all links."""
    doctype, page = feed.ask("GET", "simple/contoso-utils/").text.split("\n")
    assert doctype == "<!DOCTYPE html>"
    start = "<html><head><title>Links for contoso-utils</title></head><body><h1>Links for contoso-utils</h1><a "
    assert page.startswith(start)
    assert page.endswith("</a><br/></body></html>")


@fact(inferred="X")
def test_page_separates_links_with_br(feed: Asker) -> None:
    """Every link of a page is followed by a line break element, and by nothing else."""
    page = feed.ask("GET", "simple/contoso-utils/").text
    assert page.count("</a><br/>") == page.count("</a>") == len(FILES)


@fact(inferred="X")
def test_links_hold_guids(feed: Asker) -> None:
    """A link keeps the organization's name and has GUIDs in place of project and feed."""
    for link in links(feed.ask("GET", "simple/contoso-utils/").text):
        path = rf"https://pkgs\.dev\.azure\.com/{names.ORGANIZATION}/{GUID}/_packaging/{GUID}/pypi/download/"
        assert re.match(path + "contoso-utils/", link["href"])


@fact(inferred="X")
def test_links_shorten_the_version(feed: Asker) -> None:
    """A link leaves trailing zeros of the version out of the path and keeps the file name whole."""
    paths = [link["href"].partition("/download/")[2] for link in links(feed.ask("GET", "simple/contoso-utils/").text)]
    assert [path.partition("#")[0] for path in paths] == [f"contoso-utils/1.1/{NEW}", f"contoso-utils/1/{OLD}"]


@fact(inferred="X")
def test_links_carry_the_digest(feed: Asker) -> None:
    """A link ends in the file's SHA-256."""
    found = {link["href"].rpartition("#sha256=")[2] for link in links(feed.ask("GET", "simple/contoso-utils/").text)}
    assert found == {file.sha256 for file in FILES}


@fact(inferred="X")
def test_requires_python_is_not_escaped(feed: Asker) -> None:
    """`data-requires-python` stands where a file has it, with a bare `>`."""
    page = feed.ask("GET", "simple/contoso-utils/").text
    assert page.count("data-requires-python") == 1
    assert f' data-requires-python=">=3.9">{NEW}</a>' in page


@fact(inferred="X")
@pytest.mark.parametrize(
    "word",
    ["data-yanked", "data-core-metadata", "data-dist-info-metadata", "data-gpg-sig", "pypi:repository-version"],
    ids=["yank", "metadata", "old-metadata", "signature", "api-version"],
)
def test_page_lacks(feed: Asker, word: str) -> None:
    """A page has no yank mark, no metadata file, no signature and no API version."""
    page = feed.ask("GET", "simple/contoso-utils/").text
    assert "Links for" in page
    assert word not in page


@fact(inferred="X")
@pytest.mark.parametrize("credential", READERS)
def test_package_that_only_the_feed_has(feed: Asker, credential: str) -> None:
    """A package with one version has one link on its page."""
    assert len(links(feed.ask("GET", "simple/contoso-tools/", credential).text)) == 1


@fact(inferred="X")
def test_its_file_redirects(feed: Asker) -> None:
    """The link of a package that only the feed has redirects to the file store."""
    assert feed.ask("GET", feed.link(ONLY_HERE.filename)).status_code == 303


@fact(inferred="X")
def test_its_file_is_stored(feed: Asker) -> None:
    """The file store gives the file of a package that only the feed has."""
    location = feed.ask("GET", feed.link(ONLY_HERE.filename)).headers["Location"]
    assert feed.ask("GET", location, "none").content == ONLY_HERE.content


@fact(inferred="X")
def test_newest_version_first(feed: Asker) -> None:
    """A page lists the newest version first."""
    found = re.findall(r">(contoso_utils-[^<]+)</a>", feed.ask("GET", "simple/contoso-utils/").text)
    assert found == [NEW, OLD]


@fact(inferred="X")
def test_page_may_not_be_stored(feed: Asker) -> None:
    """A page forbids every cache to keep it."""
    assert feed.ask("GET", "simple/contoso-utils/").headers["Cache-Control"] == "no-store"


@fact(inferred="X")
@pytest.mark.parametrize("accept", ["*/*", "text/html", UV, PIP], ids=["anything", "html", "uv", "pip"])
def test_page_is_html_whatever_is_asked(feed: Asker, accept: str) -> None:
    """A page is HTML even where the client prefers the JSON form."""
    answer = feed.ask("GET", "simple/contoso-utils/", accept=accept)
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, "text/html")
    assert answer.text.startswith("<!DOCTYPE html>")


@fact(inferred="X")
@pytest.mark.parametrize("credential", READERS)
def test_every_role_and_scope_reads(feed: Asker, credential: str) -> None:
    """A page opens for every role on the feed and both scopes of a token."""
    assert feed.ask("GET", "simple/contoso-utils/", credential).status_code == 200


@fact(inferred="the documented URL has the slash; one reader saw the page without it in a browser")
def test_page_without_final_slash(feed: Asker) -> None:
    """A page is served without the final slash, too, and without a redirect."""
    assert feed.ask("GET", "simple/contoso-utils").status_code == 200


@fact(inferred="no capture shows a name that is not normalised")
def test_page_of_a_name_that_is_not_normalised(feed: Asker) -> None:
    """A name in another spelling gets the page of the normalised name."""
    assert "Links for contoso-utils<" in feed.ask("GET", "simple/Contoso_Utils/").text


@fact(inferred="X")
def test_unknown_package(feed: Asker) -> None:
    """A package that the feed does not hold is answered 404."""
    assert feed.ask("GET", "simple/contoso-nothing/").status_code == 404


@fact(inferred="what the service shows there is unknown; credential helpers need an answer below 400")
def test_root_page(feed: Asker) -> None:
    """The page of all packages answers 200 to a reader, as HTML without a charset, and names no package."""
    answer = feed.ask("GET", "simple/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")
    assert "contoso-utils" not in answer.text


@fact(inferred="the service refuses before it looks for the package; no capture of the root page")
@pytest.mark.parametrize("credential", REFUSED)
def test_root_page_is_closed(feed: Asker, credential: str) -> None:
    """The page of all packages is closed to whoever may not read the feed."""
    assert feed.ask("GET", "simple/", credential).status_code == 401


@fact(inferred="X")
def test_page_without_credential(feed: Asker) -> None:
    """Without a credential a page is answered 401 with an empty body."""
    answer = feed.ask("GET", "simple/contoso-utils/", "none")
    assert (answer.status_code, answer.content) == (401, b"")


@fact(inferred="X")
def test_sign_in_ways_without_credential(feed: Asker) -> None:
    """The 401 without a credential names three ways to sign in: Bearer with a tenant, Basic, TFS-Federated."""
    ways = feed.ask("GET", "simple/contoso-utils/", "none").raw.headers.getlist("WWW-Authenticate")
    assert len(ways) == 3
    assert re.fullmatch(rf"Bearer authorization_uri=https://login\.windows\.net/{GUID}", ways[0])
    assert re.fullmatch(r'Basic realm="https://pkgsprod\w+\.pkgs\.visualstudio\.com/"', ways[1])
    assert ways[2] == "TFS-Federated"


@fact(inferred="X")
def test_wrong_credential(feed: Asker) -> None:
    """A token that is not known is answered 401, and only Basic is offered."""
    answer = feed.ask("GET", "simple/contoso-utils/", "wrong")
    assert answer.status_code == 401
    assert [way.split()[0] for way in answer.raw.headers.getlist("WWW-Authenticate")] == ["Basic"]


@fact(inferred="X")
def test_expired_credential(feed: Asker) -> None:
    """An expired token is answered 401; the reason stands in a header that no client of this handbook shows."""
    answer = feed.ask("GET", "simple/contoso-utils/", "expired")
    assert answer.status_code == 401
    reason = "Access Denied: The Personal Access Token used has expired."
    assert unquote(answer.headers["X-TFS-ServiceError"]) == reason


@fact(inferred="X")
@pytest.mark.parametrize("user", ["", "az", "VssSessionToken", "reader@contoso"], ids=["empty", "az", "session", "mail"])
def test_user_name_does_not_matter(feed: Asker, user: str) -> None:
    """Any user name opens the feed, an empty one, too: only the password counts."""
    answer = feed.session.get(feed.base + "simple/contoso-utils/", auth=(user, "reader-read"), allow_redirects=False)
    assert answer.status_code == 200


@fact(inferred="X")
@pytest.mark.parametrize("credential", READERS)
@pytest.mark.parametrize("file", [NEW, OLD], ids=["new", "old"])
def test_download_redirects_to_the_file_store(feed: Asker, credential: str, file: str) -> None:
    """A download is answered 303 with an address of the file store."""
    answer = feed.ask("GET", feed.link(file, credential), credential)
    assert answer.status_code == 303
    assert re.match(r"https://\w+\.vsblob\.vsassets\.io/b-[0-9a-f]{32}/[0-9A-F]{66}\.blob\?", answer.headers["Location"])


@fact(inferred="X")
@pytest.mark.parametrize("credential", REFUSED)
def test_download_is_closed(feed: Asker, credential: str) -> None:
    """A download link alone opens nothing: without a credential that may read it is answered 401."""
    assert feed.ask("GET", feed.link(NEW), credential).status_code == 401


@fact(inferred="X")
@pytest.mark.parametrize("credential", READERS)
def test_head_redirects(feed: Asker, credential: str) -> None:
    """HEAD on a download link is answered 303, as GET is."""
    assert feed.ask("HEAD", feed.link(NEW, credential), credential).status_code == 303


@fact(inferred="X")
def test_head_is_closed(feed: Asker) -> None:
    """HEAD on a download link without a credential is answered 401."""
    assert feed.ask("HEAD", feed.link(NEW), "none").status_code == 401


@fact(inferred="X")
def test_range_is_left_to_the_file_store(feed: Asker) -> None:
    """A range asked of a download link is not served there: the answer is the redirect."""
    assert feed.ask("GET", feed.link(NEW), span="bytes=-100").status_code == 303


@fact(inferred="X")
@pytest.mark.parametrize("file", FILES, ids=["old", "new"])
def test_file_store_gives_the_file(feed: Asker, file) -> None:
    """The file store gives the file to whoever has its address, without a credential."""
    answer = feed.ask("GET", feed.ask("GET", feed.link(file.filename)).headers["Location"], "none")
    assert (answer.status_code, hashlib.sha256(answer.content).hexdigest()) == (200, file.sha256)


@fact(inferred="X")
def test_file_store_gives_a_part(feed: Asker) -> None:
    """The file store gives the part of a file that a range asks for."""
    answer = feed.ask("GET", feed.ask("GET", feed.link(NEW)).headers["Location"], "none", span="bytes=0-99")
    assert (answer.status_code, len(answer.content)) == (206, 100)


@fact(inferred="Azure's blob storage takes either a signature or a credential; no capture of both")
def test_file_store_refuses_a_credential(feed: Asker) -> None:
    """The file store refuses a request that carries the feed's credential along."""
    location = feed.ask("GET", feed.link(NEW)).headers["Location"]
    assert feed.ask("GET", location, "reader-read").status_code == 400


@fact(inferred="X")
def test_guids_work_in_the_index_address(feed: Asker) -> None:
    """The index URL may name project and feed by their GUIDs."""
    by_name = feed.ask("GET", "simple/contoso-utils/").text
    by_guid = feed.link(NEW).partition("download/")[0]
    assert feed.ask("GET", f"{by_guid}simple/contoso-utils/").text == by_name


@fact(inferred="X")
def test_missing_feed(feed: Asker) -> None:
    """A feed that does not exist is answered 404 with its name."""
    address = names.feed_base(names.ORGANIZATION, names.PROJECT, "no-such-feed")
    answer = feed.ask("GET", f"{address}simple/contoso-utils/")
    message = "The feed with ID 'no-such-feed' doesn't exist."
    assert (answer.status_code, answer.json()["message"]) == (404, message)
    assert answer.json()["typeKey"] == "FeedIdNotFoundException"
    assert answer.reason.startswith(f"Not Found - {message} (DevOps Activity ID: ")


@fact(inferred="X")
def test_project_feed_without_its_project(feed: Asker) -> None:
    """A project's feed that is asked for without the project is answered 404, as if it did not exist."""
    address = names.feed_base(names.ORGANIZATION, None, names.FEED)
    answer = feed.ask("GET", f"{address}simple/contoso-utils/")
    assert (answer.status_code, answer.json()["typeKey"]) == (404, "FeedIdNotFoundException")


@fact(inferred="the message is known from the pipelines service; no capture from a feed")
def test_missing_project(feed: Asker) -> None:
    """A project that does not exist is answered 404 with its name."""
    answer = feed.ask("GET", f"{names.feed_base(names.ORGANIZATION, 'no-such-project', names.FEED)}simple/contoso-utils/")
    assert answer.status_code == 404
    assert answer.json()["message"].startswith("TF200016: The following project does not exist: no-such-project.")


@fact(inferred="X")
def test_no_json_api(feed: Asker) -> None:
    """The JSON API that PyPI has is not there."""
    assert feed.ask("GET", "contoso-utils/json").status_code == 404


@fact(inferred="X")
def test_no_metadata_file(feed: Asker) -> None:
    """A file has no separate metadata file beside it."""
    assert feed.ask("GET", feed.link(NEW) + ".metadata").status_code == 404


@fact(inferred="uv asks there before it publishes; no capture of the answer")
def test_no_trusted_publishing(feed: Asker) -> None:
    """The address at which a client asks for trusted publishing is answered 404."""
    assert feed.ask("GET", "https://pkgs.dev.azure.com/_/oidc/audience", "none").status_code == 404


@fact(inferred="X")
def test_upstream_package_is_listed(feed: Asker) -> None:
    """The page of a package that only an upstream has lists it before anybody saved it."""
    assert UPSTREAM[0].filename in feed.ask("GET", "simple/idna/").text


@fact(inferred="X")
@pytest.mark.parametrize("credential", [name for name in READERS if not may_save(name)])
def test_unsaved_upstream_version_is_refused(feed: Asker, credential: str) -> None:
    """A version that nobody saved yet is answered 403 to whoever may not save it: role and scope count."""
    answer = feed.ask("GET", feed.link(UPSTREAM[0].filename, credential), credential)
    assert (answer.status_code, answer.json()["typeKey"]) == (403, "FeedNeedsPermissionsException")


@fact(inferred="X")
@pytest.mark.parametrize("credential", [name for name in READERS if may_save(name)])
def test_upstream_version_is_saved(feed: Asker, credential: str) -> None:
    """Whoever may save a version gets it, as one of the feed's own."""
    answer = feed.ask("GET", feed.link(UPSTREAM[0].filename, credential), credential)
    assert answer.status_code == 303
