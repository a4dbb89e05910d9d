"""`lab score` and `lab export`: what was done, how much of it unaided, and what customers got meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.ledger import customers
from lab.report.facts import MilestoneScore, ScoreReport, StageScore
from lab.session.buying import in_line

if TYPE_CHECKING:
    from lab.ledger.progress import StageProgress
    from lab.ledger.store import Event
    from lab.session.session import Session


def score(session: Session) -> ScoreReport:
    """Every stage that was opened; customers' figures of a stage run from its opening to that of the next."""
    stages = session.progress().stages
    answers = session.ledger.events(customers.TYPE)
    starts = sorted(stage.opened_seq for stage in stages)
    lines = []
    for stage in stages:
        later = [seq for seq in starts if seq > stage.opened_seq]
        until = min(later, default=None)
        own = [event for event in answers if event.seq > stage.opened_seq and (until is None or event.seq < until)]
        lines.append(_stage(stage, own))
    return ScoreReport(session.workspace.title, tuple(lines), in_line(customers.fold(answers)))


def _stage(stage: StageProgress, answers: list[Event]) -> StageScore:
    stretch = [item for item in stage.checks if not item.is_core]
    passed = [item for item in stage.core if item.has_passed]
    return StageScore(
        id=stage.id,
        title=stage.title,
        state=stage.state,
        checks=len(stage.core),
        passed=len(passed),
        unaided=sum(item.unaided for item in passed),
        stretch=len(stretch),
        stretch_passed=sum(item.has_passed for item in stretch),
        hints=sum(item.hints for item in stage.checks),
        resets=stage.resets,
        minutes=None if stage.passed_minute is None else stage.passed_minute - stage.opened_minute,
        milestones=tuple(_milestones(stage)),
        customers=in_line(customers.fold(answers)),
    )


def _milestones(stage: StageProgress) -> list[MilestoneScore]:
    lines = []
    for item in stage.milestones:
        reached = stage.reached_minute(item)
        lines.append(MilestoneScore(item.id, item.title, None if reached is None else reached - stage.opened_minute))
    return lines
