"""What customers got, folded from the ledger's `answers`: totals, bad seconds, and the longest outage."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab.ledger.store import Event

TYPE: Final = "answers"
RECENT: Final = 20


@dataclass(frozen=True)
class Totals:
    """Customers' answers up to event `seq`.

    Each answer is one of good, late (right, but slow), wrong or failed. A second is bad when any answer in it was wrong or
    failed, and an outage when it had failures and nothing right. One second is one company minute, so `outage_minutes` is
    company time. `recent` is the last seconds, oldest first, a
    letter each: `g` good, `w` a wrong answer, `f` a failed one.
    """

    seq: int = 0
    good: int = 0
    wrong: int = 0
    failed: int = 0
    late: int = 0
    seconds: int = 0
    bad_seconds: int = 0
    outage_minutes: int = 0
    longest_outage: int = 0
    running_outage: int = 0
    worst_ms: float = 0.0
    recent: str = ""
    example: str = ""

    @property
    def asked(self) -> int:
        """How many answers there were."""
        return self.good + self.late + self.wrong + self.failed

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for a JSON document."""
        return asdict(self)


def fold(events: Iterable[Event], *, start: Totals | None = None) -> Totals:
    """Fold `answers` events, in order of `seq`, onto `start`; other events are passed over."""
    total = start or Totals()
    for event in events:
        if event.type == TYPE and event.seq > total.seq:
            total = _add(total, event)
    return total


def _add(total: Totals, event: Event) -> Totals:
    data = event.data
    good, wrong, failed, late = (int(data.get(name, 0)) for name in ("good", "wrong", "failed", "late"))
    is_bad, is_out = bool(wrong or failed), bool(failed and not (good or late))
    running = total.running_outage + 1 if is_out else 0
    examples = data.get("examples") or ()
    return Totals(
        seq=event.seq,
        good=total.good + good,
        wrong=total.wrong + wrong,
        failed=total.failed + failed,
        late=total.late + late,
        seconds=total.seconds + 1,
        bad_seconds=total.bad_seconds + is_bad,
        outage_minutes=total.outage_minutes + is_out,
        longest_outage=max(total.longest_outage, running),
        running_outage=running,
        worst_ms=max(total.worst_ms, float(data.get("worst_ms") or 0.0)),
        recent=(total.recent + ("f" if failed else "w" if wrong else "g"))[-RECENT:],
        example=str(examples[0]) if examples else total.example,
    )
