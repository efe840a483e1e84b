"""The directive `{requests-chart}`: how many requests the same install makes per client, as chart and table.

guides/slow-installs.toml lists the cases to compare; the numbers come from the proofs of this build.
"""

import tomllib
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from handbook.site import metadata
from handbook.site.domain import proof_lines
from handbook.site.domain.checkout import every_case
from handbook.site.tables.table import CaseLink, MadeTable, Rows, clients

DATA = Path("guides") / "slow-installs.toml"
PARTS = {  # class of a part of a bar -> its label
    "refused": "feed, refused with 401 first",
    "feed": "feed, answered",
    "store": "file store",
    "public": "PyPI",
}
ROW, GAP, HEAD = (
    26,
    14,
    24,
)  # heights in pixels: a bar with its space, the space after a group, a group's title
UNMEASURED = "Not measured in this build: the numbers come from the runs of "


def parts(counts: dict[str, int]) -> dict[str, int]:
    """Return the number of requests for each part of a bar, in the order of PARTS; the sum is the total."""
    found = dict.fromkeys(PARTS, 0)
    for sort, number in counts.items():
        kind, _, status = sort.split()
        name = {"file-store": "store", "public-index": "public"}.get(kind, "feed")
        found["refused" if (kind, status) == ("feed", "401") else name] += number
    return found


def whole_files(counts: dict[str, int]) -> int:
    """Return how often a run fetched a whole file from the file store; a part of a file is a 206."""
    return counts.get("file-store GET 200", 0)


def groups(root: Path) -> list[tuple[str, list[tuple[str, str, dict[str, int] | None]]]]:
    """Return each group's title with its rows (client, case, counts); counts are None without a proof.

    An install by a slow client, which runs in a group of its own, is left out until it is proved.
    """
    known = every_case(root)
    data = tomllib.loads((root / DATA).read_text(encoding="utf-8"))
    return [
        (
            group["title"],
            [
                (clients(known[name].client), name, counts)
                for name in group["cases"]
                if name in known
                and ((counts := proof_lines.requests(root, known[name])) is not None or not known[name].group)
            ],
        )
        for group in data["group"]
    ]


class RequestsChart(MadeTable):
    """Print the chart with a table of its numbers; without proofs, only a note that they are missing."""

    head = ("Install", "Requests", "401 first", "Feed", "File store", "PyPI", "Whole files")
    look = ("numbers",)

    @staticmethod
    def rows(root: Path) -> Rows:
        """Return a row for each case; without a current proof, its numbers are dashes."""
        rows: Rows = []
        for title, found in groups(root):
            for client, name, counts in found:
                bar = parts(counts) if counts is not None else {}
                numbers = [sum(bar.values()), *bar.values(), whole_files(counts or {})] if bar else ["–"] * 6
                rows.append(((CaseLink(name, client), f" · {title}"), *((str(one),) for one in numbers)))
        return rows

    def run(self) -> list[nodes.Node]:
        """Return the chart and the table, or one sentence."""
        table = super().run()
        found = groups(Path(self.env.srcdir))
        if any(counts is None for _, rows in found for _, _, counts in rows):
            return [nodes.paragraph("", UNMEASURED, nodes.literal("", "make test"), nodes.Text("."))]
        parts_of_it = [nodes.raw("", text, format="html") for text in (picture(found), legend())]
        return [nodes.container("", *parts_of_it, classes=["requests"]), *table]


def picture(found: list[tuple[str, list[tuple[str, str, dict[str, int]]]]]) -> str:
    """Return the bars as SVG that fits any width: positions in percent, text in the page's own size."""
    most = max(sum(counts.values()) for _, rows in found for _, _, counts in rows)
    drawn, said, y = [], [], 0
    for title, rows in found:
        drawn.append(f'<text class="group" x="0" y="{y + 16}">{escape(title)}</text>')
        y += HEAD
        for client, _, counts in rows:
            total = sum(counts.values())
            said.append(f"{title}, {client}: {total}.")
            drawn.append(f'<text x="0" y="{y + 14}">{escape(client)}</text>')
            drawn.append(f'<svg x="18%" y="{y}" width="70%" height="{ROW - 6}">{bar(counts, most)}</svg>')
            drawn.append(f'<text x="100%" y="{y + 14}" text-anchor="end">{total}</text>')
            y += ROW
        y += GAP
    return (
        f'<svg role="img" aria-labelledby="requests-title requests-desc" width="100%" height="{y - GAP}">'
        '<title id="requests-title">Requests of the same install, by client</title>'
        f'<desc id="requests-desc">{escape(" ".join(said))} The table below has all numbers.</desc>'
        '<defs><pattern id="requests-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="3" height="6"/></pattern></defs>'
        f"{''.join(drawn)}</svg>"
    )


def bar(counts: dict[str, int], most: int) -> str:
    """Return the parts of one bar, with their numbers except for the hatched part."""
    drawn, start = [], 0.0
    for name, number in parts(counts).items():
        if not number:
            continue
        width = 100 * number / most
        drawn.append(f'<rect {look(name)} x="{start:.2f}%" width="{width:.2f}%" height="100%"/>')
        if name != "refused":
            drawn.append(f'<text class="on" x="{start + width / 2:.2f}%" y="14">{number}</text>')
        start += width
    return "".join(drawn)


def look(name: str) -> str:
    """Return the attributes that give a part its colour or its hatching."""
    return f'class="{name}"' + (' fill="url(#requests-hatch)"' if name == "refused" else "")


def legend() -> str:
    """Return the legend, which says what each part of a bar means."""
    keys = "".join(f'<li class="{name}">{escape(text)}</li>' for name, text in PARTS.items())
    return f'<ul class="legend" aria-hidden="true">{keys}</ul>'


def setup(app: Sphinx) -> dict:
    """Register the directive."""
    app.setup_extension("handbook.site.tables.table")
    app.add_directive("requests-chart", RequestsChart)
    return metadata()
