"""The collapsed list of steps of a pipeline, a workflow or a Dockerfile, saying which of them were run."""

from docutils import nodes

from handbook.cases import case as cases
from handbook.cases import pipeline_steps
from handbook.site.domain.folds import details

SUMMARY = "What was run, step by step"


def file_of(case: cases.Case) -> str:
    """Return the case's file that a CI service or Docker runs, or "" if there is none."""
    return next((file for file in case.files if pipeline_steps.place_of(file)), "")


def place_named(case: cases.Case) -> str:
    """Return the name of that service as its makers write it, or "" if there is none."""
    return pipeline_steps.NAMES.get(pipeline_steps.place_of(file_of(case)), "")


def shown(case: cases.Case, commands: nodes.Node) -> nodes.Node:
    """Return the list of steps with the commands that were run, or only these if the file cannot be read."""
    file = file_of(case)
    try:
        found = pipeline_steps.read(file, case.text(file)).steps
    except pipeline_steps.StepsError:  # the run of the case reports why
        return commands
    items = nodes.enumerated_list(enumtype="arabic", prefix="", suffix=".")
    for step in found:
        text = nodes.paragraph("", "", nodes.literal("", step.title), nodes.Text(f": {step.said}"))
        items += nodes.list_item("", text)
    return details("", items, commands, summary=SUMMARY, classes=["case-steps"])
