"""`lab status` and `lab brief`: what is known without starting anything. Kept light: the ledger is all a status reads."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from lab.errors import WrongState
from lab.report.model import TextReport
from lab.report.standing import StageLine, StatusReport
from lab.session import grading
from lab.session.lines import milestone_line, standing_line

if TYPE_CHECKING:
    from lab.ledger.progress import Progress
    from lab.session.session import Session


def status(session: Session) -> StatusReport:
    """Stages, milestones and checks: the ledger alone is read, nothing is started."""
    progress = session.progress()
    stage = progress.current
    return StatusReport(
        scenario=session.workspace.title,
        workspace=str(session.workspace.root),
        minute=session.ledger.minute(),
        stages=_stages(session, progress),
        milestones=tuple(milestone_line(stage, item) for item in stage.milestones) if stage else (),
        stretch=tuple(standing_line(item) for item in stage.checks if not item.is_core) if stage else (),
        grading=grading.sentence(session, stage) if stage else "",
        seed=session.workspace.seed,
    )


def _stages(session: Session, progress: Progress) -> tuple[StageLine, ...]:
    lines = []
    for note in session.workspace.stages:
        known = progress.stage(note.id)
        state = known.state if known else "later"
        lines.append(StageLine(note.id, note.title, state, note.code, note.minutes, is_current=note.id == progress.current_id))
    return tuple(lines)


def brief(session: Session, *, stage: str = "", debrief: bool = False) -> TextReport:
    """The briefing of the current stage, or of another; or its debrief.

    Raises:
        WrongState: the debrief is asked for before the stage's core checks have passed, or the stage is not open yet.
    """
    progress = session.progress()
    known = progress.stage(stage) if stage else session.current()
    if known is None:
        raise WrongState(f"The stage '{stage}' is not open yet.", remedy="`lab status` shows the stages; `lab goto STAGE` jumps to one.")
    told = session.stage(known.id)
    if not debrief:
        return TextReport(told.title, told.briefing)
    if known.state == "open" and not known.is_practised:
        raise WrongState(f"The debrief of '{told.title}' comes with its last core check.", remedy="`lab status` shows what is left.")
    return TextReport(told.title, told.debrief)


def export(session: Session) -> dict[str, Any]:
    """Everything of every stage that was opened, as plain values."""
    stages = [
        {
            "id": stage.id,
            "title": stage.title,
            "state": stage.state,
            "milestones": [asdict(milestone_line(stage, item)) for item in stage.milestones],
            "stretch": [asdict(standing_line(item)) for item in stage.checks if not item.is_core],
        }
        for stage in session.progress().stages
    ]
    space = session.workspace
    return {"workspace": space.id, "scenario": space.scenario, "seed": space.seed, "version": space.version, "stages": stages}
