"""When customers were let down, and until when. Customers open an incident, whether or not anybody was paged."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from lab.ledger.delivery.model import Incident

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.ledger.delivery.sli import Second

THRESHOLD: Final = 0.95
ROLLING: Final = 15.0
FEWEST: Final = 10
RESTORED: Final = 0.99
RESTORED_FOR: Final = 5.0
APART: Final = 5.0


@dataclass(frozen=True)
class _Sums:
    """Sums over spans of seconds, each in the time of two searches."""

    times: list[float]
    good: list[int]
    valid: list[int]

    @classmethod
    def of(cls, seconds: Sequence[Second]) -> _Sums:
        return cls(
            [one.at for one in seconds],
            [0, *accumulate(one.good for one in seconds)],
            [0, *accumulate(one.valid for one in seconds)],
        )

    def between(self, start: float, end: float) -> tuple[int, int]:
        """Good and valid answers of [start, end)."""
        first, last = bisect_left(self.times, start), bisect_left(self.times, end)
        return self.good[last] - self.good[first], self.valid[last] - self.valid[first]


def find(seconds: Sequence[Second], *, threshold: float = THRESHOLD) -> tuple[Incident, ...]:
    """The incidents, in order; `threshold` is the least share of good answers in a rolling window of fifteen minutes.

    A window of at least ten valid answers that holds less opens one, at the first bad second in it; so does a violation. It ends
    at the first second of five minutes with 99 % good ones. What begins less than five minutes after that is the same incident.
    """
    sums = _Sums.of(seconds)
    culpable = _culpable(seconds, sums, threshold)
    found: list[Incident] = []
    place = 0
    while place < len(culpable):
        opened = culpable[place].at
        restored = _restored(seconds, sums, opened)
        place = _next(culpable, place, restored)
        while restored is not None and place < len(culpable) and culpable[place].at - restored < APART:
            restored = _restored(seconds, sums, culpable[place].at)
            place = _next(culpable, place, restored)
        good, valid = sums.between(opened, float("inf") if restored is None else restored)
        found.append(Incident(len(found) + 1, opened, restored, harmed=valid - good))
    return tuple(found)


def _culpable(seconds: Sequence[Second], sums: _Sums, threshold: float) -> list[Second]:
    """The bad seconds of violated windows, and those with a violation."""
    marked = [one.violated for one in seconds]
    begun, done = 0, 0  # the first second of the window, and up to where seconds are marked already
    for place, last in enumerate(seconds):
        while seconds[begun].at <= last.at - ROLLING:
            begun += 1
        good, valid = sums.good[place + 1] - sums.good[begun], sums.valid[place + 1] - sums.valid[begun]
        if valid >= FEWEST and good / valid < threshold:
            for number in range(max(begun, done), place + 1):
                marked[number] = marked[number] or seconds[number].is_bad
            done = place + 1
    return [one for one, is_marked in zip(seconds, marked, strict=True) if is_marked]


def _restored(seconds: Sequence[Second], sums: _Sums, after: float) -> float | None:
    """The first second later than `after` that begins five good minutes; None while there is none."""
    last = sums.times[-1]
    for one in seconds[bisect_left(sums.times, after) :]:
        if one.at + RESTORED_FOR > last + 1:
            return None
        good, valid = sums.between(one.at, one.at + RESTORED_FOR)
        if one.at > after and valid and good / valid >= RESTORED and not _violated(seconds, sums, one.at):
            return one.at
    return None


def _violated(seconds: Sequence[Second], sums: _Sums, start: float) -> bool:
    first, last = bisect_left(sums.times, start), bisect_left(sums.times, start + RESTORED_FOR)
    return any(one.violated for one in seconds[first:last])


def _next(culpable: Sequence[Second], place: int, restored: float | None) -> int:
    """The first culpable second from `restored` on; the end while nothing is restored."""
    if restored is None:
        return len(culpable)
    while place < len(culpable) and culpable[place].at < restored:
        place += 1
    return place
