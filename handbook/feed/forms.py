"""The upload form of Python's package indexes (multipart/form-data), read with the standard library."""

from __future__ import annotations

import email.parser
import email.policy
import functools
import hashlib
from dataclasses import dataclass

from handbook.feed.http import Request


@dataclass(frozen=True)
class Upload:
    """One uploaded file with its form fields; a field that occurs twice keeps its first value."""

    filename: str
    content: bytes
    fields: dict[str, str]

    @property
    def sha256(self) -> str:
        """The digest of the uploaded bytes, 64 hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def summary(self) -> bytes:
        """The one line that a recording keeps of an upload: file name and digest."""
        return f"{self.filename} sha256={self.sha256}\n".encode()


def read(request: Request) -> Upload | None:
    """Return the upload that a request carries; None where the form holds no file."""
    content_type = request.header("Content-Type") or ""
    if not content_type.startswith("multipart/form-data"):
        return None
    return _read(content_type, request.body)


@functools.lru_cache(maxsize=4)  # one upload is read by the feed, by the recording and by the report
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
