"""`lab journal`: three lines that the learner writes after each stage. They are events of the ledger; the last word on a line stands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from lab.errors import UsageProblem
from lab.report import plain
from lab.report.profile import JournalEntry, JournalReport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.session.session import Session

TYPE: Final = "journal.written"
LINES: Final = ("learned", "challenges", "next")
LONGEST: Final = 500


def journal(session: Session) -> JournalReport:
    """Every entry, by stage, and the stage whose entry is asked for next: the last passed without one, else the current."""
    progress = session.progress()
    written: dict[str, JournalEntry] = {}
    for event in session.ledger.events(TYPE):
        name = str(event.data["stage"])
        entry = written.get(name) or JournalEntry(name, str(event.data.get("title", name)))
        told = {line: str(event.data[line]) for line in LINES if line in event.data}
        written[name] = replace(entry, **told, minute=event.minute)
    passed = [stage.id for stage in progress.stages if stage.state == "passed" and stage.id not in written]
    order = [stage.id for stage in progress.stages]
    entries = sorted(written.values(), key=lambda entry: order.index(entry.stage) if entry.stage in order else len(order))
    return JournalReport(tuple(entries), passed[-1] if passed else progress.current_id)


def write(session: Session, name: str, lines: Mapping[str, str]) -> JournalReport:
    """Write `lines` (of learned, challenges, next) for the stage `name` (default: the one that is asked for); others stay.

    Raises:
        UsageProblem: there is no such stage, it was never opened, or a line is too long.
    """
    wanted = name or journal(session).asked
    stage = session.progress().stage(wanted)
    if stage is None:
        opened = ", ".join(item.id for item in session.progress().stages)
        raise UsageProblem(f"There is no stage '{wanted}' that was opened.", remedy=f"There are: {opened}.")
    told = {line: plain.line(text) for line, text in lines.items()}
    for line, text in told.items():
        if len(text) > LONGEST:
            raise UsageProblem(
                f"What you wrote for '{line}' has {len(text)} characters, and a line of the journal has at most {LONGEST}.",
                remedy="Say the one thing that you want to remember.",
            )
    session.ledger.append(TYPE, actor="learner", source="learner", stage=stage.id, title=stage.title, **told)
    return journal(session)
