"""Shorten a run of all tests: start the longest ones first, and avoid searches that find nothing."""

from __future__ import annotations

import importlib.util
import sys

import pytest

# Words in the tests' ids, longest test first, so that no worker idles at the end while another runs a long
# test.
FIRST = (
    "internal_links",  # builds the site: if that fails, the run ends at once
    "recording_is_what",
    "nothing_of_the_examples_is_left",  # builds a second site; the other tests that read it come late
    "test_tutorial",
    "[poetry",
    "test_browser",
    "keyring",
    "[pip",
    "real_",
)
# Libraries that vcrpy patches if they are installed.
PATCHED = ("aiohttp", "botocore", "httplib2", "httpx", "httpx2", "httpx_curl_cffi", "pyreqwest", "tornado")


def rank(item: pytest.Item) -> int:
    """Return the rank of a test; a lower one starts earlier."""
    return next((at for at, word in enumerate(FIRST) if word in item.nodeid), len(FIRST))


def hide_what_is_missing() -> None:
    """Mark these libraries as missing once; otherwise vcrpy would search for each at every cassette."""
    missing = [name for name in PATCHED if importlib.util.find_spec(name) is None]
    sys.modules.update(dict.fromkeys(missing))
