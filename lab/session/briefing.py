"""`lab brief`: the texts of a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.errors import WrongState
from lab.report.model import TextReport

if TYPE_CHECKING:
    from lab.session.session import Session


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
        return TextReport(told.title, told.brief)
    if known.state == "open" and not known.is_practised:
        raise WrongState(f"The debrief of '{told.title}' comes with its last core check.", remedy="`lab status` shows what is left.")
    return TextReport(told.title, told.debrief)
