"""From the ledger's progress to the lines of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.ledger import customers
from lab.report.model import CheckLine, CustomersLine, MilestoneLine
from lab.session import durable

if TYPE_CHECKING:
    from lab.checks.base import Check, Finding
    from lab.ledger.progress import CheckProgress, MilestoneProgress, StageProgress
    from lab.session.session import Session

_CACHE: Final = "customers.json"
_WORTH: Final = 100  # seconds folded anew that are worth a write


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


def customers_line(session: Session) -> CustomersLine:
    """What customers got since the company opened. What was folded before is remembered, so that it stays cheap."""
    cache = session.workspace.cache / _CACHE
    told = durable.read_json(cache)
    try:
        start = customers.Totals(**told) if isinstance(told, dict) else customers.Totals()
    except TypeError:
        start = customers.Totals()
    if start.seq > session.ledger.seq():
        start = customers.Totals()
    total = customers.fold(session.ledger.events(customers.TYPE, after=start.seq), start=start)
    if total.seq - start.seq > _WORTH:
        durable.write_json(cache, total.as_dict())
    return in_line(total)


def in_line(total: customers.Totals) -> CustomersLine:
    """The totals that people are shown."""
    return CustomersLine(
        good=total.good,
        wrong=total.wrong,
        failed=total.failed,
        late=total.late,
        bad_seconds=total.bad_seconds,
        outage_minutes=total.outage_minutes,
        longest_outage=total.longest_outage,
        recent=total.recent,
        example=total.example,
    )
