"""What the learner did about incidents: acknowledged, noted, resolved, reviewed. It is told beside what happened and changes no metric."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - a dataclass field, read by tools at run time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from lab.ledger.delivery import history

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lab.ledger.delivery.model import Incident
    from lab.ledger.store import Event

ACKED: Final = "incident.acked"
NOTED: Final = "incident.noted"
RESOLVED: Final = "incident.resolved"
REVIEWED: Final = "incident.reviewed"
TYPES: Final = (ACKED, NOTED, RESOLVED, REVIEWED)


@dataclass(frozen=True)
class Handled:
    """An incident, and what the learner did about it. All minutes are those of the ledger, as the company's clock shows them.

    `detected` is the first page, or the opening where nobody was paged. `review` is the post-mortem as it was handed in last.
    """

    incident: Incident
    opened: float
    restored: float | None
    detected: float
    paged: float | None = None
    acked: float | None = None
    resolved: float | None = None
    notes: tuple[tuple[float, str], ...] = ()
    review: Mapping[str, Any] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """How it is called."""
        return self.incident.number

    @property
    def state(self) -> str:
        """`open` while customers are let down, then `restored`, and `resolved` once the learner has said so."""
        if self.restored is None:
            return "acknowledged" if self.acked is not None else "open"
        return "resolved" if self.resolved is not None else "restored"


def handled(events: Sequence[Event], *, now: float) -> tuple[Handled, ...]:
    """The incidents of a ledger up to the minute `now`, oldest first."""
    told = history.fold(events, now=now)
    back = told.time.minute
    found: dict[int, Handled] = {}
    for one in told.incidents:
        paged = None if one.paged is None else back(one.paged)
        opened, restored = back(one.opened), None if one.restored is None else back(one.restored)
        found[one.number] = Handled(one, opened, restored, opened if paged is None else paged, paged)
    return tuple(_acted(found, events).values())


def _acted(found: dict[int, Handled], events: Iterable[Event]) -> dict[int, Handled]:
    for event in events:
        one = found.get(int(event.data.get("incident", 0))) if event.type in TYPES else None
        if one is None:
            continue
        if event.type == ACKED:
            one = replace(one, acked=event.minute if one.acked is None else one.acked)
        elif event.type == NOTED:
            one = replace(one, notes=(*one.notes, (event.minute, str(event.data.get("text", "")))))
        elif event.type == RESOLVED:
            one = replace(one, resolved=event.minute)
        else:
            one = replace(one, review=event.data)
        found[one.number] = one
    return found
