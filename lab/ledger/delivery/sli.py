"""What customers got, second by second: good answers among valid ones (good: right by the oracle, within a second)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from lab.ledger.store import Event

TYPES: Final = ("answers", "violation")
_BAD: Final = ("late", "wrong", "failed")


@dataclass(frozen=True)
class Second:
    """The answers of one second; `valid` leaves out what nobody could judge. `focuses` counts bad ones by behaviour.

    `is_silent` says that no answer named a version. `violated`: a customer was charged twice, or the like.
    """

    at: float
    good: int = 0
    valid: int = 0
    violated: bool = False
    is_silent: bool = False
    focuses: tuple[str, ...] = ()

    @property
    def bad(self) -> int:
        """Answers that were late, wrong or none."""
        return self.valid - self.good

    @property
    def is_bad(self) -> bool:
        """Whether any customer of this second has a reason to complain."""
        return self.bad > 0 or self.violated


def seconds(events: Iterable[Event], at: Callable[[float], float]) -> list[Second]:
    """The seconds in which there was an answer or a violation, in order."""
    found: dict[float, Second] = {}
    for event in events:
        if event.type in TYPES:
            when = at(float(event.data.get("second", event.minute)))
            found[when] = _added(found.get(when), when, event)
    return [found[when] for when in sorted(found)]


def _added(old: Second | None, when: float, event: Event) -> Second:
    before = old or Second(when, is_silent=True)
    if event.type == "violation":
        return Second(when, before.good, before.valid, violated=True, is_silent=before.is_silent, focuses=before.focuses)
    data: Mapping[str, object] = event.data
    good = _count(data, "good")
    valid = good + sum(_count(data, name) for name in _BAD)
    told = data.get("focuses")
    focuses = tuple(told) if isinstance(told, dict) else ()
    is_silent = before.is_silent and not data.get("versions")
    return Second(when, before.good + good, before.valid + valid, before.violated, is_silent, before.focuses + focuses)


def _count(data: Mapping[str, object], name: str) -> int:
    value = data.get(name, 0)
    return int(value) if isinstance(value, int | float) else 0
