"""`lab incident`: what let customers down, and what the learner does about it. What they say changes no metric."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lab.errors import UsageProblem, WrongState
from lab.ledger.delivery import handling, history
from lab.report import plain
from lab.report.incidents import IncidentLine, IncidentsReport, NoteLine
from lab.report.model import DoneReport, NextStep
from lab.session import delivery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.ledger.delivery.handling import Handled
    from lab.session.session import Session

LEARNER: Final = "learner"


def incidents(session: Session) -> IncidentsReport:
    """Every incident of the company, oldest first."""
    return IncidentsReport(tuple(_line(one) for one in _known(session)))


def _known(session: Session) -> tuple[Handled, ...]:
    events = delivery.standing(session.ledger.events(*history.TYPES, *handling.TYPES))
    return handling.handled(events, now=session.ledger.minute())


def _one(session: Session, number: int) -> Handled:
    known = _known(session)
    found = next((one for one in known if one.number == number), None)
    if found is None:
        there = ", ".join(f"#{one.number}" for one in known) or "none"
        raise UsageProblem(f"There is no incident #{number}.", remedy=f"There are: {there}. `lab incident list` shows them.")
    return found


def _line(one: Handled) -> IncidentLine:
    from lab.checks.postmortems import compared, form  # noqa: PLC0415 - pydantic, only where something was reviewed

    reviewed = ("not true" if compared(form(one.review), one) else "true") if one.review else ""
    return IncidentLine(
        number=one.number,
        state=one.state,
        opened=one.opened,
        restored=one.restored,
        harmed=one.incident.harmed,
        paged=one.paged,
        acked=one.acked,
        resolved=one.resolved,
        notes=tuple(NoteLine(minute, text) for minute, text in one.notes),
        reviewed=reviewed,
    )


def acknowledge(session: Session, number: int) -> DoneReport:
    """Say that somebody looks after it.

    Raises:
        UsageProblem: there is no such incident.
    """
    one = _one(session, number)
    if one.acked is None:
        _record(session, handling.ACKED, number)
    since = plain.span(session.ledger.minute() - one.opened)
    return DoneReport(
        (f"Incident #{number} is yours. It began {since} ago.",), NextStep("Note what you find:", f"lab incident note {number} TEXT")
    )


def note(session: Session, number: int, text: str) -> DoneReport:
    """Note something, for the post-mortem.

    Raises:
        UsageProblem: there is no such incident, or nothing to note.
    """
    _one(session, number)
    if not text.strip():
        raise UsageProblem("The note is empty.", remedy=f"lab incident note {number} 'what you saw, and when'")
    _record(session, handling.NOTED, number, text=text.strip())
    return DoneReport((f"Noted for incident #{number}.",))


def resolve(session: Session, number: int) -> DoneReport:
    """Say that it is over.

    Raises:
        UsageProblem: there is no such incident.
        WrongState: customers say that it is not.
    """
    one = _one(session, number)
    if one.restored is None:
        raise WrongState(
            f"Incident #{number} is not over: customers are still let down, or five good minutes have not passed yet.",
            remedy="Look at what they get: lab",
        )
    _record(session, handling.RESOLVED, number)
    took = plain.span(one.restored - one.opened)
    return DoneReport((f"Incident #{number} is resolved. Customers were let down for {took}.",), _review_step(number))


def _review_step(number: int) -> NextStep:
    return NextStep(
        "Write its post-mortem:", f"lab incident review {number} --detected HH:MM --mitigated HH:MM --resolved HH:MM --cause CAUSE"
    )


def review(session: Session, number: int, told: Mapping[str, Any]) -> DoneReport:
    """Hand in the post-mortem: three times and a cause, compared with the ledger at once.

    Raises:
        UsageProblem: there is no such incident, or a field is missing or can't be understood.
        WrongState: the incident is not over.
    """
    from lab.checks.postmortems import compared, form  # noqa: PLC0415 - pydantic

    one = _one(session, number)
    if one.restored is None:
        raise WrongState(
            f"Incident #{number} is not over, so there is nothing to review yet.", remedy="`lab incident list` shows when it is."
        )
    read = form(told)
    fields = {"detected": read.detected, "mitigated": read.mitigated, "resolved": read.resolved, "cause": read.cause}
    _record(session, handling.REVIEWED, number, **fields)
    wrong = compared(read, one)
    if wrong:
        return DoneReport(
            (f"The post-mortem of incident #{number} is kept, and it is not true yet.", *wrong), NextStep("Look again:", "lab log --all")
        )
    return DoneReport((f"The post-mortem of incident #{number} says what the ledger says.",))


def from_file(text: str) -> dict[str, Any]:
    """The fields of a post-mortem in a YAML file.

    Raises:
        UsageProblem: it is no YAML, or not a mapping.
    """
    import yaml  # noqa: PLC0415 - only here

    try:
        told = yaml.safe_load(text[:10_000])
    except (yaml.YAMLError, RecursionError) as problem:
        raise UsageProblem(f"The post-mortem is not YAML: {plain.line(problem)}.") from problem
    if not isinstance(told, dict):
        raise UsageProblem("The post-mortem should be a mapping: detected, mitigated, resolved and cause, a line each.")
    return {str(name): value for name, value in told.items()}


def _record(session: Session, type_: str, number: int, **data: Any) -> None:
    session.ledger.append(type_, actor=LEARNER, source=LEARNER, incident=number, **data)
