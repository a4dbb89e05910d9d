"""`lab verify`: a line for each bundle, on a terminal and as CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lab.report import plain
from lab.report.as_table import safe_cell
from lab.report.tables import columns

if TYPE_CHECKING:
    from lab.report.paper import Paper


@dataclass(frozen=True)
class RosterLine:
    """One bundle. `minutes` are real ones at work.

    `verdict` is same, differs, blocked, refused, 'nothing to play', or empty: not played again. `same` and `different` count the
    verdicts that a re-play found alike and otherwise, `said` has what was otherwise in words; `alike` names who
    has the same files, `tree` is the hash of the whole tree.
    """

    file: str
    name: str = ""
    stages: tuple[str, ...] = ()
    milestones: int = 0
    hints: int = 0
    minutes: int = 0
    verdict: str = ""
    same: int = 0
    different: int = 0
    said: str = ""
    alike: tuple[str, ...] = ()
    tree: str = ""
    signed: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class RosterReport:
    """Every bundle, in the order of their names."""

    lines: tuple[RosterLine, ...]

    @property
    def outcome(self) -> int:
        """The exit code: 1 when something was refused or differs, 4 when something could not be judged, else 0."""
        found = {line.verdict for line in self.lines}
        return 1 if found & {"refused", "differs"} else 4 if "blocked" in found else 0


SIGNS: Final = {"same": "✓", "differs": "✗", "refused": "✗", "blocked": "⊘"}
HEAD: Final = (
    "file",
    "name",
    "stages",
    "milestones",
    "hints",
    "minutes",
    "verdict",
    "same",
    "different",
    "alike",
    "signed",
    "tree",
    "notes",
    "said",
)


def roster(report: RosterReport, paper: Paper) -> str:
    """A row each, and below it what is to be said of it."""
    head = ("", "name", "milestones", "hints", "minutes", "re-played", "")
    rows = [head, *(_cells(line) for line in report.lines)]
    lines = []
    for row, line in zip(columns(rows, indent=""), (None, *report.lines), strict=True):
        lines.append(row)
        told = [*line.notes, *(f"the same files as {name}" for name in line.alike), line.said] if line else []
        lines += [text for one in told if one for text in paper.fold(plain.line(one), indent="    ")]
    return paper.done(lines)


def _cells(line: RosterLine) -> tuple[str, ...]:
    if line.verdict == "refused" and not line.name:
        return (SIGNS["refused"], plain.line(line.file), "", "", "", "refused", "")
    judged = f"{line.same} of {line.same + line.different} alike" if line.same or line.different else ""
    counts = (str(line.milestones), str(line.hints), str(line.minutes))
    return (SIGNS.get(line.verdict, "…"), plain.line(line.name), *counts, line.verdict or "not played", judged)


def as_csv(report: RosterReport) -> str:
    """One row a bundle. A cell that a spreadsheet would run as a formula gets a leading quote."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEAD)
    for line in report.lines:
        cells: list[object] = [
            line.file,
            line.name,
            " ".join(line.stages),
            line.milestones,
            line.hints,
            line.minutes,
            line.verdict or "not played",
        ]
        cells += [
            line.same,
            line.different,
            "; ".join(line.alike),
            "yes" if line.signed else "no",
            line.tree,
            "; ".join(line.notes),
            line.said,
        ]
        writer.writerow([safe_cell(plain.line(cell)) for cell in cells])
    return out.getvalue()
