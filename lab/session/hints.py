"""`lab hint` and `lab answer`: three rising steps for one check, and answers to the questions that some checks ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.errors import UsageProblem, WrongState
from lab.report.model import AnswerReport, HintReport
from lab.report.sights import HintsReport, QuestionsReport
from lab.session.check import Heard, Wanted, check

if TYPE_CHECKING:
    from lab.ledger.progress import CheckProgress, StageProgress
    from lab.session.session import Session

_URGENCY: Final = {"failed": 0, "": 1, "waiting": 2, "blocked": 3}


def hint(session: Session, name: str = "", *, again: bool = False) -> HintReport:
    """The next step for a check (default: the first of the current milestone that has not passed), and record it.

    `again` repeats what was given and gives nothing new.

    Raises:
        UsageProblem: there is no such check.
        WrongState: every check has passed, or nothing was given yet that could be repeated.
    """
    progress = session.current()
    wanted = _wanted(progress, name)
    steps = session.stage(progress.id).hints.get(wanted.id, ())
    if not steps:
        raise WrongState(f"There is no hint for '{wanted.title}'.", remedy="`lab brief` tells the job again.")
    if again and not wanted.hints:
        raise WrongState(f"No hint was given for '{wanted.title}' yet.", remedy=f"Ask for the first: lab hint {wanted.id}.")
    step = min(wanted.hints + (0 if again else 1), len(steps))
    if step > wanted.hints:
        session.ledger.append("hint.given", actor="learner", source="learner", stage=progress.id, check=wanted.id, step=step)
    return HintReport(wanted.id, wanted.title, step, len(steps), steps[step - 1], tuple(steps[: step - 1]))


def given(session: Session) -> HintsReport:
    """Every hint of the current stage that was given, each with its earlier steps."""
    checks = [item.id for item in session.current().checks if item.hints]
    return HintsReport(tuple(hint(session, name, again=True) for name in checks))


def questions(session: Session) -> QuestionsReport:
    """Every question that a check of the current stage asks."""
    progress = session.current()
    asking = [(item.id, str(getattr(item, "question", ""))) for item in session.stage(progress.id).checks]
    known = {item.id: item.answer or "" for item in progress.checks}
    return QuestionsReport(tuple(AnswerReport(name, question, known.get(name, "")) for name, question in asking if question))


def _wanted(progress: StageProgress, name: str) -> CheckProgress:
    if name:
        found = progress.check(name)
        if found is None:
            names = ", ".join(item.id for item in progress.checks)
            raise UsageProblem(f"The stage '{progress.title}' has no check '{name}'.", remedy=f"It has: {names}.")
        return found
    milestone = progress.milestone
    left = [item for item in (progress.of(milestone) if milestone else ()) if not item.has_passed]
    left = left or [item for item in progress.core if "failed" in item.grades.values()]
    left = left or [item for item in progress.checks if not item.has_passed]
    if not left:
        raise WrongState(f"Every check of '{progress.title}' has passed: there is nothing to hint at.", remedy="`lab next` goes on.")
    return min(left, key=lambda item: _URGENCY.get(item.verdict, 0))


def answer(session: Session, name: str, value: str = "") -> AnswerReport:
    """Answer a question; without a value, the question itself. An answer is judged at once.

    Raises:
        UsageProblem: there is no such check, or it asks nothing.
    """
    progress = session.current()
    wanted = _wanted(progress, name)
    told = session.stage(progress.id).check(wanted.id)
    question = str(getattr(told, "question", ""))
    if not question:
        asking = [item.id for item in session.stage(progress.id).checks if getattr(item, "question", "")]
        which = f"These do: {', '.join(asking)}." if asking else "No check of this stage does."
        raise UsageProblem(f"'{wanted.id}' asks no question.", remedy=which)
    if not value:
        return AnswerReport(wanted.id, question, wanted.answer or "")
    session.ledger.append("answer.given", actor="learner", source="learner", stage=progress.id, check=wanted.id, value=value)
    report = check(session, Wanted(only=wanted.id), Heard())
    return AnswerReport(wanted.id, question, value, next((line for line in report.lines if line.id == wanted.id), None))
