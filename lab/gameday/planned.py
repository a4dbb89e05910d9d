"""Events of the live company that wait for their minute, or for what customers get: planned in the ledger, played once.

A plan is a row of the ledger, so it survives a kill; that it is being played is written before it is, so it never happens twice.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any, Final

from lab.errors import LabError
from lab.gameday.events.catalogue import EVENTS
from lab.gameday.facts import CannotJudge
from lab.gameday.stagehand import Stagehand
from lab.ledger import customers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab.company.company import Company
    from lab.gameday.events.base import Happening
    from lab.ledger.store import Event as Happened
    from lab.scenario.model import Event

PLANNED: Final = "event.planned"
PLAYED: Final = "event.played"
ROOM: Final = "planned"
Row = tuple[str, str, str, dict[str, Any]]


def is_planned(event: Event) -> bool:
    """Whether an event waits longer than its check does."""
    return event.minutes > 0 or event.what.waits


def rows(events: Iterable[Event]) -> list[Row]:
    """What the ledger keeps of events that wait."""
    return [(PLANNED, "lab", "engine", {"kind": event.kind, "minutes": event.minutes, "options": _options(event)}) for event in events]


def _options(event: Event) -> dict[str, Any]:
    options: dict[str, Any] = event.what.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return options


class Planned:
    """The resident calls `look` twice a second: what is due is played on the live company."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._totals: dict[int, customers.Totals] = {}

    def look(self) -> None:
        """Play every event whose time has come, in the order in which they were planned."""
        for plan in self._waiting():
            if self._company.ledger.minute() >= plan.minute + plan.data["minutes"]:
                happening: Happening = EVENTS[plan.data["kind"]].model_validate(plan.data["options"])
                ready = happening.when_due(self._wrong(plan)) if happening.waits else happening
                if ready is not None:
                    self._play(plan, ready)

    def _waiting(self) -> list[Happened]:
        """The plans of the stage that is open, without those that were played."""
        ledger = self._company.ledger
        start = ledger.last("stage.opened", "stage.reset")
        events = ledger.events(PLANNED, PLAYED, after=start.seq if start else 0)
        done = {event.data["plan"] for event in events if event.type == PLAYED}
        return [event for event in events if event.type == PLANNED and event.seq not in done]

    def _wrong(self, plan: Happened) -> int:
        """How many wrong totals customers have got since the plan was made."""
        before = self._totals.get(plan.seq, customers.Totals(seq=plan.seq))
        self._totals[plan.seq] = customers.fold(self._company.ledger.events(customers.TYPE, after=before.seq), start=before)
        return self._totals[plan.seq].wrong

    def _play(self, plan: Happened, happening: Happening) -> None:
        company = self._company
        company.ledger.append(PLAYED, plan=plan.seq, kind=plan.data["kind"])
        room = company.root / ROOM / str(plan.seq)
        try:
            with Stagehand(company, seed=company.charter.seed + plan.seq, room=room, tell=lambda _: None) as hand:
                happening.play(hand)
        except (LabError, CannotJudge) as problem:  # the team's bad day, never the learner's: it is in the log and no more
            company.ledger.append("event.failed", plan=plan.seq, kind=plan.data["kind"], reason=str(problem))
        finally:
            shutil.rmtree(room, ignore_errors=True)
