"""`lab log` and `lab run`: the pipelines' runs, and the ledger in words."""
# ruff: noqa: PLC0415 - heavy parts are loaded where they are needed: a status uses none

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from lab.errors import WrongState
from lab.report import plain
from lab.report.facts import EventLine, EventsReport, JobLine, LogReport, RunLine, StepLine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.company.pipelines.runs import Run, Runs
    from lab.ledger.store import Event
    from lab.session.session import Session

_LAST: Final = 10
_TAIL: Final = 20
_LIMIT: Final = 90
_UNTOLD: Final = frozenset({"answers", "version.seen", "version.known"})
_LEFT_OUT: Final = frozenset({"evidence", "body", "tables", "milestones", "checks", "examples", "change_id"})
_ANSWERS: Final = frozenset({"label", "entry", "kind", "breaks"})  # which of the team's changes are bad is for the learner to find out


def runs(session: Session) -> Runs:
    """The live company's runs."""
    from lab.company.pipelines.runs import Runs

    return Runs(session.ledger, session.workspace.company / "runs")


def recent(session: Session, *, count: int = _LAST, state: str = "") -> LogReport:
    """The last runs, newest first."""
    found = [run for run in reversed(runs(session).all()) if state in ("", run.state, run.result)]
    return LogReport(tuple(_line(run) for run in found[:count]))


def one(session: Session, name: str) -> LogReport:
    """A run whole, with the failing step's last lines.

    Raises:
        UsageProblem: there is none of that name.
    """
    run = runs(session).get(name)
    failing = run.failing_step()
    tail = run.tail(_TAIL) if run.result not in ("success", "") else ()
    return LogReport((_line(run),), is_one=True, failing=failing.name if failing else "", tail="\n".join(tail))


def newest(session: Session) -> str:
    """The name of the newest run.

    Raises:
        WrongState: no pipeline has run yet.
    """
    event = session.ledger.last("run.queued")
    if event is None:
        raise WrongState("No pipeline has run yet.", remedy="A push runs every workflow in .github/workflows/ that listens to it.")
    return str(event.data["run"])


def follow(session: Session, name: str, *, timeout: float = 3600.0) -> Iterator[Event]:
    """The events of a run, those that happened and then as they come, until it is finished; `timeout` in seconds.

    Raises:
        UsageProblem: there is none of that name.
    """
    wanted = runs(session).get(name).id
    for event in session.ledger.follow("job.started", "step.finished", "job.finished", "run.finished", after=0, timeout=timeout, pause=0.1):
        if event.data.get("run") == wanted:
            yield event
            if event.type == "run.finished":
                return


def everything(session: Session, *, after: int = 0) -> EventsReport:
    """The ledger, oldest first, each event in words; what customers got each second is left out."""
    found = [event for event in session.ledger.events(after=after) if event.type not in _UNTOLD]
    return EventsReport(tuple(EventLine(event.seq, event.minute, event.type, event.actor, in_words(event)) for event in found))


def in_words(event: Event) -> str:
    """An event's fields on one line, safe to show."""
    return _words(event.data)


def _words(data: dict[str, Any]) -> str:
    """An event's fields on one line; long ones and what would give a stage away are left out, commits' names shortened."""
    told = []
    for name, value in data.items():
        if name in _LEFT_OUT or name in _ANSWERS or value in (None, "", [], {}):
            continue
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        told.append(f"{name}={plain.short(text) if name in ('sha', 'old', 'new') else text}")
    words = plain.line(" ".join(told))
    return words if len(words) <= _LIMIT else words[: _LIMIT - 1] + "…"


def _line(run: Run) -> RunLine:
    jobs = tuple(
        JobLine(
            job.name, job.result, job.seconds, tuple(StepLine(step.name, step.result, step.seconds) for step in job.steps if step.number)
        )
        for job in run.jobs
    )
    return RunLine(
        id=run.id,
        workflow=run.workflow,
        event=run.event,
        branch=run.branch,
        sha=run.sha,
        state=run.state,
        result=run.result,
        seconds=run.seconds,
        number=run.number,
        actor=run.actor,
        pr=run.pr,
        reason=run.reason,
        jobs=jobs,
    )
