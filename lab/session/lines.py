"""From the ledger's progress to the lines of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.report.standing import CheckLine, MilestoneLine

if TYPE_CHECKING:
    from lab.checks.base import Check, Finding
    from lab.ledger.progress import CheckProgress, MilestoneProgress, StageProgress


def line_of(check: Check, finding: Finding, *, minute: float, seconds: float = 0.0, cached_since: float | None = None) -> CheckLine:
    """A finding that has just been made."""
    return CheckLine(
        id=check.id,
        title=check.title,
        verdict=str(finding.verdict),
        message=finding.message,
        look_at=finding.look_at,
        evidence=finding.evidence,
        level=check.level,
        on=check.on,
        minute=minute,
        seconds=seconds,
        cached_since=cached_since,
    )


def standing_line(check: CheckProgress) -> CheckLine:
    """The finding that stands for a check."""
    return CheckLine(
        id=check.id,
        title=check.title,
        verdict=check.verdict,
        message=check.message,
        look_at=check.look_at,
        evidence=check.evidence,
        level=check.level,
        on=check.on,
        milestone=check.milestone,
        minute=check.minute,
        hints=check.hints,
        grades=dict(check.grades),
    )


def milestone_line(stage: StageProgress, item: MilestoneProgress) -> MilestoneLine:
    """A milestone with the standing findings of its checks."""
    current = stage.milestone
    state = "reached" if stage.has_reached(item) else "current" if current and current.id == item.id else "later"
    return MilestoneLine(item.id, item.title, item.minutes, state, stage.reached_minute(item), tuple(map(standing_line, stage.of(item))))


def later_lines(stage: StageProgress, milestone: MilestoneProgress) -> tuple[MilestoneLine, ...]:
    """The milestones after `milestone`."""
    place = [item.id for item in stage.milestones].index(milestone.id)
    return tuple(milestone_line(stage, item) for item in stage.milestones[place + 1 :])
