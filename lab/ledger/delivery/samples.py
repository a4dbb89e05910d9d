"""Middles and shares of samples some of which are only lower bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Measured:
    """A value and how many things it is made of; `None` of nothing. `at_least`: only a lower bound is known."""

    value: float | None
    n: int
    at_least: bool = False


def middle(values: Sequence[tuple[float, bool]], *, at: float = 0.5) -> Measured:
    """The median of `(value, is_censored)`; with `at`, that quantile by nearest rank.

    A censored value takes part as the lower bound that it is. More than half of them censored: all that is known is "longer
    than the longest".
    """
    if not values:
        return Measured(None, 0)
    if 2 * sum(censored for _, censored in values) > len(values):
        return Measured(max(value for value, _ in values), len(values), at_least=True)
    ordered = sorted(values)
    if at == 0.5:  # noqa: PLR2004 - the median, which lies between two when their number is even
        low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
        return Measured((low[0] + high[0]) / 2, len(values), at_least=low[1] or high[1])
    value, censored = ordered[max(math.ceil(at * len(ordered)), 1) - 1]
    return Measured(value, len(values), at_least=censored)


def share(part: int, whole: int) -> Measured:
    """`part` of `whole`; no data of nothing."""
    return Measured(part / whole if whole else None, whole)
