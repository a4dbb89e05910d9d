"""What `lab score` tells of delivery: frozen values, and how they look on a terminal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from lab.report import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.report.paper import Paper

BLOCKS: Final = "▁▂▃▄▅▆▇█"
ASCII: Final = "_.-~=+*#"
NOTHING: Final = "no data"
DAY: Final = 1440


@dataclass(frozen=True)
class DeliveryLine:
    """The five delivery metrics of a span of time. `None` says that there are no data; spans are company minutes, rates 0 to 1.

    The `_n` say how many things a metric is made of, the `_at_least` that only a lower bound is known. `bands` gives each metric
    one of elite, high, medium, low (lab bands: the published ones move each year). `availability_over_time` has a share of good
    answers for each equal part of the span, `None` where nobody asked. `moved` is a sentence on what changed since the stage before.
    """

    frequency: float | None = None
    frequency_n: int = 0
    lead_time: float | None = None
    lead_time_n: int = 0
    lead_time_at_least: bool = False
    lead_time_p90: float | None = None
    lead_time_parts: dict[str, float] = field(default_factory=dict)
    fail_rate: float | None = None
    fail_rate_n: int = 0
    recovery: float | None = None
    recovery_n: int = 0
    recovery_at_least: bool = False
    detect: float | None = None
    act: float | None = None
    rework_rate: float | None = None
    availability: float | None = None
    restore_other: float | None = None
    escape_rate: float | None = None
    false_rejects: float | None = None
    contained: int = 0
    harmed: int = 0
    incidents: int = 0
    bands: dict[str, str] = field(default_factory=dict)
    availability_over_time: tuple[float | None, ...] = ()
    moved: str = ""


def lines(told: DeliveryLine, paper: Paper) -> list[str]:
    """The metrics of one stage, a line each where there are data, then the plot and what moved."""
    if not told.fail_rate_n:
        return paper.fold(told.moved, indent="  ") if told.moved else []
    rows = [
        ("deployments", _rate(told.frequency), told.bands.get("frequency", ""), f"{told.frequency_n} that brought something"),
        ("lead time", span(told.lead_time, at_least=told.lead_time_at_least), told.bands.get("lead_time", ""), _parts(told)),
        ("change fail rate", percent(told.fail_rate), told.bands.get("fail_rate", ""), plain.count(told.fail_rate_n, "deployment")),
        ("recovery", span(told.recovery, at_least=told.recovery_at_least), told.bands.get("recovery", ""), _recovery(told)),
        ("rework rate", percent(told.rework_rate), told.bands.get("rework_rate", ""), ""),
    ]
    wide = max(len(row[1]) for row in rows)
    shown = [f"    {name:<18}{value:<{wide}}  {band:<7}{more}".rstrip() for name, value, band, more in rows]
    shown += [
        f"    {'availability':<18}{percent(told.availability, digits=1):<{wide}}  {_plot(told.availability_over_time, paper)}".rstrip()
    ]
    shown += [f"    {text}" for text in _beside(told)]
    return shown + (paper.fold(told.moved, indent="    ") if told.moved else [])


def table(stages: Sequence[tuple[str, DeliveryLine]]) -> list[tuple[str, ...]]:
    """The stages side by side: a row of cells each, under a head."""
    head = ("stage", "deployments", "lead time", "change fail rate", "recovery", "rework rate", "availability")
    rows = [
        (
            title,
            _rate(told.frequency),
            span(told.lead_time, at_least=told.lead_time_at_least),
            percent(told.fail_rate),
            span(told.recovery, at_least=told.recovery_at_least),
            percent(told.rework_rate),
            percent(told.availability, digits=1),
        )
        for title, told in stages
    ]
    return [head, *rows]


def span(minutes: float | None, *, at_least: bool = False) -> str:
    """A span of company time, or 'no data'."""
    return NOTHING if minutes is None else f"{'over ' if at_least else ''}{plain.span(minutes)}"


def percent(rate: float | None, *, digits: int = 0) -> str:
    """A rate as a percentage, or 'no data'."""
    return NOTHING if rate is None else f"{100 * rate:.{digits}f} %"


def _rate(per_day: float | None) -> str:
    if per_day is None:
        return NOTHING
    for days, word in ((1, "day"), (7, "week"), (30, "month")):
        if per_day * days >= 1:
            return f"{per_day * days:.3g} a {word}"
    return f"one in {1 / per_day:.0f} days"


def _parts(told: DeliveryLine) -> str:
    long = sorted(((minutes, name) for name, minutes in told.lead_time_parts.items()), reverse=True)[:2]
    most = ", ".join(f"{name} {plain.span(minutes)}" for minutes, name in long if minutes > 0)
    return f"{plain.count(told.lead_time_n, 'change')}{f'; {most}' if most else ''}"


def _recovery(told: DeliveryLine) -> str:
    if told.detect is None or told.act is None:
        return plain.count(told.recovery_n, "failed deployment")
    return f"{plain.span(told.detect)} to notice, {plain.span(told.act)} to act"


def _beside(told: DeliveryLine) -> list[str]:
    """What stands beside the five and is never merged into them."""
    parts = [f"{plain.count(told.incidents, 'incident')}, {told.harmed:,} bad answers"] if told.incidents or told.harmed else []
    parts += [f"faults that no change caused: over after {plain.span(told.restore_other)}"] if told.restore_other is not None else []
    parts += [f"{percent(told.escape_rate)} of bad changes escaped"] if told.escape_rate is not None else []
    parts += [f"{percent(told.false_rejects)} of good ones refused"] if told.false_rejects else []
    return ["; ".join(parts)] if parts else []


def _plot(shares: Sequence[float | None], paper: Paper) -> str:
    """A share of good answers as a little wall: full is all good, the floor is 80 % and less."""
    signs = BLOCKS if paper.unicode else ASCII
    return "".join(" " if share is None else signs[max(0, min(len(signs) - 1, int((share - 0.8) / 0.2 * len(signs))))] for share in shares)
