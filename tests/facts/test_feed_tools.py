"""Facts for Hatch and Flit: a request before an upload, and the files that Flit builds."""

from __future__ import annotations

import pytest

from tests.conftest import Asker
from tests.facts.building import build
from tests.facts.fact import fact

pytestmark = pytest.mark.vcr
ADDRESSES = ["upload/", "simple/"]
REFUSED = ["wrong", "expired"]
FORM = {"metadata_version": "2.3"}  # flit/upload.py of Flit 4.2.0 says so of each file; the files say 2.5


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Build the package of Flit's cases with the real Flit; return file name and content, wheel first."""
    return build(tmp_path_factory.mktemp("flit"), "flit/publish-env", "flit", "flit", "build")


@fact(inferred="no documentation names this address; what the feed has no route for is answered 404")
@pytest.mark.parametrize("address", ADDRESSES, ids=["upload", "simple"])
@pytest.mark.parametrize("credential", ["contributor-write", "reader-write"])
def test_hatch_looks_for_earlier_versions(feed: Asker, address: str, credential: str) -> None:
    """Hatch asks for earlier versions below the upload URL, where no resource exists: 404."""
    answer = feed.ask("GET", f"{address}%2Bsimple/contoso-utils/", credential)
    assert answer.status_code == 404


@fact("wrong-credential-page")
def test_hatch_with_a_wrong_token_learns_nothing(feed: Asker) -> None:
    """Hatch's request for earlier versions is answered 401 with a wrong token, like any other request."""
    answer = feed.ask("GET", "upload/%2Bsimple/contoso-utils/", "wrong")
    assert answer.status_code == 401


@fact("upload-second-file-of-version")
def test_what_flit_builds_is_accepted(feed: Asker, built: dict[str, bytes]) -> None:
    """The feed accepts Flit's wheel and then its source archive."""
    assert [feed.upload(name, content, **FORM).status_code for name, content in built.items()] == [200, 200]


@fact("upload-second-file-of-version")
def test_what_flit_builds_is_accepted_in_any_order(feed: Asker, built: dict[str, bytes]) -> None:
    """The feed also accepts Flit's source archive and then its wheel."""
    files = reversed(built.items())
    assert [feed.upload(name, content, **FORM).status_code for name, content in files] == [200, 200]


@fact("upload-duplicate", "upload-duplicate-reason")
def test_what_flit_builds_is_taken_once(feed: Asker, built: dict[str, bytes]) -> None:
    """Flit's first file, the wheel, is answered 409 once both files have been accepted."""
    for name, content in built.items():
        feed.upload(name, content, **FORM)
    name, content = next(iter(built.items()))
    assert feed.upload(name, content, **FORM).status_code == 409


@fact("upload-without-credential", "upload-requires-credential")
@pytest.mark.parametrize("credential", REFUSED)
def test_flit_with_a_bad_token_is_refused(feed: Asker, built: dict[str, bytes], credential: str) -> None:
    """A token that the feed does not accept cannot publish: 401."""
    name, content = next(iter(built.items()))
    assert feed.upload(name, content, credential, **FORM).status_code == 401


@fact("forbidden-publish-reader", "forbidden-publish-build-service")
def test_flit_with_a_reader_is_refused(feed: Asker, built: dict[str, bytes]) -> None:
    """A Reader cannot publish, even with a token that may write: 403."""
    name, content = next(iter(built.items()))
    assert feed.upload(name, content, "reader-write", **FORM).status_code == 403


@fact("upload-to-simple", "search-refused")
def test_flit_at_the_index_url(feed: Asker, built: dict[str, bytes]) -> None:
    """An upload to the index URL is answered 405."""
    name, content = next(iter(built.items()))
    assert feed.upload(name, content, path="simple/", **FORM).status_code == 405
