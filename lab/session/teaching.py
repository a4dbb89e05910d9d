"""The instructor's view of a workspace: how each stage is proven, how each check went, and where the learner got stuck."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from lab.report import plain
from lab.report.sights import Struggle, TaughtStage, TeachingReport

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lab.ledger.progress import CheckProgress
    from lab.ledger.store import Event
    from lab.session.session import Session

_STUCK: Final = 5
_PRACTICE: Final = ("practice", "live")
Found = dict[tuple[str, str], list["Event"]]


def teaching(session: Session) -> TeachingReport:
    """Every stage of the workspace, opened or not."""
    space = session.workspace
    progress = session.progress()
    found: Found = defaultdict(list)
    for event in session.ledger.events("check.finding"):
        if event.data.get("seed_kind", "practice") in _PRACTICE and not event.data.get("cached"):
            found[event.data["stage"], event.data["check"]].append(event)
    now = session.ledger.minute()
    stages, costly = [], []
    for note in space.stages:
        known, told = progress.stage(note.id), session.stage(note.id)
        checks = tuple(_struggle(item, found.get((note.id, item.id), ()), now=now) for item in known.checks) if known else ()
        costly += [(item.failures + 2 * item.hints, f"{known.title}: {item.title} ({_cost(item)})") for item in checks if known]
        until = (known.passed_minute or now) if known else None
        stages.append(
            TaughtStage(
                id=note.id,
                title=note.title,
                code=note.code,
                state=known.state if known else "later",
                planned_minutes=note.minutes,
                minutes=None if known is None or until is None or known.state == "skipped" else (until - known.opened_minute) / 60,
                solutions=tuple(item.name for item in told.solutions),
                traps=tuple(item.name for item in told.traps),
                prove=f"lab author prove {space.scenario} --stage {note.id}",
                checks=checks,
            )
        )
    worst = [title for cost, title in sorted(costly, key=lambda pair: -pair[0]) if cost > 0]
    return TeachingReport(str(space.root), space.title, space.seed, tuple(stages), tuple(worst[:_STUCK]))


def _struggle(check: CheckProgress, events: Sequence[Event], *, now: float) -> Struggle:
    verdicts = [str(_data(event).get("verdict", "")) for event in events]
    failed = [event for event in events if _data(event).get("verdict") == "failed"]
    until = check.passed_minute if check.passed_minute is not None else now
    return Struggle(
        id=check.id,
        title=check.title,
        level=check.level,
        verdict=check.verdict,
        attempts=len(events),
        failures=verdicts.count("failed"),
        blocked=verdicts.count("blocked"),
        hints=check.hints,
        minutes=max(until - events[0].minute, 0.0) if events else None,
        message=str(_data(failed[-1]).get("message", "")) if failed else "",
    )


def _cost(item: Struggle) -> str:
    return f"{plain.count(item.failures, 'failed look')}, {plain.count(item.hints, 'hint')}"


def _data(event: Event) -> Mapping[str, Any]:
    return event.data
