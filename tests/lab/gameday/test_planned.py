"""Events of the live company that wait: each happens once, when its time has come, and not before."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from lab.errors import LabError
from lab.gameday import planned
from lab.gameday.events.catalogue import EVENTS
from lab.gameday.planned import Planned
from lab.ledger.store import Ledger
from lab.scenario.model import Event

if TYPE_CHECKING:
    from pathlib import Path


def event(kind: str, *, minutes: float = 0, **options: Any) -> Event:
    return Event(kind=kind, what=EVENTS[kind].model_validate(options), minutes=minutes)


@pytest.fixture
def company(tmp_path: Path) -> SimpleNamespace:
    """As much of a company as somebody who says something needs; its stage has just opened."""
    ledger = Ledger.create(tmp_path / "ledger.db")
    ledger.append("stage.opened", stage="one")
    return SimpleNamespace(ledger=ledger, root=tmp_path, id="c1", repository="storefront", charter=SimpleNamespace(seed=1))


def plan(company: SimpleNamespace, *events: Event) -> None:
    company.ledger.append_many(planned.rows(events))


def said(company: SimpleNamespace) -> list[str]:
    return [event.data["text"] for event in company.ledger.events("say")]


def test_what_waits_is_planned_and_nothing_else() -> None:
    assert not planned.is_planned(event("say", by="tom", text="now"))
    assert planned.is_planned(event("say", by="tom", text="later", minutes=1))
    assert planned.is_planned(event("complaint", by="lena", text="when it is bad"))


def test_an_event_happens_at_its_minute_and_once(company: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    plan(company, event("say", by="tom", text="later", minutes=3))
    team = Planned(company)  # type: ignore[arg-type]  # a company that is only what is needed
    team.look()
    assert said(company) == []
    now = company.ledger.minute()
    monkeypatch.setattr(Ledger, "minute", lambda _: now + 3)
    team.look()
    team.look()
    Planned(company).look()  # type: ignore[arg-type]  # as above: the next process
    assert said(company) == ["later"]


def test_a_complaint_comes_with_the_number_of_wrong_totals_since_it_was_planned(company: SimpleNamespace) -> None:
    company.ledger.append("answers", good=1, wrong=9)
    plan(company, event("complaint", by="lena", wrong=3, text="{wrong} customers say so."))
    team = Planned(company)  # type: ignore[arg-type]  # as above
    company.ledger.append("answers", good=5, wrong=2)
    team.look()
    assert said(company) == []
    company.ledger.append("answers", good=5, wrong=2)
    team.look()
    team.look()
    assert said(company) == ["4 customers say so."]


@pytest.mark.parametrize("what", ["stage.reset", "stage.opened"])
def test_a_reset_or_another_stage_forgets_what_was_planned(company: SimpleNamespace, what: str) -> None:
    plan(company, event("complaint", by="lena", wrong=1, text="!"))
    company.ledger.append(what, stage="two")
    company.ledger.append("answers", wrong=5)
    Planned(company).look()  # type: ignore[arg-type]  # as above
    assert said(company) == []


def test_what_cannot_be_played_is_told_to_the_ledger_and_not_tried_again(company: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise LabError("There is nothing to take back.")

    monkeypatch.setattr(EVENTS["complaint"], "play", refuse)
    plan(company, event("complaint", by="lena", wrong=1, text="!"), event("say", by="tom", text="and I", minutes=0.0001))
    company.ledger.append("answers", wrong=5)
    team = Planned(company)  # type: ignore[arg-type]  # as above
    team.look()
    team.look()
    (failed,) = company.ledger.events("event.failed")
    assert failed.data["reason"] == "There is nothing to take back."
    assert said(company) == ["and I"]
    assert not list((company.root / planned.ROOM).iterdir())
