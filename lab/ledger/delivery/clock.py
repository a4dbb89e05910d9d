"""Company time without the hours in which nobody was there: a closed laptop is no lead time."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab.ledger.store import Event

TYPES: Final = ("clock.paused", "clock.leaped")


@dataclass(frozen=True)
class WorkedTime:
    """Turns a minute of the ledger into worked minutes: pauses take no time. `pauses` do not overlap, oldest first."""

    pauses: tuple[tuple[float, float], ...] = ()

    def at(self, minute: float) -> float:
        """The worked minute; inside a pause it stands still."""
        lost = 0.0
        for start, end in self.pauses[: bisect_right(self.pauses, (minute, float("inf")))]:
            lost += min(end, minute) - start
        return minute - lost

    def minute(self, worked: float) -> float:
        """The other way round: the ledger's minute of a worked one, the earliest where a pause stands still."""
        found = worked
        for start, end in self.pauses:
            if start < found:
                found += end - start
        return found


def worked_time(events: Iterable[Event], *, now: float) -> WorkedTime:
    """Read the pauses: `clock.leaped` tells how many minutes were passed over just before it; a pause may last still."""
    pauses: list[tuple[float, float]] = []
    asleep: float | None = None
    for event in events:
        if event.type == "clock.paused":
            asleep = event.minute
        elif event.type == "clock.leaped":
            start = max(event.minute - max(float(event.data.get("minutes", 0.0)), 0.0), pauses[-1][1] if pauses else float("-inf"))
            pauses.append((min(start, event.minute), event.minute))
            asleep = None
    if asleep is not None and now > asleep:
        pauses.append((max(asleep, pauses[-1][1] if pauses else asleep), now))
    return WorkedTime(tuple(pauses))
