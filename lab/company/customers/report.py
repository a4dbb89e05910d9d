"""What customers got since some moment, computed from the ledger's `answers`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lab.ledger.store import Event, Ledger

EXAMPLES: Final = 5


@dataclass(frozen=True)
class CustomersReport:
    """Customers' answers of a span of time. Each is one of good (right, within a second), late (right), wrong or failed.

    `worst_ms` counts from the moment a customer meant to ask. A second is bad if an answer of it was wrong or failed;
    `longest_bad_stretch` is in seconds, which are company minutes. `lag_ms` is how late we ourselves were at worst: where
    it is high the machine was too slow to judge. `versions` counts answers by sha.
    """

    asked: int = 0
    good: int = 0
    wrong: int = 0
    failed: int = 0
    late: int = 0
    seconds: int = 0
    bad_seconds: int = 0
    longest_bad_stretch: int = 0
    worst_ms: float = 0.0
    lag_ms: float = 0.0
    examples: tuple[str, ...] = ()
    versions: Mapping[str, int] = field(default_factory=dict)


def report(ledger: Ledger, *, since_seq: int = 0, since_minute: float | None = None) -> CustomersReport:
    """Fold the answers after the event `since_seq`; with `since_minute`, only those meant to be asked from that minute on."""
    events = ledger.events("answers", after=since_seq)
    if since_minute is not None:
        events = [event for event in events if event.data["second"] >= since_minute]
    return fold(events)


def fold(events: Sequence[Event]) -> CustomersReport:
    """Fold `answers` events, in their order."""
    told = [event.data for event in events]
    counts = {kind: sum(int(data.get(kind, 0)) for data in told) for kind in ("good", "wrong", "failed", "late")}
    bad = sorted(int(data["second"]) for data in told if data.get("wrong") or data.get("failed"))
    all_examples = [str(sentence) for data in told for sentence in data.get("examples", ())]
    versions: Counter[str] = Counter()
    for data in told:
        versions.update(data.get("versions", {}))
    return CustomersReport(
        asked=sum(counts.values()),
        seconds=len(told),
        bad_seconds=len(set(bad)),
        longest_bad_stretch=_longest(bad, {int(data["second"]) for data in told}),
        worst_ms=max((float(data.get("worst_ms", 0.0)) for data in told), default=0.0),
        lag_ms=max((float(data.get("lag_ms", 0.0)) for data in told), default=0.0),
        examples=tuple(dict.fromkeys(all_examples))[:EXAMPLES],
        versions=dict(versions),
        **counts,
    )


def _longest(bad: Sequence[int], told: set[int]) -> int:
    """The longest run of bad seconds; a second in which nobody asked does not end it."""
    longest, first, last = 0, None, None
    for second in bad:
        if first is None or last is None or any(between in told for between in range(last + 1, second)):
            first = second
        last = second
        longest = max(longest, last - first + 1)
    return longest
