"""Print the client releases in which a statement holds, from the version records, only as far as tried.

The role {release}`uv/install-env` prints the client and the releases in which that case does what its page
says, {release}`uv/forbidden` those that print an entry's message, and {release}`uv` only the pinned release.
For a case or entry that has changed since it was measured, only the pinned release is printed.
"""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from handbook.cases import version_record
from handbook.cases.clients import CLIENTS, ClientError, locked, spelled
from handbook.cases.version_record import Record, RecordError, Subject
from handbook.site import metadata
from handbook.site.domain.checkout import every_case, every_entry, once_a_build
from handbook.site.domain.sphinx_domain import link, warn, watched

logger = logging.getLogger(__name__)


@once_a_build
def record(root: Path, client: str) -> Record | None:
    """Return the record of a client; a broken one gives one warning and is ignored."""
    try:
        return version_record.read(root, client)
    except RecordError as error:
        logger.warning("%s", error, type="handbook", subtype="versions")
        return None


@once_a_build
def pinned(root: Path, client: str) -> str:
    """Return the release that a client's lock pins, or "" if it has no lock."""
    try:
        return locked(client, root) if CLIENTS[client].lock else ""
    except ClientError:
        return ""


@once_a_build
def of_case(root: Path, name: str) -> Subject | None:
    """Return the measurements of a case in its present form, or None if there are none."""
    case = every_case(root).get(name)
    if case is None:  # a record may name a case that is gone
        return None
    found = record(root, case.client)
    subject = found and found.cases.get(name)
    now = version_record.digest([case])
    return subject if version_record.current(found, subject, now, pinned(root, case.client)) else None


@once_a_build
def of_entry(root: Path, name: str) -> dict[str, Subject | None]:
    """Return for each client the measurements of an entry's message in its present form, or None."""
    entry = every_entry(root)[name]
    found: dict[str, Subject | None] = {}
    for client, cases in version_record.measured_by(entry, every_case(root)).items():
        if not CLIENTS[client].lock:
            continue
        one = record(root, client)
        subject = one and one.messages.get(name)
        now = version_record.digest(cases, entry.message)
        found[client] = subject if version_record.current(one, subject, now, pinned(root, client)) else None
    return found


def case_releases(root: Path, name: str) -> str:
    """Return the releases in which a case does what its page says, as far as tried; else the pinned one."""
    subject = of_case(root, name)
    span = subject and subject.range
    return span.releases if span else pinned(root, every_case(root)[name].client)


def case_tried(root: Path, name: str) -> int:
    """Return the number of releases in a case's range that were tried; 0 if it was not measured."""
    subject = of_case(root, name)
    span = subject and subject.range
    return span.tried if span else 0


def unsafe(root: Path, name: str) -> list[str]:
    """Return a sentence for each span of releases in which a safety claim of a case does not hold."""
    subject, case = of_case(root, name), every_case(root)[name]
    spans = [span for span in subject.spans if span.unsafe] if subject else []
    joined: dict[str, list[str]] = {}
    for span in spans:
        joined.setdefault(span.unsafe, []).append(span.releases)
    return [f"{spelled(case.client)} {', '.join(some)}: {what}." for what, some in joined.items()]


def entry_releases(root: Path, name: str) -> str:
    """Return the clients and releases that print an entry's message, as far as tried; "" without a case."""
    said = []
    for client, subject in of_entry(root, name).items():
        span = subject and subject.range
        if releases := span.releases if span else pinned(root, client):
            said.append(f"{spelled(client)} {releases}")
    return ", ".join(said)


def named(root: Path, what: str) -> str:
    """Return the text of the role; "" if there is no such case, entry or client."""
    if what in every_case(root):
        return f"{spelled(every_case(root)[what].client)} {case_releases(root, what)}"
    if what in every_entry(root):
        return entry_releases(root, what)
    return f"{spelled(what)} {pinned(root, what)}" if what in CLIENTS and pinned(root, what) else ""


class ReleaseRole(SphinxRole):
    """Print the client and the releases of a case, of an entry, or the pinned release of a client."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the text, linked to the case or entry; on an error, return nothing and give one warning."""
        said = watched(self.env, named, self.text)
        if not said:
            cure = "name a case, an entry whose message a case prints, or a client"
            warn(f"release {self.text} is not measured: {cure}", self.get_location())
            return [], []
        words = nodes.inline("", said, classes=["releases"])
        kind = "case" if self.text in every_case(Path(self.env.srcdir)) else "entry"
        return [link(kind, self.text, words) if "/" in self.text else words], []


def setup(app: Sphinx) -> dict:
    """Register the role."""
    app.setup_extension("handbook.site.domain.sphinx_domain")
    app.add_role("release", ReleaseRole())
    return metadata()
