"""The package index of the user's pip or uv: a finder that asks it."""

from __future__ import annotations

import os

from handbook.tools import environments


def finder(**choices: object) -> object:
    """Return unearth's finder for the index that the user's pip or uv asks.

    choices: further arguments of `unearth.PackageFinder`, such as the target Python.
    """
    from pip._internal.models.index import PyPI
    from unearth import PackageFinder

    settings = environments.uv_variables()
    os.environ.update({key: settings[key] for key in ("SSL_CERT_FILE", "ALL_PROXY") if key in settings})
    urls = [settings.get("UV_DEFAULT_INDEX", PyPI.simple_url), *settings.get("UV_INDEX", "").split()]
    return PackageFinder(index_urls=urls, only_binary=[":all:"], **choices)
