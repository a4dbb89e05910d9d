"""Reads runs back: what the ledger says of each, and the log that lies beside it."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from lab.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lab.ledger.store import Event, Ledger

State = Literal["queued", "running", "finished"]
EVENTS: Final = ("run.queued", "run.started", "job.started", "step.finished", "job.finished", "run.finished")
LOG: Final = "log.jsonl"


@dataclass(frozen=True)
class Step:
    """A step of a job. `result` is success or failure; `seconds` its wall time; `log` what it printed.

    `number` counts the job's steps from 1 (0: the runner's own setting up); `may_fail` says that `continue-on-error` lets the
    job go on.
    """

    name: str
    result: str
    seconds: float
    number: int = 0
    may_fail: bool = False
    log: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """A job, by the name that GitHub gives its check (`test (3.11)`).

    `result` is empty while it runs, else success, failure, cancelled or skipped.
    """

    name: str
    result: str
    seconds: float
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Run:
    """One run of one workflow file.

    `number` counts the company's runs from 1. `result` is empty until it is finished, then success, failure, cancelled,
    skipped (no job ran) or error (the runner itself failed: not the learner's fault). `sha` is the pushed commit or the head
    of the pull request. `reason` is a sentence, empty for a plain success.
    """

    id: str
    number: int
    repo: str
    workflow: str
    file: str
    event: str
    sha: str
    branch: str
    pr: int | None
    actor: str
    state: State
    result: str
    seconds: float
    reason: str
    jobs: tuple[Job, ...] = ()

    @property
    def is_success(self) -> bool:
        """Whether it is finished and green."""
        return self.result == "success"

    def failing_step(self) -> Step | None:
        """The step that made the first failing job fail; None if there is none."""
        for job in self.jobs:
            if job.result not in ("success", "skipped"):
                failed = [step for step in job.steps if step.result == "failure"]
                if failed:
                    return next((step for step in failed if not step.may_fail), failed[0])
        return None

    def tail(self, count: int = 50) -> tuple[str, ...]:
        """The last lines of the failing step, or of the last step that printed anything."""
        step = self.failing_step()
        if step is None or not step.log:
            printed = [step for job in self.jobs for step in job.steps if step.log]
            step = printed[-1] if printed else None
        return step.log[-count:] if step else ()


class Runs:
    """The runs of one company. `folder` holds a directory for each run, with its log."""

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self.ledger = ledger
        self.folder = folder

    def all(self) -> tuple[Run, ...]:
        """Every run, oldest first, without logs."""
        grouped: dict[str, list[Event]] = defaultdict(list)
        for event in self.ledger.events(*EVENTS):
            grouped[event.data["run"]].append(event)
        queued = [events for events in grouped.values() if events[0].type == "run.queued"]
        return tuple(_run(events, number) for number, events in enumerate(queued, start=1))

    def get(self, name: str) -> Run:
        """The run with this id, or with this number (`7`), and its logs.

        Raises:
            UsageProblem: there is none.
        """
        for run in self.all():
            if name in (run.id, str(run.number)):
                return self._with_logs(run)
        raise UsageProblem(f"There is no run '{name}'.", remedy="`lab run list` names them.")

    def log_file(self, run: str) -> Path:
        """Where the log of the run with this id lies: JSON lines with job, number and name of the step, and text."""
        return self.folder / run / LOG

    def _with_logs(self, run: Run) -> Run:
        logs: dict[tuple[str, int], list[str]] = defaultdict(list)
        for line in _lines(self.log_file(run.id)):
            logs[line["job"], line["number"]].append(line["text"])
        jobs = [
            replace(job, steps=tuple(replace(step, log=tuple(logs.get((job.name, step.number), ()))) for step in job.steps))
            for job in run.jobs
        ]
        return replace(run, jobs=tuple(jobs))


def _lines(path: Path) -> Iterable[dict[str, Any]]:
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.endswith("\n"):  # else it is being written
                yield json.loads(line)


def _run(events: list[Event], number: int) -> Run:
    queued, types = events[0].data, {event.type: event.data for event in events}
    finished = types.get("run.finished")
    state: State = "finished" if finished else "running" if "run.started" in types else "queued"
    return Run(
        id=queued["run"],
        number=number,
        repo=queued["repo"],
        workflow=queued["workflow"],
        file=queued["file"],
        event=queued["event"],
        sha=queued["sha"],
        branch=queued["branch"],
        pr=queued["pr"],
        actor=queued["actor"],
        state=state,
        result=finished["result"] if finished else "",
        seconds=float(finished["seconds"]) if finished else 0.0,
        reason=finished.get("reason", "") if finished else "",
        jobs=_jobs(events),
    )


def _jobs(events: list[Event]) -> tuple[Job, ...]:
    jobs: dict[str, Job] = {}
    for event in events:
        data = event.data
        if event.type == "job.started":
            jobs.setdefault(data["job"], Job(data["job"], "", 0.0))
        elif event.type == "step.finished":
            job = jobs.setdefault(data["job"], Job(data["job"], "", 0.0))
            may_fail = bool(data.get("may_fail"))
            step = Step(data["step"], data["result"], float(data["seconds"]), number=data.get("number", 0), may_fail=may_fail)
            jobs[job.name] = replace(job, steps=(*job.steps, step))
        elif event.type == "job.finished":
            job = jobs.setdefault(data["job"], Job(data["job"], "", 0.0))
            jobs[job.name] = replace(job, result=data["result"], seconds=float(data["seconds"]))
    return tuple(jobs.values())
