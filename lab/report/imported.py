"""`lab author import`: a line for each lab that was found, and the counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lab.report import plain

if TYPE_CHECKING:
    from lab.report.paper import Paper


NEVER: Final = "can never fail: it is left out"


@dataclass(frozen=True)
class ImportedLine:
    """One lab. `stage` is what became of it, empty when nothing did: then `why` says it. `notes` is the audit.

    If it was tried in its box, `refused_at_start` and `passed_solved` count checks, and `said` is why it could not be played.
    """

    place: str
    title: str = ""
    form: str = ""
    stage: str = ""
    steps: int = 0
    checks: int = 0
    why: str = ""
    notes: tuple[str, ...] = ()
    is_tried: bool = False
    refused_at_start: int = 0
    passed_solved: int = 0
    said: str = ""


@dataclass(frozen=True)
class ImportReport:
    """Every lab that was found; `target` is the new scenario's folder."""

    target: str
    lines: tuple[ImportedLine, ...]


def imported(report: ImportReport, paper: Paper) -> str:
    """Each lab with its audit, then the counts."""
    lines: list[str] = []
    for one in report.lines:
        sign = paper.paint("✓", "green") if one.stage else paper.paint("✗", "red")
        what = f"stage '{one.stage}', {plain.count(one.steps, 'step')}, {plain.count(one.checks, 'check')}" if one.stage else one.why
        lines += paper.fold(f"{plain.line(one.place)}: {plain.line(what)}", indent="    ", first=f"{sign} ")
        lines += _tried(one, paper)
        lines += [text for note in one.notes if one.stage for text in paper.fold(plain.line(note), indent="      ", first="    - ")]
    return paper.done([*lines, "", *counts(report)])


def _tried(one: ImportedLine, paper: Paper) -> list[str]:
    if not one.is_tried:
        return []
    told = (
        one.said or f"in its box {one.refused_at_start} of {one.checks} checks refuse the start, {one.passed_solved} pass once it is solved"
    )
    return paper.fold(plain.line(told), indent="      ", first="    = ")


def counts(report: ImportReport) -> list[str]:
    """What became of all of them."""
    kept = [one for one in report.lines if one.stage]
    tried = [one for one in report.lines if one.is_tried]
    played = [one for one in tried if not one.said]
    steps, checks = (plain.count(sum(getattr(one, f"{word}s") for one in kept), word) for word in ("step", "check"))
    told = [f"{plain.count(len(report.lines), 'lab')} found, {len(kept)} imported: {steps}, {checks}."]
    if tried:
        full = sum(one.passed_solved == one.checks for one in played)
        told.append(f"{len(played)} of {len(tried)} were played in a box; in {full} every check passes once it is solved.")
        told.append("Solved: by the source's own scripts where it has some, else by the commands of its texts.")
    dead = sum(note.endswith(NEVER) for one in report.lines for note in one.notes)
    told += [f"{plain.count(dead, 'check')} can never fail, and {'is' if dead == 1 else 'are'} left out."] if dead else []
    reasons = Counter(_kind(one.why) for one in report.lines if one.why)
    return [*told, *(f"{number} not imported: {why}" for why, number in reasons.most_common())]


def _kind(why: str) -> str:
    """A reason without what is particular to one lab."""
    return plain.line(why.partition(" (")[0].partition("'")[0].rstrip() or why) + ("…" if "'" in why or " (" in why else "")
