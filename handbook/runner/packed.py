"""Build the wheels of a locked environment, for the model of PyPI to serve.

A tool that a case installs is the real one, in the version that its lock pins: its installed files are packed
into a wheel again, so nothing is downloaded.
"""

from __future__ import annotations

import functools
import io
import re
import tomllib
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path

from handbook.feed import hosts
from handbook.feed.packages import File
from handbook.runner import programs, system

# The files that an installer adds to a wheel's metadata folder.
ADDED = {"INSTALLER", "REQUESTED", "RECORD", "direct_url.json"}
_EPOCH = (2026, 1, 1, 0, 0, 0)


def direct(root: Path, name: str) -> set[str]:
    """Return the packages that an environment's dependency group lists directly."""
    groups = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    return {hosts.normalized(re.split(r"[=<>\[ ]", one)[0]) for one in groups[name]}


@functools.cache
def wheels(root: Path, name: str) -> list[File]:
    """Return every package of an environment as a wheel."""
    packages = system.HERE.packages(programs.environment(root, name))
    return [_wheel(info) for info in sorted(packages.glob("*.dist-info"))]


def _wheel(info: Path) -> File:
    """Pack one installed package, under the name of the wheel that its metadata says it came from."""
    said = Parser().parsestr((info / "METADATA").read_text(encoding="utf-8"))
    tags = Parser().parsestr((info / "WHEEL").read_text(encoding="utf-8")).get_all("Tag")
    stem = info.name.removesuffix(".dist-info")
    filename = f"{stem}-{_compressed(tags)}.whl"
    target = io.BytesIO()
    record = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for source, path in _files(info, stem):
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.external_attr = (0o100000 | source.stat().st_mode & 0o777) << 16
            archive.writestr(entry, source.read_bytes())
            record.append(f"{path},,\n")
        archive.writestr(zipfile.ZipInfo(f"{info.name}/RECORD", _EPOCH), "".join(record))
    version = stem.partition("-")[2]
    return File(said["Name"], version, filename, target.getvalue(), said.get("Requires-Python", ""))


def _files(info: Path, stem: str) -> Iterator[tuple[Path, str]]:
    """Yield the files of an installed package with their paths in its wheel.

    Scripts that an installer creates from `entry_points.txt` are left out.
    """
    points = info / "entry_points.txt"
    made = (
        set(re.findall(r"(?m)^([\w.-]+)\s*=", points.read_text(encoding="utf-8")))
        if points.exists()
        else set()
    )
    for line in (info / "RECORD").read_text(encoding="utf-8").splitlines():
        path = line.rsplit(",", 2)[0].strip('"')
        source = info.parent / path
        if path.startswith(".."):
            if source.is_file() and source.stem not in made:
                yield source, f"{stem}.data/scripts/{source.name}"
        elif not (path.endswith(".pyc") or Path(path).parent.name == info.name and Path(path).name in ADDED):
            yield source, path


def _compressed(tags: list[str]) -> str:
    """Return a wheel's tags in the compressed form of its file name: each part once, joined by dots."""
    parts = zip(*(tag.split("-") for tag in tags), strict=True)
    return "-".join(".".join(dict.fromkeys(part)) for part in parts)
