"""Where the learner is, for somebody who only looks: unlike bare `lab`, nothing is woken and no news is taken as read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.report.sights import HereReport
from lab.session import clone, graded, locks
from lab.session.buying import customers_line
from lab.session.next_step import next_step
from lab.session.place import place

if TYPE_CHECKING:
    from lab.session.session import Session


def here(session: Session) -> HereReport:
    """The place, the one next thing to do, and what customers get.

    Raises:
        WrongState: no stage is open.
    """
    space = session.workspace
    stage = session.current()
    work = clone.look(space.clone, forge=session.parts.forge(space).path(space.repository), heads=session.heads())
    door = session.parts.door(space)
    return HereReport(
        company=space.title,
        stage=stage.title,
        place=place(session.progress()),
        minute=session.ledger.minute(),
        next=next_step(space, stage, work),
        work=work.sentences(),
        door=door,
        is_awake=bool(door),
        checking=checking(session),
        customers=customers_line(session),
    )


def checking(session: Session) -> str:
    """The command that plays checks now, here or in a terminal; empty when none does."""
    if graded.is_running(session):
        return "lab check --grade"
    if not locks.is_held(session.workspace.id, locks.CHECK):
        return ""
    held = locks.holder(session.workspace.id, locks.CHECK)
    return held.command if held else "lab check"
