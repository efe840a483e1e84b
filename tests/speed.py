"""What makes a run of all tests short: the longest begin first, and nothing is searched for in vain."""

from __future__ import annotations

import importlib.util
import sys

import pytest

# Words of the tests' ids, longest test first. No worker idles at the end when only short tests are left.
FIRST = (
    "internal_links",  # builds the site: where that fails, the run ends at once
    "recording_is_what",
    "nothing_of_the_examples_is_left",  # builds a second site; the other tests that read it come late
    "test_tutorial",
    "[poetry",
    "test_browser",
    "keyring",
    "[pip",
    "real_",
)
# Libraries that vcrpy patches where they are installed.
PATCHED = ("aiohttp", "botocore", "httplib2", "httpx", "httpx2", "httpx_curl_cffi", "pyreqwest", "tornado")


def rank(item: pytest.Item) -> int:
    """Return how early a test begins."""
    return next((at for at, word in enumerate(FIRST) if word in item.nodeid), len(FIRST))


def hide_what_is_missing() -> None:
    """Say once that these libraries are missing; vcrpy would search for each at every cassette."""
    missing = [name for name in PATCHED if importlib.util.find_spec(name) is None]
    sys.modules.update(dict.fromkeys(missing))
