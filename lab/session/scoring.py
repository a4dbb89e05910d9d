"""`lab score` and `lab export`: what was done, how much of it unaided, what customers got meanwhile, and how well the company delivers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lab.ledger import customers
from lab.ledger.delivery import history
from lab.report.facts import MilestoneScore, ScoreReport, StageScore
from lab.session import delivery
from lab.session.buying import in_line

if TYPE_CHECKING:
    from lab.ledger.progress import StageProgress
    from lab.ledger.store import Event
    from lab.session.session import Session


def score(session: Session) -> ScoreReport:
    """Every stage that was opened; customers' figures of a stage run from its opening to that of the next."""
    stages = session.progress().stages
    events = session.ledger.events(*history.TYPES)
    answers = [event for event in events if event.type == customers.TYPE]
    measured = delivery.of_stages(stages, events, now=session.ledger.minute())
    starts = sorted(stage.opened_seq for stage in stages)
    lines = []
    for stage, told in zip(stages, measured, strict=True):
        later = [seq for seq in starts if seq > stage.opened_seq]
        until = min(later, default=None)
        own = [event for event in answers if event.seq > stage.opened_seq and (until is None or event.seq < until)]
        lines.append(replace(_stage(stage, own), delivery=told))
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
