"""The recording knows a set of uploads, in whatever order a client brought it about."""

from __future__ import annotations

from handbook.feed.recording import Question, Recorded
from tests.unit.test_recording import recorded as recorded  # the fixture


def test_order_of_uploads_does_not_matter(recorded: dict[Question, Recorded]) -> None:
    """Whatever order leads to a recorded set of uploads, each upload and each page on the way is recorded."""
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
