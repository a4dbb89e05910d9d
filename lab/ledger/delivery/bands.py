"""Lab bands of the five metrics, and the one number that ranks stages. No stage is passed on either."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lab.ledger.delivery.measures import Metrics

WORDS: Final = ("elite", "high", "medium", "low")
HOUR: Final = 60.0
DAY: Final = 1440.0
WEEK: Final = 7 * DAY
MONTH: Final = 30 * DAY
SHARES: Final = (0.05, 0.15, 0.30)


def bands(metrics: Metrics) -> dict[str, str]:
    """The band of each metric that has data. Ours, not DORA's: theirs move each year."""
    limits = {
        "lead_time": (metrics.lead_time.value, (HOUR, DAY, WEEK)),
        "recovery": (metrics.recovery.value, (HOUR, DAY, WEEK)),
    }
    found = {name: _band(value, steps) for name, (value, steps) in limits.items() if value is not None}
    if metrics.frequency.value is not None:
        found["frequency"] = _band_from(metrics.frequency.value, (1.0, DAY / WEEK, DAY / MONTH))
    rates = {"fail_rate": metrics.fail_rate.value, "rework_rate": metrics.rework_rate.value}
    return found | {name: _band(value, SHARES, closed=True) for name, value in rates.items() if value is not None}


def _band(value: float, steps: tuple[float, ...], *, closed: bool = False) -> str:
    """The first band whose limit the value is below (or at, when `closed`)."""
    return next((word for word, step in zip(WORDS, steps, strict=False) if value < step or (closed and value == step)), WORDS[-1])


def _band_from(value: float, steps: tuple[float, ...]) -> str:
    """The first band whose limit the value reaches."""
    return next((word for word, step in zip(WORDS, steps, strict=False) if value >= step), WORDS[-1])


def composite(metrics: Metrics) -> float | None:
    """The geometric mean of the five metrics, each brought to 0 to 1; None while one of them has no data.

    For ranking stages only: whoever steers by it games it (dora.dev, "setting metrics as a goal").
    """
    parts = (metrics.frequency, metrics.lead_time, metrics.fail_rate, metrics.recovery, metrics.rework_rate)
    often, lead, fail, recovery, rework = (part.value for part in parts)
    if often is None or lead is None or fail is None or recovery is None or rework is None:
        return None
    values = (min(often, 1.0), HOUR / max(lead, HOUR), 1 - fail, HOUR / max(recovery, HOUR), 1 - rework)
    return float(prod(values) ** (1 / len(values)))
