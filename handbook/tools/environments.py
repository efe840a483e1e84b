"""Create the virtual environments in .envs/ from the hashed lock files in locks/; standard library only.

Callers need only `ensure`. pip creates the environment `uv`; uv creates all others. An environment is
complete if its stamp, which is written last, is the digest of its lock file, the Python version and its path.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from handbook.runner import host, system

ROOT = Path(__file__).resolve().parents[2]

# The user's variables for pip, uv and Python that reach the set-up: only those that say where packages come
# from and how to get there. All others (user, target, no hashes, no bytecode, …) could break it.
KEPT = re.compile(
    r"PIP_(CONFIG_FILE|INDEX_URL|EXTRA_INDEX_URL|CERT|CLIENT_CERT|PROXY|TRUSTED_HOST|(DEFAULT_)?TIMEOUT|CACHE_DIR)"
    r"|UV_(DEFAULT_INDEX|(EXTRA_)?INDEX(_.+)?|KEYRING_PROVIDER|SYSTEM_CERTS|INSECURE_HOST|HTTP_.+|CACHE_DIR|OFFLINE)"
)
# pip's settings that uv needs as well: name in `pip config list` -> uv's variable.
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}
# Pattern in the tools' output -> what to tell the user. The first match is the cause: pip's "No matching
# distribution" also ends a run without a network. {lock} is filled in.
CAUSES = (
    (
        r"CERTIFICATE_VERIFY_FAILED|invalid peer certificate",
        "the package index's certificate is not trusted: set SSL_CERT_FILE to your company's CA file",
    ),
    (
        r"NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|Network is unreachable|Connection refused"
        r"|error sending request|dns error|operation timed out|UV_OFFLINE|network was disabled",
        "no network: the first set-up downloads from PyPI: connect (or set HTTPS_PROXY or pip's index-url)",
    ),
    (
        r"(?i)hash mismatch|do not match the hashes|hashes are required|must have a hash|invalid requirement"
        r"|invalid hash|error: (expected|unexpected|couldn't parse)",
        "{lock} is damaged or does not match the download: git checkout {lock}",
    ),
    (
        r"seems invalid, please provide a scheme|for '--(default-)?index|Relative paths passed to `--index`",
        "the package index's address is not valid: correct PIP_INDEX_URL, UV_DEFAULT_INDEX or pip's index-url",
    ),
    (
        r"(?i)configuration file could not be loaded|configuration file contains|contains no section headers",
        "pip's configuration file is broken: correct that of PIP_CONFIG_FILE or of `pip config debug`",
    ),
    (
        r"No matching distribution|no usable wheels|no version of",
        "the package index has no wheel for this Python on this system: use CPython on Linux or macOS",
    ),
    (r"No space left", "the disk is full: make room and try again"),
)

INDEX_SERVERS = "index-servers"  # set up by the test that needs it, not by make setup


class SetupError(Exception):
    """An environment cannot be created; the message is one line with the cause and the cure."""


def program(name: str, executable: str, root: Path = ROOT) -> Path:
    """Return the path of an executable in the environment `name`."""
    return system.HERE.executable(root / ".envs" / name, executable)


def stamp(name: str, root: Path = ROOT) -> str:
    """Return the digest of all that an environment depends on, including its path, which scripts contain."""
    lock = root / "locks" / f"{name}.txt"
    try:
        text = lock.read_bytes()
    except OSError as error:
        raise SetupError(f"locks/{name}.txt: {error.strerror}: git checkout locks/{name}.txt") from None
    return hashlib.sha256(b"%d.%d\n%s\n%s" % (*sys.version_info[:2], os.fsencode(root), text)).hexdigest()


def is_current(name: str, root: Path = ROOT) -> bool:
    """Return whether the environment `name` is complete, for the present lock file and this Python."""
    expected = stamp(name, root)
    try:
        found = (root / ".envs" / name / "stamp").read_text(encoding="utf-8")
    except OSError:
        return False
    return found == expected and program(name, "python", root).exists()


def ensure(names: Iterable[str], root: Path = ROOT) -> None:
    """Create each environment that is missing or outdated, and report it on stderr; else do nothing.

    Raises SetupError.
    """
    if all(is_current(name, root) for name in names):
        return
    try:
        with alone(root):
            make([name for name in names if not is_current(name, root)], root)
    except (FileExistsError, NotADirectoryError) as error:
        raise SetupError(f"{error.filename}: is a file: remove it") from None
    except OSError as error:
        raise SetupError(f"{error.filename or '.envs'}: {error.strerror}: make the folder writable") from None


def make(names: list[str], root: Path) -> None:
    """Create these environments: uv's first, because it creates the others, several at a time."""
    from concurrent.futures import ThreadPoolExecutor

    if names and not is_current("uv", root):
        check_python()
        report("uv")
        make_one("uv", root, None)
    others = [name for name in names if name != "uv"]
    if others:
        settings = uv_variables(root)
        for name in others:
            report(name)
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda name: make_one(name, root, settings), others))


def report(name: str) -> None:
    """Report which environment is being created."""
    print(f"setting up {name} (locks/{name}.txt)…", file=sys.stderr, flush=True)


def make_one(name: str, root: Path, settings: dict[str, str] | None) -> None:
    """Create one environment: with uv and these settings or, if None, with venv and pip (uv itself)."""
    import shutil

    folder = root / ".envs" / name
    shutil.rmtree(folder, ignore_errors=True)
    python = getattr(sys, "_base_executable", sys.executable)  # not the Python of an active environment
    install = ["--require-hashes", "--only-binary", ":all:", "-r", f"locks/{name}.txt"]
    if settings is None:
        settings = tool_variables()
        call(name, root, settings, python, "-m", "venv", str(folder))
        pip = [str(program(name, "python", root)), "-m", "pip", "install", "--quiet", "--retries", "2"]
        call(name, root, settings, *pip, *install)
    else:
        uv = str(program("uv", "uv", root))
        call(name, root, settings, uv, "venv", "--no-project", "--python", python, str(folder))
        target = ["--compile-bytecode", "--python", str(program(name, "python", root))]
        call(name, root, settings, uv, "pip", "install", *target, *install)
    (folder / "stamp").write_text(stamp(name, root), encoding="utf-8")


def call(name: str, root: Path, settings: dict[str, str], *argv: str) -> str:
    """Run a tool without a terminal and return its output; if it fails, raise SetupError with the cause."""
    import subprocess

    done = subprocess.run(
        argv,
        cwd=root,
        env=settings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode:
        raise SetupError(explain(name, done.stdout + done.stderr))
    return done.stdout


def explain(name: str, output: str) -> str:
    """Turn a tool's output into one line: the environment, the cause, the cure."""
    for pattern, text in CAUSES:
        if re.search(pattern, output):
            return f"cannot set up {name}: {text.format(lock=f'locks/{name}.txt')}"
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["no output"]
    told = [line for line in lines if line.lower().startswith(("error", "cause"))] or lines[-1:]
    return f"cannot set up {name}: {'; '.join(told[:2])}: remove .envs and try again"


def check_python() -> None:
    """Raise SetupError if this Python cannot create virtual environments (on Debian, a separate package)."""
    from importlib.util import find_spec

    if not (find_spec("venv") and find_spec("ensurepip")):
        raise SetupError(
            "this Python has no venv module: apt-get install python3-venv (on Debian and Ubuntu)"
        )


def tool_variables() -> dict[str, str]:
    """Return the variables for pip and uv: the user's, without those that could break the set-up."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if KEPT.fullmatch(key) or not key.startswith(("PIP_", "UV_", "PYTHON", "VIRTUAL_ENV", "CONDA_"))
    }
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_USER": "0", "NO_COLOR": "1"}
    return kept | quiet


def uv_variables(root: Path = ROOT) -> dict[str, str]:
    """Return the variables for uv, with pip's index, proxy and certificate unless the user set uv's own.

    As for pip, an additional index has the same priority as the first; the hashes decide what is installed.
    """
    import ast
    import ssl

    settings = tool_variables()
    own = {"UV_NO_CONFIG": "1", "UV_NO_PROGRESS": "1", "UV_PYTHON_DOWNLOADS": "never"}
    own["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    place = ssl.get_default_verify_paths()
    if place.cafile or (place.capath and any(Path(place.capath).glob("*"))):
        settings.setdefault("UV_SYSTEM_CERTS", "1")
    listed = call("uv", root, settings, str(program("uv", "python", root)), "-m", "pip", "config", "list")
    found = {}
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        section, _, option = key.rpartition(".")
        if section in ("global", "install", ":env:") and option in PIP_TO_UV:
            rank = ("global", "install", ":env:").index(section)
            found[option] = max(found.get(option, (-1, "")), (rank, ast.literal_eval(value)))
    for option, (_, value) in found.items():
        settings.setdefault(PIP_TO_UV[option], " ".join(value.split()))
    return settings | own


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """Prevent two set-ups of one checkout at the same time: the second waits for the first."""
    (root / ".envs").mkdir(exist_ok=True)
    said = "waiting for another set-up of this checkout…"
    with open(root / ".envs" / "lock", "w") as file:  # noqa: PTH123 - closing the file releases the lock
        host.HERE.lock(file, lambda: print(said, file=sys.stderr, flush=True))
        yield
