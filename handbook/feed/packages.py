"""Build small wheels and other distributions in memory; the same input gives the same bytes on every system.

The content is stored, not compressed, because two builds of zlib may compress differently.
"""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import zipfile
from dataclasses import dataclass
from email.parser import Parser

_EPOCH = (2026, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class File:
    """One file of a package as an index lists it."""

    name: str
    version: str
    filename: str
    content: bytes
    requires_python: str = ""

    @property
    def sha256(self) -> str:
        """The SHA-256 of the content, 64 hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()


def metadata(
    name: str,
    version: str,
    requires_python: str = "",
    metadata_version: str = "2.1",
    requires: tuple[str, ...] = (),
) -> str:
    """Return the text of a METADATA file, in the form that the core metadata specification defines."""
    lines = [f"Metadata-Version: {metadata_version}", f"Name: {name}", f"Version: {version}"]
    if requires_python:
        lines.append(f"Requires-Python: {requires_python}")
    lines += [f"Requires-Dist: {one}" for one in requires]
    return "\n".join(lines) + "\n"


def wheel(
    name: str,
    version: str,
    requires_python: str = "",
    supplier: str = "the feed",
    metadata_version: str = "2.1",
    command: str = "",
    requires: tuple[str, ...] = (),
) -> File:
    """Build a pure Python wheel; its module names its publisher in `SUPPLIER`, and its command prints it."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    files = {
        f"{module}/__init__.py": f'"""{name} {version}."""\n\nSUPPLIER = "{supplier}"\n',
        f"{info}/METADATA": metadata(name, version, requires_python, metadata_version, requires),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if command:
        files[f"{module}/__init__.py"] += "\n\ndef main():\n    print(SUPPLIER)\n"
        files[f"{info}/entry_points.txt"] = f"[console_scripts]\n{command} = {module}:main\n"
    record = [f"{path},sha256={_record_digest(text)},{len(text)}" for path, text in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,"]) + "\n"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path, _EPOCH), text)
    return File(name, version, f"{module}-{version}-py3-none-any.whl", target.getvalue(), requires_python)


def _record_digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def from_filename(filename: str, requires_python: str = "") -> File:
    """Return a file of the given name. Only wheels can be installed; other archives hold just their name."""
    stem = filename.removesuffix(".tar.gz").removesuffix(".zip")
    if filename.endswith(".whl"):
        name, version, *_ = filename.split("-")
        built = wheel(name, version, requires_python)
        return File(name, version, filename, built.content, requires_python)
    name, _, version = stem.rpartition("-")
    return File(name, version, filename, filename.encode(), requires_python)


def metadata_version(filename: str, content: bytes) -> str:
    """Return the core metadata version that a wheel or source archive says, such as "2.4".

    An archive that is none, as `from_filename` makes them, counts as the version of our wheels.
    """
    try:
        if filename.endswith(".whl"):
            said = read_wheel_metadata(content)
        else:
            with tarfile.open(fileobj=io.BytesIO(content)) as archive:
                said = archive.extractfile(f"{filename.removesuffix('.tar.gz')}/PKG-INFO").read()
    except tarfile.ReadError:
        said = metadata("", "").encode()
    return Parser().parsestr(said.decode())["Metadata-Version"]


def read_wheel_metadata(content: bytes) -> bytes:
    """Return the METADATA file of a wheel."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        path = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return archive.read(path)
