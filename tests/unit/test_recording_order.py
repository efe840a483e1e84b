"""The recording covers each set of uploads, in whatever order a client makes them."""

from __future__ import annotations

from handbook.feed.recording import Question, Recorded
from tests.unit.test_recording import recorded as recorded  # a fixture


def test_order_of_uploads_does_not_matter(recorded: dict[Question, Recorded]) -> None:
    """For a recorded set of uploads, every upload and page is recorded in every order that leads to it."""
    sets = {question.uploaded for question in recorded}
    assert max(map(len, sets)) == 2
    missing = []
    for question, file in ((one, file) for one in recorded for file in one.uploaded):
        before = question.uploaded - {file}
        taken = [one for one in recorded if (one.method, one.file, one.uploaded) == ("POST", file, before)]
        missing += [] if any(recorded[one].response.status == 200 for one in taken) else [(file, before)]
        if question.method == "GET" and "/simple/" in question.url:
            page = Question("GET", question.url, question.credential, before)
            missing += [] if page in recorded else [page]
    assert missing == []
