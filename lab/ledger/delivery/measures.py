"""The five delivery metrics of a span of time, and what stands beside them. All in company minutes; no data is `None`."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final

from lab.ledger.delivery.model import SUCCEEDED, Window
from lab.ledger.delivery.runs import parts
from lab.ledger.delivery.samples import Measured, middle, share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.ledger.delivery.history import History
    from lab.ledger.delivery.model import Change, Deployment, Incident

HOUR: Final = 60.0
DAY: Final = 1440.0
WEEK: Final = 7 * DAY
MONTH: Final = 30 * DAY
HARM: Final = 0.005


@dataclass(frozen=True)
class Metrics:
    """The five metrics, with how many things each is made of, and what is never merged into them.

    Deployments a day; lead time, recovery and their parts in minutes; rates from 0 to 1. `contained` counts deployments that
    were taken back after at most half a percent of the customers had met them.
    """

    window: Window
    frequency: Measured
    between_deployments: float | None
    lead_time: Measured
    lead_time_p90: float | None
    lead_time_parts: tuple[tuple[str, float | None], ...]
    fail_rate: Measured
    recovery: Measured
    detect: float | None
    act: float | None
    rework_rate: Measured
    contained: int
    availability: Measured
    restore_other: Measured
    harmed: int
    harmed_per_deployment: float | None
    escape_rate: Measured
    false_rejects: Measured


def measure(history: History, window: Window) -> Metrics:
    """The metrics of `window`: changes pushed in it, deployments exposed in it, incidents opened in it."""
    counted = [one for one in history.deployments if window.has(one.exposed) and history.is_counted(one)]
    contained = [one for one in counted if _is_contained(history, one)]
    failed = [one for one in counted if history.is_blamed(one) and one not in contained]
    lived = _useful(history, window)
    leads = [_lead_time(history, change, window) for change in history.changes.values() if _is_led(change, window)]
    first = [(one, _first(history, one)) for one in failed]
    seconds = [one for one in history.seconds if window.has(one.at)]
    other = [one for one in history.incidents if window.has(one.opened) and one.deployment is None]
    harmed = sum(one.bad for one in seconds)
    return Metrics(
        window=window,
        frequency=Measured(len(lived) / window.days if window.days > 0 and lived else None, len(lived)),
        between_deployments=_between(lived),
        lead_time=middle(leads),
        lead_time_p90=middle(leads, at=0.9).value,
        lead_time_parts=parts(history, [change for change in history.changes.values() if _is_led(change, window)]),
        fail_rate=share(len(failed), len(counted)),
        recovery=middle([_until(incident.restored, one.exposed, window) for one, incident in first]),
        detect=_median([incident.paged - one.exposed for one, incident in first if incident.paged is not None]),
        act=_median([one.restored - one.paged for _, one in first if one.paged is not None and one.restored is not None]),
        rework_rate=share(sum(one.number in history.rework for one in counted), len(counted)),
        contained=len(contained),
        availability=share(sum(one.good for one in seconds), sum(one.valid for one in seconds)),
        restore_other=middle([_until(one.restored, one.opened, window) for one in other]),
        harmed=harmed,
        harmed_per_deployment=harmed / len(counted) if counted else None,
        escape_rate=_escape_rate(history, window),
        false_rejects=_false_rejects(history, window),
    )


def _useful(history: History, window: Window) -> list[Deployment]:
    """Succeeded deployments that brought a good change or a feature."""

    def brings(one: Deployment) -> bool:
        told = [history.changes.get(name) for name in one.payload]
        return any(change is None or change.is_good or change.kind == "feature" for change in told)

    return [one for one in history.deployments if window.has(one.exposed) and one.state == SUCCEEDED and brings(one)]


def _between(lived: Sequence[Deployment]) -> float | None:
    """The median of minutes between deployments."""
    return _median([later.exposed - earlier.exposed for earlier, later in pairwise(lived)])


def _is_led(change: Change, window: Window) -> bool:
    """Whether its lead time counts: good, pushed in the window and not withdrawn."""
    return change.is_good and window.has(change.pushed) and (change.withdrawn is None or change.withdrawn >= window.end)


def _lead_time(history: History, change: Change, window: Window) -> tuple[float, bool]:
    """Minutes from push to production, and whether that is only a lower bound: not live at the end of the window."""
    for one in history.deployments:
        if change.id in one.payload and one.state == SUCCEEDED and one.full is not None and one.full < window.end:
            return max(one.full - change.pushed, 0.0), False
    return max(window.end - change.pushed, 0.0), True


def _is_contained(history: History, one: Deployment) -> bool:
    """Whether it was taken back before it served all, and at most half a percent of the requests meanwhile were harmed."""
    if one.state == SUCCEEDED or one.ended is None:
        return False
    during = [second for second in history.seconds if one.exposed <= second.at < one.ended]
    valid = sum(second.valid for second in during)
    return bool(history.is_blamed(one)) and sum(second.bad for second in during) <= HARM * valid


def _first(history: History, one: Deployment) -> Incident:
    return next(incident for incident in history.incidents if incident.deployment == one.number)


def _until(restored: float | None, start: float, window: Window) -> tuple[float, bool]:
    """Minutes to restoration, censored at the end of the window."""
    if restored is None or restored > window.end:
        return max(window.end - start, 0.0), True
    return restored - start, False


def _escape_rate(history: History, window: Window) -> Measured:
    bad = [change for change in history.changes.values() if not change.is_good and window.has(change.pushed)]
    out = {name for one in history.deployments if one.exposed < window.end for name in one.payload}
    return share(sum(change.id in out for change in bad), len(bad))


def _false_rejects(history: History, window: Window) -> Measured:
    good = [change for change in history.changes.values() if change.is_good and window.has(change.pushed)]
    return share(sum(change.rejected is not None and change.rejected < window.end for change in good), len(good))


def _median(values: Sequence[float]) -> float | None:
    return float(median(values)) if values else None
