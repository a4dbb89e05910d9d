"""`lab status` and `lab export`: what the ledger alone knows. Kept light: every module that is loaded here is waited for."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from lab.report.standing import StageLine, StatusReport
from lab.session import graded
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
        grading=graded.sentence(session, stage) if stage else "",
        seed=session.workspace.seed,
    )


def _stages(session: Session, progress: Progress) -> tuple[StageLine, ...]:
    lines = []
    for note in session.workspace.stages:
        known = progress.stage(note.id)
        state = known.state if known else "later"
        lines.append(StageLine(note.id, note.title, state, note.code, note.minutes, is_current=note.id == progress.current_id))
    return tuple(lines)


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
