"""Facts about the token of a pipeline job: what the role of its build identity allows."""

from __future__ import annotations

import pytest

from handbook.cases import names
from tests.conftest import ONLY_HERE, UPSTREAM, Asker
from tests.facts.fact import fact

pytestmark = pytest.mark.vcr
TOOLS = "contoso_tools-1.1.0-py3-none-any.whl"
LATER = [f"contoso_{name}-py3-none-any.whl" for name in ("utils-1.3.0", "utils-1.4.0", "tools-1.2.0")]
TASK_UPLOAD = "upload"  # as TwineAuthenticate writes it (evidence: task-address)
BUILD = "collaborator-write"  # the default role of a build identity, and the job's token


@fact("task-pip-authenticate", "task-project-and-feed", "task-job-token", "build-identity-roles")
@pytest.mark.parametrize("package", ["contoso-utils", "contoso-tools", "idna"])
def test_build_identity_reads_a_page(feed: Asker, package: str) -> None:
    """A job's token opens a package's page, with the user name that the task sets."""
    url = feed.base + f"simple/{package}/"
    answer = feed.session.get(url, auth=("build", BUILD), allow_redirects=False)
    assert answer.status_code == 200


@fact("package-not-found")
def test_build_identity_asks_for_a_missing_package(feed: Asker) -> None:
    """A job's token gets a 404 for a package that only another feed has."""
    assert feed.ask("GET", "simple/contoso-common/", BUILD).status_code == 404


@fact(
    inferred="an unknown project is answered so to other roles; no capture of a name that begins with a blank"
)
@pytest.mark.parametrize("package", ["contoso-common", "pip"])
def test_project_that_begins_with_a_blank(feed: Asker, package: str) -> None:
    """A space before a project's name is part of the name, so the answer is 404 for an unknown project."""
    address = names.feed_base(names.ORGANIZATION, " platform", names.ORGANIZATION_FEED)
    answer = feed.ask("GET", f"{address}simple/{package}/", BUILD)
    assert (answer.status_code, "TF200016" in answer.text) == (404, True)


@fact(
    inferred="an unknown feed is answered so to other roles; no capture of a name with a line feed in it. No "
    "reason may contain one (RFC 9112 section 4): a blank takes its place, as in a field (RFC 9110 section "
    "5.5)"
)
@pytest.mark.parametrize("package", ["contoso-utils", "pip"])
def test_feed_with_a_line_feed_in_its_name(feed: Asker, package: str) -> None:
    """A feed name of two lines is one unknown name: 404, with the name on one line in the reason."""
    address = names.feed_base(names.ORGANIZATION, names.PROJECT, f"{names.FEED}\nplatform")
    answer = feed.ask("GET", f"{address}simple/{package}/", BUILD)
    assert (answer.status_code, "The feed with ID" in answer.text) == (404, True)
    assert f"'{names.FEED} platform' doesn't exist." in answer.reason


@fact("build-identity-roles", "download-redirect-status", "download-redirect-location")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_build_identity_downloads(feed: Asker, method: str) -> None:
    """A job's token downloads a file that only the feed has."""
    link = feed.link(ONLY_HERE.filename, BUILD)
    assert feed.ask(method, link, BUILD).status_code == 303


@fact("build-identity-roles", "upstream-saving")
def test_build_identity_saves_from_the_upstream(feed: Asker) -> None:
    """A job's token saves a version from an upstream."""
    link = feed.link(UPSTREAM[0].filename, BUILD)
    assert feed.ask("GET", link, BUILD).is_redirect


@fact("forbidden-read", "build-identity-roles")
def test_build_identity_without_a_role(feed: Asker) -> None:
    """A build identity without a role on the feed gets a 403 that names the missing permission."""
    answer = feed.ask("GET", "simple/contoso-tools/", "no-role")
    assert (answer.status_code, answer.json()["typeKey"]) == (403, "FeedNeedsPermissionsException")
    assert "You need to have 'ReadPackages'." in answer.reason


@fact("upload-accepted", "task-twine-authenticate", "task-twine-authenticate-path", "build-identity-roles")
@pytest.mark.parametrize("path", ["upload/", TASK_UPLOAD], ids=["slash", "task"])
def test_build_identity_publishes(feed: Asker, path: str) -> None:
    """A job's token can publish once the build identity is a contributor."""
    assert feed.upload(TOOLS, path=path).status_code == 200


@fact("forbidden-publish-build-service", "task-address", "build-identity-roles")
def test_build_identity_may_not_publish_by_default(feed: Asker) -> None:
    """A build identity with its default role gets a 403 when it publishes."""
    answer = feed.upload(TOOLS, credential=BUILD, path=TASK_UPLOAD)
    assert (answer.status_code, "You need to have 'AddPackage'." in answer.reason) == (403, True)


@fact("forbidden-publish-reader")
def test_reader_may_not_publish(feed: Asker) -> None:
    """A reader gets a 403 for a package that the feed does not have yet as well."""
    answer = feed.upload("contoso_greeting-1.0.0-py3-none-any.whl", credential="reader-write")
    assert (answer.status_code, "You need to have 'AddPackage'." in answer.reason) == (403, True)
