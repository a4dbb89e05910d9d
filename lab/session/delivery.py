"""The delivery metrics of each stage, from its opening to that of the next, and what moved between two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.ledger.delivery import bands, history, measures
from lab.ledger.delivery.model import Window
from lab.report import plain
from lab.report.delivery import DeliveryLine, percent, span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lab.ledger.delivery.history import History
    from lab.ledger.delivery.measures import Metrics
    from lab.ledger.progress import StageProgress
    from lab.ledger.store import Event

PLOTTED: Final = 24
KEPT: Final = frozenset({"change.pushed", "clock.paused", "clock.leaped", "stage.opened", "stage.reset"})
_WORTH: Final = 0.1


def of_stages(stages: Sequence[StageProgress], events: Sequence[Event], *, now: float) -> tuple[DeliveryLine, ...]:
    """The metrics of each stage, in order. The first one's begin with the oldest change that waited for the learner."""
    told = history.fold(standing(events), now=now)
    ordered = sorted(stages, key=lambda stage: stage.opened_seq)
    found: dict[str, DeliveryLine] = {}
    before: Metrics | None = None
    for place, stage in enumerate(ordered):
        start = told.time.at(stage.opened_minute)
        if place == 0:
            start = min((change.pushed for change in told.changes.values()), default=start)
        end = told.time.at(ordered[place + 1].opened_minute) if place + 1 < len(ordered) else told.now
        metrics = measures.measure(told, Window(min(start, end), end))
        found[stage.id] = line(told, metrics, moved=moved(before, metrics), since=told.time.at(stage.opened_minute))
        before = metrics
    return tuple(found[stage.id] for stage in stages)


def standing(events: Iterable[Event]) -> list[Event]:
    """The events without those of tries that a reset took back; what was pushed to the forge stays known."""
    told = list(events)
    opened: dict[str, int] = {}
    undone: list[tuple[int, int]] = []
    for event in told:
        if event.type in {"stage.opened", "stage.reset"}:
            name = str(event.data.get("stage", ""))
            if event.type == "stage.reset" and name in opened:
                undone.append((opened[name], event.seq))
            opened[name] = event.seq
    return [event for event in told if event.type in KEPT or not any(first < event.seq < last for first, last in undone)]


def line(told: History, metrics: Metrics, *, moved: str = "", since: float | None = None) -> DeliveryLine:
    """The metrics as plain values; the plot begins at `since` (default: with the window)."""
    window = metrics.window
    return DeliveryLine(
        frequency=metrics.frequency.value,
        frequency_n=metrics.frequency.n,
        lead_time=metrics.lead_time.value,
        lead_time_n=metrics.lead_time.n,
        lead_time_at_least=metrics.lead_time.at_least,
        lead_time_p90=metrics.lead_time_p90,
        lead_time_parts={name: minutes for name, minutes in metrics.lead_time_parts if minutes is not None},
        fail_rate=metrics.fail_rate.value,
        fail_rate_n=metrics.fail_rate.n,
        recovery=metrics.recovery.value,
        recovery_n=metrics.recovery.n,
        recovery_at_least=metrics.recovery.at_least,
        detect=metrics.detect,
        act=metrics.act,
        rework_rate=metrics.rework_rate.value,
        availability=metrics.availability.value,
        restore_other=metrics.restore_other.value,
        escape_rate=metrics.escape_rate.value,
        false_rejects=metrics.false_rejects.value,
        contained=metrics.contained,
        harmed=metrics.harmed,
        incidents=sum(window.has(incident.opened) for incident in told.incidents),
        bands=bands.bands(metrics),
        availability_over_time=_over_time(told, Window(window.start if since is None else since, window.end)),
        moved=moved,
    )


def _over_time(told: History, window: Window) -> tuple[float | None, ...]:
    """The share of good answers in each of `PLOTTED` equal parts."""
    if window.end <= window.start:
        return ()
    good, valid = [0] * PLOTTED, [0] * PLOTTED
    for second in told.seconds:
        if window.has(second.at):
            place = int((second.at - window.start) / (window.end - window.start) * PLOTTED)
            good[place] += second.good
            valid[place] += second.valid
    return tuple(round(good[place] / valid[place], 4) if valid[place] else None for place in range(PLOTTED))


def moved(before: Metrics | None, now: Metrics) -> str:
    """One sentence: what changed most since the stage before, and where that comes from; at the first stage, where it starts."""
    if not now.fail_rate.n:
        return "No new version has reached customers, so there is nothing to measure yet."
    if before is None:
        return f"Where it starts: {_slowest(now)}"
    steps = [step for step in (_rates(before, now), _spans(before, now, "lead time"), _spans(before, now, "recovery")) if step]
    if not steps:
        return "Nothing moved by a tenth or more since the stage before."
    return max(steps)[1]


def _rates(before: Metrics, now: Metrics) -> tuple[float, str] | None:
    old, new = before.fail_rate.value, now.fail_rate.value
    if old is None or new is None or abs(new - old) < _WORTH:
        return None
    word = "fell" if new < old else "rose"
    escaped = f"; {percent(now.escape_rate.value)} of bad changes reached customers" if now.escape_rate.n else ""
    failed = round(new * now.fail_rate.n)
    why = f"{failed} of {plain.count(now.fail_rate.n, 'deployment')} let customers down{escaped}"
    return abs(new - old) * 2, f"The change fail rate {word} from {percent(old)} to {percent(new)}: {why}."


def _spans(before: Metrics, now: Metrics, name: str) -> tuple[float, str] | None:
    old, new = (one.lead_time if name == "lead time" else one.recovery for one in (before, now))
    if not old.value or not new.value or abs(new.value - old.value) < _WORTH * max(old.value, new.value):
        return None
    word = "fell" if new.value < old.value else "rose"
    spans = f"from {span(old.value, at_least=old.at_least)} to {span(new.value, at_least=new.at_least)}"
    why = _slowest(now) if name == "lead time" else _noticed(now)
    return abs(new.value - old.value) / max(old.value, new.value), f"The {name} {word} {spans}: {why}"


def _slowest(now: Metrics) -> str:
    parts = [(minutes, name) for name, minutes in now.lead_time_parts if minutes]
    if not parts:
        return "no change of the team is live yet."
    minutes, name = max(parts)
    return f"most of a change's way is {_PARTS[name]}, {plain.span(minutes)}."


def _noticed(now: Metrics) -> str:
    if now.detect is None or now.act is None:
        return "nobody was paged, so customers' complaints decide when it begins."
    return f"{plain.span(now.detect)} until somebody was paged, {plain.span(now.act)} from there."


_PARTS: Final = {
    "queue": "waiting for a pipeline",
    "ci": "the pipeline",
    "approval": "waiting to be merged",
    "waiting": "waiting to be deployed",
    "rollout": "the roll-out",
}
