"""The role {fact}`test_index/test_no_json_api`, which shows the evidence for a statement about the feed.

It names a recorded fact, as `module/test` or `module/test[id]`, and prints the grade of its evidence, linked
to the source. For an inferred fact, it prints what the inference is based on.
"""

import json
import tomllib
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole

from handbook.cases import grades
from handbook.site import metadata
from handbook.site.domain.sphinx_domain import warn

TESTS = Path("tests")


class FactRole(SphinxRole):
    """Print the grade of one recorded fact."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the grade in brackets; on an error, return nothing and give one warning."""
        root = Path(self.env.srcdir)
        module, _, test = self.text.partition("/")
        provenance = root / TESTS / "cassettes" / module / "provenance.json"
        self.env.note_dependency(provenance)
        entry = recorded(provenance).get(f"{test}.yaml")
        if entry is None:
            warn(f"fact {self.text} is not recorded: correct the name, or record it", self.get_location())
            return [], []
        sources = []
        for name in entry["evidence"]:
            file = root / TESTS / "evidence" / f"{name}.toml"
            self.env.note_dependency(file)
            sources.append(tomllib.loads(file.read_text(encoding="utf-8"))["source"])
        return [shown(entry, sources)], []


def recorded(provenance: Path) -> dict[str, dict]:
    """Return the facts of one module; empty if the module does not exist."""
    try:
        return json.loads(provenance.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


def shown(entry: dict, sources: list[str]) -> nodes.inline:
    """Return "(grade)", with the grade linked to the first source, or "(inferred: from what)"."""
    box = nodes.inline(classes=["fact"])
    if entry["inferred"]:
        box += nodes.Text(f"(inferred: {entry['inferred']})")
        return box
    link = nodes.reference("", grades.GRADES[entry["grade"]], refuri=sources[0], internal=False)
    box += [nodes.Text("("), link, nodes.Text(")")]
    return box


def setup(app: Sphinx) -> dict:
    """Register the role."""
    app.add_role("fact", FactRole())
    return metadata()
