"""The upload form of Python's package indexes (multipart/form-data), parsed with the standard library."""

from __future__ import annotations

import email.parser
import email.policy
import functools
import hashlib
from dataclasses import dataclass

from handbook.feed.http import Request


@dataclass(frozen=True)
class Upload:
    """One uploaded file with its form fields; the first value of a repeated field counts."""

    filename: str
    content: bytes
    fields: dict[str, str]

    @property
    def sha256(self) -> str:
        """The SHA-256 of the uploaded bytes, 64 hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def summary(self) -> bytes:
        """The line that a recording keeps of an upload: file name, digest, and core metadata version.

        The version is a field that a client takes from the file; a feed refuses those that it does not know.
        """
        metadata = self.fields.get("metadata_version", "")
        return f"{self.filename} sha256={self.sha256} metadata={metadata}\n".encode()


def read(request: Request) -> Upload | None:
    """Return the upload in a request, or None if its form contains no file."""
    content_type = request.header("Content-Type") or ""
    if not content_type.startswith("multipart/form-data"):
        return None
    return _read(content_type, request.body)


@functools.lru_cache(maxsize=4)  # the feed, the recording and the report all read an upload
def _read(content_type: str, body: bytes) -> Upload | None:
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    fields: dict[str, str] = {}
    file: tuple[str, bytes] | None = None
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True) or b""
        if part.get_filename() and name == "content":
            file = (part.get_filename(), content)
        else:
            fields.setdefault(str(name), content.decode("utf-8", "replace"))
    return Upload(*file, fields) if file else None
