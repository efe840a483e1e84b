"""Classify hosts (feed, file store, identity, PyPI, other) and find the package that a URL is about."""

from __future__ import annotations

import functools
import re
from urllib.parse import unquote

from pip._internal.models.index import PyPI

from handbook.feed.http import Request

FEED = "pkgs.dev.azure.com"
METADATA = "169.254.169.254"  # a virtual machine's own identity service, by plain http
KINDS = ("feed", "file-store", "identity", "public-index", "other")

# The hosts in Microsoft's allow-list page and in the public captures (tests/evidence/).
_PATTERNS = (
    ("feed", re.compile(r"pkgs\.dev\.azure\.com|[a-z0-9-]+\.pkgs\.visualstudio\.com")),
    ("file-store", re.compile(r"[a-z0-9-]+\.vsblob\.vsassets\.io|[a-z0-9-]+\.blob\.core\.windows\.net")),
    (
        "identity",
        re.compile(
            r"login\.microsoftonline\.com|login\.windows\.net|vssps\.dev\.azure\.com"
            r"|([a-z0-9-]+\.)?vssps\.visualstudio\.com|169\.254\.169\.254"
        ),
    ),
)


@functools.cache
def public_hosts() -> tuple[str, str]:
    """Return the names of PyPI's index host and of its file host, from pip's own constants."""
    return PyPI.netloc, PyPI.file_storage_domain


@functools.cache
def kind(host: str) -> str:
    """Return the kind of a host name, one of KINDS."""
    if host in public_hosts():
        return "public-index"
    return next((name for name, pattern in _PATTERNS if pattern.fullmatch(host)), "other")


def normalized(name: str) -> str:
    """Return a package name normalised as PEP 503 specifies."""
    return re.sub(r"[-_.]+", "-", name).lower()


def file_package(file: str) -> str:
    """Return the normalised package name of a wheel's or source archive's file name."""
    name = file.split("-")[0] if file.endswith(".whl") else file.rpartition("-")[0]
    return normalized(name)


def package(request: Request) -> str:
    """Return the normalised name of the package that a request asks for, or "" if it asks for none.

    An upload names its package in the form, not in the URL; a file store URL names its file in the `rscd`
    parameter (the file name under which a browser would save it).
    """
    path = unquote(request.path)
    where = kind(request.host)
    if where == "file-store":
        found = re.search(r'filename="([^"]+)"', unquote(request.url))
        return file_package(found[1]) if found else ""
    if found := re.search(r"/(?:simple|download)/+([^/]+)", path):
        return normalized(found[1])
    if where == "public-index":
        if path.startswith("/packages/"):
            return file_package(path.rpartition("/")[2].removesuffix(".metadata"))
        found = re.match(r"/pypi/([^/]+)/", path)
        return normalized(found[1]) if found else ""
    if request.method == "POST" and request.body:
        found = re.search(rb'name="name"\r\n\r\n([^\r]+)', request.body)
        return normalized(found[1].decode()) if found else ""
    return ""
