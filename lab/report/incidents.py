"""`lab incident list` as values and as text. The cause stands there only once the learner has found it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.report import plain
from lab.report.tables import columns

if TYPE_CHECKING:
    from lab.report.paper import Paper


@dataclass(frozen=True)
class NoteLine:
    """What the learner noted, and when."""

    minute: float
    text: str


@dataclass(frozen=True)
class IncidentLine:
    """One incident. `state` is open, acknowledged, restored or resolved; minutes are company time; `harmed` counts bad answers.

    `reviewed` is empty without a post-mortem, else `true` or `not true`.
    """

    number: int
    state: str
    opened: float
    restored: float | None
    harmed: int
    paged: float | None = None
    acked: float | None = None
    resolved: float | None = None
    notes: tuple[NoteLine, ...] = ()
    reviewed: str = ""


@dataclass(frozen=True)
class IncidentsReport:
    """The company's incidents, oldest first."""

    incidents: tuple[IncidentLine, ...]


def incidents(report: IncidentsReport, paper: Paper) -> str:
    """A line each, with its notes below."""
    if not report.incidents:
        return paper.done(["There has been no incident. Customers open one when more than one answer in twenty is not good."])
    rows = columns([_cells(one) for one in report.incidents])
    lines: list[str] = []
    for row, one in zip(rows, report.incidents, strict=True):
        lines += [row, *(text for note in one.notes for text in _note(note, paper))]
    return paper.done(lines)


def _cells(one: IncidentLine) -> tuple[str, ...]:
    took = "still going on" if one.restored is None else f"for {plain.span(one.restored - one.opened)}"
    paged = "nobody was paged" if one.paged is None else f"paged {plain.clock(one.paged)}"
    review = {"": "", "true": "post-mortem is true", "not true": "post-mortem is not true yet"}[one.reviewed]
    return f"#{one.number}", one.state, plain.clock(one.opened), took, f"{one.harmed:,} bad answers", paged, review


def _note(note: NoteLine, paper: Paper) -> list[str]:
    return paper.fold(note.text, indent="          ", first=f"    {plain.clock(note.minute)} ")
