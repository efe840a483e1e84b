"""The seal of a build: a digest of all that it depends on but its pages, kept after a build without a fault.

While it fits, nothing but pages has changed, and a build reads cases and entries only for a page that is read
again.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from handbook.cases import machine, proof
from handbook.site import metadata

FILE = "checkout.seal"  # beside the doctrees
NOT_READ = {".git", ".envs", "_build", "__pycache__", ".pytest_cache", ".ruff_cache"}


def seen(folder: str, built: set[str], pages: bool = True) -> Iterator[tuple[str, int, int]]:
    """Yield the path, size and time of change (ns) of each file in a folder that a build can read.

    What is `built` is skipped, and pages are Sphinx's own business; in a case's folder nothing is a page.
    """
    for one in os.scandir(folder):
        if one.is_dir(follow_symlinks=False):
            if one.name not in NOT_READ and one.path not in built:
                yield from seen(one.path, built, pages and one.name != "snippets")
        elif not (pages and one.name.endswith(".md")):
            state = one.stat(follow_symlinks=False)
            yield one.path, state.st_size, state.st_mtime_ns


def bash() -> str:
    """Return the version of bash, or "" on a machine that only builds the site and has none."""
    try:
        return machine.bash_version()
    except (OSError, machine.MissingError):
        return ""


def made(app: Sphinx) -> str:
    """Return a digest (hex) of the files, the settings, the machine and the day."""
    root = Path(app.srcdir)
    proved = [file for file in (proof.path(root), *proof.elsewhere_files(root)) if file.is_file()]
    proofs = [(str(file), file.stat().st_mtime_ns) for file in proved]
    settings = [str(app.outdir), app.builder.name, app.config.overrides]
    settings += sorted((key, value) for key, value in os.environ.items() if key.startswith("HANDBOOK_"))
    here = [machine.system(), machine.python(), machine.walled(), machine.wine(), bash()]
    here.append(machine.windows_python(root))
    files = sorted(seen(str(app.srcdir), {str(app.outdir), str(app.doctreedir)}))
    return hashlib.sha256(repr([files, proofs, settings, here, date.today()]).encode()).hexdigest()


def begin(app: Sphinx) -> None:
    """Compare with the last build's seal, and remove one that doesn't fit: a fault leaves none behind."""
    file = Path(app.doctreedir) / FILE
    app.handbook_seal = made(app)
    app.handbook_unchanged = file.is_file() and file.read_text(encoding="utf-8") == app.handbook_seal
    if not app.handbook_unchanged:
        file.unlink(missing_ok=True)


def unchanged(app: Sphinx) -> bool:
    """Return whether nothing but pages has changed since the last build without a fault."""
    return app.handbook_unchanged


def reading(app: Sphinx, env: BuildEnvironment, pages: list[str]) -> None:
    """Note on the builder, which writes the pages, whether nothing at all has changed."""
    app.builder.handbook_still = not pages and unchanged(app)


def still(app: Sphinx, target: Path) -> bool:
    """Return whether a file is there that the last build made, and no page and no other file has changed."""
    return getattr(app.builder, "handbook_still", False) and target.exists()


def keep(app: Sphinx, error: Exception | None) -> None:
    """Write the seal of a build that ends without an error or a warning."""
    if error is None and not app._warncount:  # Sphinx has no public counter
        (Path(app.doctreedir) / FILE).write_text(app.handbook_seal, encoding="utf-8")


def write_if_new(app: Sphinx, file: str, made_of: object, text: Callable[[], str]) -> None:
    """Write a static file, unless what it is made of (by its repr) has not changed since it was written."""
    digest = hashlib.sha256(repr([str(app.outdir), made_of]).encode()).hexdigest()
    target, kept = Path(app.outdir) / "_static" / file, Path(app.doctreedir) / f"{file}.digest"
    if target.exists() and kept.exists() and kept.read_text(encoding="utf-8") == digest:
        return
    target.write_text(text(), encoding="utf-8", newline="\n")
    kept.write_text(digest, encoding="utf-8")


def setup(app: Sphinx) -> dict:
    """Register the events."""
    app.connect("builder-inited", begin, priority=90)  # before the checkout is read
    app.connect("env-before-read-docs", reading)
    app.connect("build-finished", keep, priority=900)  # after the handlers that may warn
    return metadata()
