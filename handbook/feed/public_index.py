"""A model of PyPI: it answers the requests that clients send, from a few packages made in memory.

It implements the simple repository API in HTML and JSON, and the JSON API that Poetry reads. The host names
come from pip's own constants. Source: the simple repository API as packaging.python.org specifies it, and the
JSON API as PyPI documents it (read 2026-11-22).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from html import escape
from urllib.parse import unquote

from handbook.feed import hosts
from handbook.feed.http import Request, Response, part_of
from handbook.feed.packages import File, read_wheel_metadata

_JSON = "application/vnd.pypi.simple.v1+json"
_HTML = "application/vnd.pypi.simple.v1+html"
_UPLOADED = "2026-01-01T00:00:00.000000Z"


class PublicIndex:
    """Answer requests to PyPI's index host and to its file host."""

    def __init__(self, files: Iterable[File]) -> None:
        self.files = list(files)

    def __call__(self, request: Request) -> Response:
        """Return the response; 404 for anything that the index does not contain."""
        index_host, file_host = hosts.public_hosts()
        parts = [unquote(part) for part in request.path.split("/") if part]
        if request.method not in ("GET", "HEAD"):
            return Response(405, "Method Not Allowed")
        if request.host == file_host:
            return self._file(request, parts[-1] if parts else "")
        if request.host != index_host:
            return Response(404, "Not Found")
        match parts:
            case ["simple", name]:
                return self._simple(hosts.normalized(name), request.header("Accept") or "")
            case ["pypi", name, "json"]:
                return self._json(hosts.normalized(name), None)
            case ["pypi", name, version, "json"]:
                return self._json(hosts.normalized(name), version)
        return Response(404, "Not Found")

    def _of(self, name: str) -> list[File]:
        return [file for file in self.files if hosts.normalized(file.name) == name]

    def _url(self, file: File) -> str:
        digest = file.sha256
        return f"https://{hosts.public_hosts()[1]}/packages/{digest[:2]}/{digest[2:4]}/{digest[4:]}/{file.filename}"

    def _simple(self, name: str, accept: str) -> Response:
        files = self._of(name)
        if not files:
            return Response(404, "Not Found")
        if _JSON in accept:
            page = {
                "meta": {"api-version": "1.1"},
                "name": name,
                "versions": sorted({file.version for file in files}),
                "files": [
                    {
                        "filename": file.filename,
                        "url": self._url(file),
                        "hashes": {"sha256": file.sha256},
                        "requires-python": file.requires_python or None,
                        "size": len(file.content),
                        "upload-time": _UPLOADED,
                        "yanked": False,
                        "core-metadata": {"sha256": _metadata_digest(file)},
                    }
                    for file in files
                ],
            }
            return Response(200, "OK", (("Content-Type", _JSON),), json.dumps(page).encode())
        anchors = "\n".join(
            f'<a href="{self._url(file)}#sha256={file.sha256}" '
            f'data-requires-python="{escape(file.requires_python)}" '
            f'data-core-metadata="sha256={_metadata_digest(file)}">{file.filename}</a><br />'
            for file in files
        )
        head = f"<head><title>Links for {name}</title></head>"
        text = f"<!DOCTYPE html>\n<html>{head}<body>\n{anchors}\n</body></html>"
        kind = _HTML if _HTML in accept else "text/html"
        return Response(200, "OK", (("Content-Type", kind),), text.encode())

    def _json(self, name: str, version: str | None) -> Response:
        files = self._of(name)
        chosen = [file for file in files if version in (None, file.version)]
        if not chosen:
            return Response(404, "Not Found")
        latest = chosen[-1]

        def entry(file: File) -> dict[str, object]:
            return {
                "filename": file.filename,
                "url": self._url(file),
                "digests": {"sha256": file.sha256},
                "packagetype": "bdist_wheel",
                "requires_python": file.requires_python or None,
                "size": len(file.content),
                "upload_time_iso_8601": _UPLOADED,
                "yanked": False,
            }

        page = {
            "info": {
                "name": name,
                "version": latest.version,
                "summary": "",
                "requires_dist": None,
                "requires_python": latest.requires_python or None,
            },
            "releases": {file.version: [entry(file)] for file in files},
            "urls": [entry(file) for file in files if file.version == latest.version],
        }
        return Response(200, "OK", (("Content-Type", "application/json"),), json.dumps(page).encode())

    def _file(self, request: Request, filename: str) -> Response:
        wanted = filename.removesuffix(".metadata")
        for file in self.files:
            if file.filename == wanted:
                content = read_wheel_metadata(file.content) if filename != wanted else file.content
                headers = (("Content-Type", "application/octet-stream"), ("Accept-Ranges", "bytes"))
                return part_of(Response(200, "OK", headers, content), request)[0]
        return Response(404, "Not Found")


def _metadata_digest(file: File) -> str:
    return hashlib.sha256(read_wheel_metadata(file.content)).hexdigest()
