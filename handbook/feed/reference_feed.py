"""The reference feed: a stateful model of an Azure Artifacts feed that behaves as the evidence says.

One object models one feed of one organization. An uploaded file is listed afterwards, and refused if it is
uploaded again. Behaviour that changed over time is a switch: `head` is the answer to HEAD on a download link,
"405" up to mid-2025, "303" today (astral-sh/uv#11379, #21347).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from urllib.parse import quote, unquote

from handbook.feed import answers, credentials, hosts, upload_form
from handbook.feed.http import Request, Response, part_of
from handbook.feed.packages import File

_PATH = re.compile(r"/(?P<org>[^/]+)/(?:(?P<project>[^/]+)/)?_packaging/(?P<feed>[^/]+)/pypi/(?P<rest>.*)")
_PEP440 = re.compile(
    r"([1-9][0-9]*!)?(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))*((a|b|rc)(0|[1-9][0-9]*))?"
    r"(\.post(0|[1-9][0-9]*))?(\.dev(0|[1-9][0-9]*))?"
)
LONGEST_VERSION = 127
SESSIONS_HOST = "vssps.dev.azure.com"
UPSTREAM = "PyPI"  # the name of the upstream source; an organization can choose another one
LOCAL = "Local"  # the view that every feed has: everything that was published or saved


class ReferenceFeed:
    """Answer requests to the feed and to its file store.

    organization, project, feed: names as in the URL, decoded; project None for an organization-scoped feed.
    files: the published files. upstream: the files that an upstream source has; saved: the names of those
    that were saved before. promoted: for each view besides @Local, the names of the files that it shows.
    head: the answer to HEAD on a download link, "303" or "405". metadata_versions: the core metadata versions
    that an upload may have. members: each credential class that the organization knows, and what it is there;
    any other token is a wrong one. By default all of the examples' classes are members.
    """

    def __init__(
        self,
        organization: str = "contoso",
        project: str | None = "platform",
        feed: str = "python-internal",
        files: Iterable[File] = (),
        upstream: Iterable[File] = (),
        saved: Collection[str] = (),
        classify: credentials.Classify | None = None,
        promoted: Mapping[str, Collection[str]] | None = None,
        head: str = "303",
        metadata_versions: tuple[str, ...] = ("1.0", "1.1", "1.2", "2.0", "2.1", "2.2", "2.3", "2.4"),
        members: Mapping[str, str] | None = None,
    ) -> None:
        self.organization, self.project, self.feed = organization, project, feed
        self.published = list(files)
        self.upstream = list(upstream)
        self.saved = [file for file in self.upstream if file.filename in saved]
        self.promoted = promoted or {}
        self.head = head
        self.metadata_versions = metadata_versions
        self.members = members
        self._classify = classify or credentials.self_named()
        self._project_id = answers.guid("project", organization, project or "")
        self._feed_id = answers.guid("feed", organization, project or "", feed)

    def __call__(self, request: Request) -> Response:
        """Return the answer of the feed or of its file store, or 404 for any other host."""
        credential = self._classify(request.header("Authorization"))
        if self.members is not None and credential not in credentials.WITHOUT:
            credential = self.members.get(credential, "wrong")
        if request.host == answers.STORE_HOST:
            return self._from_store(request, credential)
        if request.host == SESSIONS_HOST:
            return self._session(request, credential)
        if request.host != hosts.FEED:
            return Response(404, "Not Found")
        found = _PATH.fullmatch(request.path)
        if not found:
            return answers.no_route(request.path)
        if credential == "no-role":
            return self._lacks(credential, "lacks-read")
        if not credentials.may_read(credential):
            return answers.unauthorized(self.organization, credential, found["rest"].startswith("download/"))
        view = self._view(unquote(found["feed"]))
        return self._missing(found, view) or self._route(request, unquote(found["rest"]), credential, view)

    def _session(self, request: Request, credential: str) -> Response:
        """Exchange a token for a session token, at the URL that the feed's 401 names."""
        if (request.method, request.path) != ("POST", f"/{self.organization}/_apis/Token/SessionTokens"):
            return Response(404, "Not Found")
        if not credentials.may_read(credential):
            return answers.unauthorized(self.organization, credential)
        return answers.session_token(credential)

    def _view(self, feed: str) -> str | None:
        """Return the view that the feed's URL segment names: "" for the feed itself, None if unknown."""
        known = (self.feed.lower(), self._feed_id)
        if feed.lower() in known:
            return ""
        name, _, wanted = feed.lower().rpartition("@")
        if name not in known:
            return None
        views = (LOCAL, *self.promoted)
        return next((view for view in views if wanted in (view.lower(), self._view_id(view))), None)

    def _view_id(self, view: str) -> str:
        return answers.guid("view", self._feed_id, view)

    @property
    def files(self) -> list[File]:
        """The files in the feed: those that were published, and those saved from an upstream source."""
        return self.published + self.saved

    def _offered(self, name: str) -> list[File]:
        """Return a package's upstream files that no one has saved; none if the name was published."""
        if any(hosts.normalized(file.name) == name for file in self.published):
            return []
        return [
            file for file in self.upstream if hosts.normalized(file.name) == name and file not in self.saved
        ]

    def _in(self, view: str) -> list[File]:
        """Return the files of the feed that a view shows; the feed itself and @Local show all of them."""
        shown = self.promoted.get(view)
        return [file for file in self.files if shown is None or file.filename in shown]

    def _missing(self, found: re.Match[str], view: str | None) -> Response | None:
        """Return the 404 for an organization, project, feed or view that does not exist here."""
        org, project, feed = (unquote(found[key] or "") for key in ("org", "project", "feed"))
        if org.lower() != self.organization.lower():
            return answers.no_route(found[0])
        known = {(self.project or "").lower(), self._project_id}
        if project and self.project and project.lower() not in known:
            return answers.error("project-not-found", project=project)
        if bool(project) != bool(self.project) or view is None:
            return answers.error("feed-not-found", feed=feed)
        return None

    def _route(self, request: Request, rest: str, credential: str, view: str) -> Response:
        """Dispatch a request that is allowed to read, by the path after `…/pypi/`."""
        parts = [part for part in rest.split("/") if part]
        match parts:
            case ["simple", *name] if len(name) < 2:
                if request.method not in ("GET", "HEAD"):
                    return answers.method_not_allowed(request.method)
                if not name:
                    return answers.root_page()
                return self._simple(hosts.normalized(name[0]), view, credential)
            case ["upload"]:
                if request.method != "POST":
                    return answers.method_not_allowed(request.method)
                return answers.error("no-upload-to-a-view") if view else self._upload(request, credential)
            case ["download", name, version, filename]:
                return self._download(request, credential, (name, version, filename), view)
        return answers.no_route(request.path)

    def _simple(self, name: str, view: str, credential: str) -> Response:
        """Return a package's page: the feed's own files, and those that an upstream source offers.

        A view never shows a version that was not saved (Microsoft's page on upstream sources). Without a
        credential, a public feed answers only if it has a version (Azure/azure-sdk-tools#6778).
        """
        held = [file for file in self._in(view) if hosts.normalized(file.name) == name]
        listed = held if view else held + self._offered(name)
        if not held and credential == "anonymous":
            return answers.no_local_versions(self.organization, name)
        if not listed:
            return answers.error("package-not-found", package=name, feed=self.feed)
        # By name within a version: the upload order depends on the client.
        by_name = sorted(listed, key=lambda file: file.filename)
        newest_first = sorted(by_name, key=lambda file: _version_key(file.version), reverse=True)
        return answers.simple_page(name, [(file, self.link(file, view)) for file in newest_first])

    def link(self, file: File, view: str = "") -> str:
        """Return the download URL of a file: GUIDs for project, feed and view, and the shortened version.

        Trailing zero components of the version are omitted (astral-sh/uv#10394 and others).
        """
        project = f"/{self._project_id}" if self.project else ""
        short = shortened(file.version)
        feed = f"{self._feed_id}@{self._view_id(view)}" if view else self._feed_id
        base = f"https://{hosts.FEED}/{quote(self.organization)}{project}/_packaging/{feed}"
        return f"{base}/pypi/download/{hosts.normalized(file.name)}/{short}/{quote(file.filename)}"

    def _download(
        self, request: Request, credential: str, wanted: tuple[str, str, str], view: str
    ) -> Response:
        if request.method == "HEAD" and self.head == "405":
            return answers.method_not_allowed("HEAD")
        if request.method not in ("GET", "HEAD"):
            return answers.method_not_allowed(request.method)
        for file in self._in(view):
            if wanted == (hosts.normalized(file.name), shortened(file.version), file.filename):
                return answers.redirect(file)
        for file in [] if view else self._offered(wanted[0]):
            if file.filename == wanted[2]:
                return self._save(file, credential)
        return answers.error("package-not-found", package=f"{wanted[0]} {wanted[1]}", feed=self.feed)

    def _save(self, file: File, credential: str) -> Response:
        """Save an upstream's file if the credential may; answer 403 to a Reader, 401 to anonymous."""
        if credential == "anonymous":
            return answers.no_local_versions(self.organization, hosts.normalized(file.name))
        if not credentials.may_save(credential):
            return self._lacks(credential, "lacks-upstream")
        self.saved.append(file)
        return answers.redirect(file)

    def _lacks(self, credential: str, phrase: str) -> Response:
        return answers.error(phrase, user=answers.guid("user", credential))

    def _upload(self, request: Request, credential: str) -> Response:
        """Accept a file or answer with the first problem: permission, form, metadata, then a taken name."""
        if credential == "anonymous":
            return answers.unauthorized(self.organization, "none")
        if credential != "contributor-write":
            return self._lacks(credential, "lacks-add")
        upload = upload_form.read(request)
        if upload is None:
            return answers.error("no-form-file")
        fields = upload.fields
        name, version = hosts.normalized(fields.get("name", "")), fields.get("version", "")
        if refusal := self._unacceptable(fields.get("metadata_version", ""), version):
            return refusal
        if any(file.filename == upload.filename for file in self.files):
            package = f"{name} {version}"
            return answers.error("file-exists", feed=self.feed, file=upload.filename, package=package)
        if any((hosts.normalized(file.name), file.version) == (name, version) for file in self.upstream):
            return answers.error("exists-upstream", package=f"{name} {version}", upstream=UPSTREAM)
        requires = fields.get("requires_python", "")
        self.published.append(File(name, version, upload.filename, upload.content, requires))
        return Response(200, "OK")

    def _unacceptable(self, metadata_version: str, version: str) -> Response | None:
        """Return the error for an upload's metadata, or None if the feed accepts it."""
        if metadata_version not in self.metadata_versions:
            supported = ",".join(self.metadata_versions)
            return answers.error("metadata-version", version=metadata_version, supported=supported)
        if "+" in version:
            return answers.error("local-version")
        if len(version) > LONGEST_VERSION or not _PEP440.fullmatch(version):
            return answers.error("invalid-version")
        return None

    def _from_store(self, request: Request, credential: str) -> Response:
        """Answer as the file store: with the whole file or a part, and never if a credential is sent."""
        if credential not in credentials.WITHOUT:
            return answers.store_refusal()
        for file in self.files:
            if dict(answers.redirect(file).headers)["Location"] == request.url:
                return part_of(answers.stored(file), request)[0]
        return Response(404, "Not Found")


def shortened(version: str) -> str:
    """Return a version as download links write it, without trailing zero components.

    >>> [shortened(text) for text in ("2.31.0", "2.0.0", "2.32.3", "7.1.0b4", "1.20.0.dev20240928001")]
    ['2.31', '2', '2.32.3', '7.1b4', '1.20.dev20240928001']
    """
    release = re.match(r"[0-9]+(\.[0-9]+)*", version)
    if not release:
        return version
    short = re.sub(r"(\.0+)+$", "", release[0])
    return short + version[release.end() :]


def _version_key(version: str) -> tuple[tuple[int, ...], bool, str]:
    """Return a sort key: the release numbers, then final before pre-release, then the remaining text."""
    release = re.match(r"[0-9]+(\.[0-9]+)*", version)
    numbers = tuple(int(part) for part in release[0].split(".")) if release else ()
    rest = version[release.end() :] if release else version
    return numbers, not re.match(r"(a|b|rc|\.dev)", rest), rest
