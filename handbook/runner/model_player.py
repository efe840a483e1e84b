"""Replace the feed's recording by its model, for clients whose requests were not recorded.

Every answer is compared with the recording. An answer that is not in it has no fact behind it, so a result
that rests on it is inferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from handbook.cases import names
from handbook.feed import credentials, examples, hosts, packages, recording, upload_form
from handbook.feed.http import Request, Response
from handbook.feed.packages import File
from handbook.feed.recording import Player, Question, Recorded
from handbook.runner.run import Harness

PROJECT = re.compile(r"/[^/]+/[^/]+/_packaging/")  # an address with an organization and a project


class ModelPlayer(Player):
    """Answer from the reference feeds; `guessed` lists the requests whose answer no fact shows."""

    def __init__(
        self, recorded: dict[Question, Recorded], classify: credentials.Classify, uploaded: frozenset[str]
    ) -> None:
        super().__init__(recorded, classify, uploaded)
        known = {file.filename: file for file in files(recorded)}
        held = [known.get(name) or packages.from_filename(name) for name in sorted(uploaded)]
        self.feeds = examples.feeds(
            names.ORGANIZATION,
            names.PROJECT,
            names.FEED,
            names.ORGANIZATION_FEED,
            names.OTHER_ORGANIZATION,
            held,
            classify,
        )
        self.guessed: list[str] = []

    def __call__(self, request: Request) -> Response:
        """Return the model's answer; record whether the recording has the same."""
        upload = upload_form.read(request) if request.method == "POST" else None
        question = self.question(request, upload.filename if upload else "")
        answer = self.answer(request)
        found = self._find(question, request)
        if found is None or not alike(found.response, answer, request):
            self.guessed.append(str(question))
        else:
            self.consumed.update(found.cassettes)
            self.rests_on.update(found.about or found.cassettes)
            self.said.update(found.phrases)
        if upload and answer.status == 200:
            self.uploaded |= {upload.filename}
        return answer

    def answer(self, request: Request) -> Response:
        """Return the answer of the feed in the address: first by the organization, then by the project.

        The feeds share the file store and the identity service.
        """
        first, second, other = self.feeds
        if hosts.kind(request.host) == "feed":
            if request.path.lower().startswith(f"/{other.organization.lower()}/"):
                return other(request)
            return (first if PROJECT.match(request.path) else second)(request)
        answers = (feed(request) for feed in self.feeds)
        answer = next(answers)
        return next((one for one in answers if one.status != 404), answer) if answer.status == 404 else answer


def alike(recorded: Response, answer: Response, request: Request) -> bool:
    """Return whether a recorded answer equals the model's; for a stored file, only the status counts."""
    if hosts.kind(request.host) == "file-store":
        return (recorded.status, answer.status) in ((200, 200), (200, 206), (400, 400))
    same = recorded.status == answer.status and _kept(recorded) == _kept(answer)
    return same and (request.method == "HEAD" or recorded.body == answer.body)


def _kept(answer: Response) -> list[tuple[str, str]]:
    """Return the headers that a recording keeps, in its order."""
    headers = ((key.lower(), value) for key, value in answer.headers)
    return sorted(one for one in headers if one[0] not in recording.DROPPED_RESPONSE_HEADERS)


def files(recorded: dict[Question, Recorded]) -> Iterable[File]:
    """Yield each file that the recording's file store returns."""
    for question, found in recorded.items():
        name = re.search(r"filename=\"([^\"]+)\"", unquote(unquote(question.url)))
        if name and question.method == "GET" and found.response.status == 200:
            known = packages.from_filename(name[1])
            yield File(known.name, known.version, name[1], found.response.body)


class ModelHarness(Harness):
    """A harness whose feed is the model; `player` is the one of the last run."""

    player: ModelPlayer

    def answering(self, classify: credentials.Classify, uploaded: frozenset[str]) -> recording.Player:
        """Return the app that answers the requests of one run."""
        self.player = ModelPlayer(self.recorded, classify, uploaded)
        return self.player
