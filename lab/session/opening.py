"""Opening a stage: the forge is kept as it is, then the stage's own start happens. Repeated, it starts from the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.failpoints import failpoint
from lab.report.model import OpenedReport
from lab.session import keeping, snapshots

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.scenario.model import Stage
    from lab.session.session import Session


def open_stage(session: Session, stage: Stage, tell: Callable[[str], None]) -> None:
    """Open a stage on the live company.

    An opening that was interrupted (a snapshot, and no `stage.opened`) is rolled back to the snapshot and repeated.

    Raises:
        LabError: the start could not be performed; the next try begins from the same state.
    """
    opened = session.progress().stage(stage.id)
    if snapshots.has(session, stage.id) and (opened is None or opened.state == "skipped"):
        snapshots.restore(session, stage.id)
    else:
        snapshots.take(session, stage.id)
    failpoint("open.kept")
    session.parts.open_stage(session.workspace, session.scenario, stage, tell)
    failpoint("open.opened")
    session.parts.wake(session.workspace)


def reopen_stage(session: Session, stage: Stage, tell: Callable[[str], None]) -> OpenedReport:
    """Put a stage's start back, exactly: forge, servers, and the learner's clone after its work was kept on a tag.

    Raises:
        WrongState: the stage was never opened, or its start was not kept.
    """
    space = session.workspace
    forge = session.parts.forge(space).path(space.repository)
    tag = keeping.keep(space.clone, forge=forge, why=f"All of your work before `lab reset` of '{stage.id}'")
    tell("Ending what runs.")
    session.parts.sleep(space)
    hidden = snapshots.restore(session, stage.id)
    failpoint("reset.restored")
    session.ledger.append("stage.reset", actor="learner", source="learner", stage=stage.id)
    failpoint("reset.noted")
    session.parts.open_stage(space, session.scenario, stage, tell)
    session.parts.rebuild_servers(space)
    failpoint("reset.rebuilt")
    keeping.follow(space.clone, forge=forge, hidden=hidden)
    session.parts.wake(space)
    kept = f"Your work is kept in your clone: git show {tag}." if tag else "Your clone was gone, and is there again."
    return OpenedReport(stage.id, stage.title, stage.brief, (f"'{stage.title}' is as it was when it opened. {kept}",))
