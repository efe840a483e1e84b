"""Facts about publishing what the build steps of pipelines make: Poetry's files, and those of hatchling."""

from __future__ import annotations

import pytest

from tests.conftest import Asker
from tests.facts.building import build
from tests.facts.fact import fact

pytestmark = pytest.mark.vcr
JOB = "collaborator-write"  # the default role of a build identity, and the job's token
# The case whose package is built, the client and its command. Hatch, PDM and build call the same back end,
# which makes the same files.
BUILT = {
    "poetry": ("poetry/build-package", "poetry", "poetry", "build"),
    "hatchling": ("hatch/build-package", "build", "pyproject-build", "--no-isolation"),
}
ADDRESSES = ["upload/", "upload"]  # the second is how TwineAuthenticate writes it (evidence: task-address)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """Build each package once; return file name and content, wheel first."""
    return {name: build(tmp_path_factory.mktemp(name), *how) for name, how in BUILT.items()}


@fact("upload-second-file-of-version", "addresses-setup", "addresses-quickstart")
@pytest.mark.parametrize("address", ADDRESSES, ids=["slash", "no-slash"])
@pytest.mark.parametrize("tool", BUILT)
@pytest.mark.parametrize("last", [".tar.gz", ".whl"], ids=["archive-last", "wheel-last"])
def test_what_a_step_builds_is_accepted(
    feed: Asker, built: dict[str, dict[str, bytes]], tool: str, address: str, last: str
) -> None:
    """The feed accepts the wheel and the source archive one after the other, in either order."""
    files = sorted(built[tool].items(), key=lambda item: item[0].endswith(last))
    assert [feed.upload(name, content, path=address).status_code for name, content in files] == [200, 200]


@fact("forbidden-publish-build-service", "build-identity-roles")
@pytest.mark.parametrize("address", ADDRESSES, ids=["slash", "no-slash"])
@pytest.mark.parametrize("tool", BUILT)
def test_a_job_may_not_publish_what_it_built(
    feed: Asker, built: dict[str, dict[str, bytes]], tool: str, address: str
) -> None:
    """The default role of a build identity cannot publish its first file, the wheel: 403."""
    name, content = next(iter(built[tool].items()))
    assert feed.upload(name, content, JOB, path=address).status_code == 403
