"""Faults that fail any case, and the grade of answers that come from no cassette."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from handbook.cases import case as cases
from handbook.feed import credentials, hosts, recording
from handbook.feed.relay import Relay
from handbook.runner import observation, run
from tests.unit.test_run import seen, written

INDEX, _ = hosts.public_hosts()


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("https://example.org/a", "contact with another host: CONNECT example.org:443"),
        (f"https://{hosts.FEED}/a", f"not in the recording: GET https://{hosts.FEED}/a [none]"),
    ],
)
def test_request_that_nobody_expects_is_a_fault(
    harness: run.Harness, tmp_path: Path, address: str, fault: str
) -> None:
    """A request to another host fails its case, and so does a request that was never recorded."""
    commands = f"python3 -c 'import urllib.request; urllib.request.urlopen(\"{address}\")'\n"
    assert seen(harness, tmp_path, commands, client="uv").faults == [fault]


FILE = "azure-pipelines.yml"


def test_case_that_is_not_what_its_pipeline_runs(harness: run.Harness, tmp_path: Path) -> None:
    """A case whose pipeline runs something else has a fault, although its commands pass."""
    case = written(tmp_path, "true\n")
    (case.folder / FILE).write_text("steps: 1\n")
    case = replace(case, place={FILE: dict.fromkeys(cases.SYSTEMS, FILE)})
    (fault,) = run.observe(harness, [case], tmp_path / "run").faults
    assert fault.startswith(f"{FILE}: ")


def test_failed_handshake_is_a_fault() -> None:
    """A client that does not accept the relay's certificate fails its case, with the host's name."""
    player = recording.Player({}, credentials.self_named())
    relay = Relay(player, tls_errors=[f"{hosts.FEED}: unknown ca"])
    assert observation.faults(relay, player, [], "", 0, "true\n") == [f"TLS failed: {hosts.FEED}: unknown ca"]


def test_what_pypi_answers_is_documented_at_most(harness: run.Harness, tmp_path: Path) -> None:
    """A case that asks PyPI has at best the grade "documented", and one that asks no host "local"."""
    said = f'import urllib.request; urllib.request.urlopen("https://{INDEX}/simple/idna/").read()'
    for commands, grade in ((f"python3 -c '{said}'\n", "documented"), ("true\n", "local")):
        found = seen(harness, tmp_path / grade, commands, name="add", client="uv")
        assert (found.exit, found.faults, found.grade) == (0, [], grade)
