"""Turns act's JSON lines into the run's story: ledger events and statuses as they happen, and the log.

Nothing that a step prints is believed: results are read from act's own fields only (robustness.md S20, R29).
"""

from __future__ import annotations

import json
import re
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from lab.company.pipelines.logs import StepLog, shown
from lab.company.pipelines.staging import CALLED, END, SET_UP, JobPlan, StepPlan
from lab.company.pipelines.vault import masked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

    from lab.company.pipelines.staging import Staged
    from lab.ledger.store import Ledger

RAN: Final = ("success", "failure")
_EXIT: Final = re.compile(r"exit status (\d+)$")
_PART: Final = re.compile(rf"(.*?){END}(?:-\d+)?(?:/|$)", re.DOTALL)
_FETCH: Final = re.compile(r'failed to fetch "https://[^/"]+/([^"]+)" version "([^"]+)"')
_SETTING_UP: Final = StepPlan(0, "Set up job", None, may_fail=False)
_SHOWN: Final = ("msg", "step", "arg")  # what of act's lines a person may come to see
_SPOKEN: Final = {"error": "Error: ", "warning": "Warning: ", "notice": "Notice: ", "group": ""}


class SetStatus(Protocol):
    """Says a commit's state in one context."""

    def __call__(self, context: str, state: str, description: str) -> None:
        """Set it: pending, success, failure or skipped."""


@dataclass
class JobState:
    """A job while it runs. Times are of the monotonic clock; `mark` finds its processes, empty until it has begun."""

    name: str
    plan: JobPlan
    began: float
    mark: str = ""
    result: str = ""
    stopped: str = ""
    failed: str = ""
    step: StepPlan | None = None
    step_name: str = ""
    step_began: float = 0.0
    deadline: float | None = None
    logs: dict[int, StepLog] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)


class Recorder:
    """Writes down one run. `on_line` is called with each line of act's output; `finish` when act has ended."""

    def __init__(
        self, ledger: Ledger, run: str, staged: Staged, log: TextIO, set_status: SetStatus, secrets: Mapping[str, str] | None = None
    ) -> None:
        self.ledger = ledger
        self.run = run
        self.staged = staged
        self.log = log
        self.set_status = set_status
        self.secrets = secrets or {}
        self.jobs: dict[str, JobState] = {}
        self.received = 0
        self.lock = threading.RLock()

    def expect(self) -> None:
        """Say that every job whose name is known beforehand is pending."""
        for plan in self.staged.jobs:
            if plan.matrix is None and "${{" not in plan.name and not plan.is_call:
                self.set_status(plan.name, "pending", "Queued")

    def on_line(self, line: str) -> None:
        """Take one line of act's standard output."""
        self.received += len(line)
        try:
            said = json.loads(line)
        except ValueError:  # the end of a line that was too long to be kept whole, or no line of act's log
            if len(self.running()) == 1:
                self.note(self.running()[0], "… an endless line was left out …")
            return
        if isinstance(said, dict) and isinstance(said.get("job"), str) and isinstance(said.get("jobID"), str):
            said |= {key: masked(said[key], self.secrets) for key in _SHOWN if self.secrets and isinstance(said.get(key), str)}
            with self.lock:
                self._take(said)

    def _take(self, said: dict[str, Any]) -> None:
        job = self.jobs.get(said["job"]) or self._begin(said)
        where = said.get("stepID") or []
        if where and where[0] == SET_UP:
            self._take_mark(job, said)
        elif said.get("raw_output"):
            self._log(job, where, said["msg"])
        elif where and said.get("stage") == "Main" and len(where) == 1 and "stepResult" in said:
            self._end_step(job, said["stepResult"], said.get("executionTime", 0) / 1e9)
        elif where and said.get("stage") == "Main" and len(where) == 1 and said["msg"].startswith("⭐"):
            self._begin_step(job, where[0], said)
        elif "jobResult" in said:
            self._end_job(job, said["jobResult"])
        else:
            self._take_word(job, where, said)

    def _begin(self, said: dict[str, Any]) -> JobState:
        """The first line of a job."""
        label, plan = said["job"], self._plan(said["jobID"])
        names = _PART.findall(label.rstrip().removeprefix(f"{self.staged.title}/"))
        name = " / ".join(part.removeprefix(f"{CALLED}/") for part in names) or label
        values = [said["matrix"][key] for key in plan.matrix or () if key in (said.get("matrix") or {})]
        if values and "${{" not in plan.name:
            name += f" ({', '.join(map(_written, values))})"
        job = JobState(shown(name), plan, time.monotonic())
        self.jobs[label] = job
        self.ledger.append("job.started", source="runner", run=self.run, job=job.name)
        self.set_status(job.name, "pending", "In progress")
        return job

    def _plan(self, job_id: str) -> JobPlan:
        known = [plan for plan in (*self.staged.jobs, *self.staged.called) if plan.id == job_id and not plan.is_call]
        return known[0] if known else JobPlan(job_id, job_id, None, None, may_fail=False, is_call=False, steps={})

    def _take_mark(self, job: JobState, said: dict[str, Any]) -> None:
        text = str(said["msg"]).strip()
        word, _, mark = text.partition(" ")
        if said.get("raw_output") and word == "lab-mark" and not job.mark and mark.startswith(self.run):
            job.mark = mark
        elif said.get("raw_output") or said.get("level") == "error":
            self._log(job, [], text)

    def _begin_step(self, job: JobState, step: str, said: dict[str, Any]) -> None:
        plan = job.plan.steps.get(step) or StepPlan(len(job.plan.steps) + 1, str(said.get("step")), None, may_fail=False)
        job.step, job.step_began = plan, time.monotonic()
        evaluated = str(said.get("step") or "").strip()
        spoken = evaluated.splitlines()[0] if evaluated else plan.name
        job.step_name = plan.name if "${{" not in plan.name else f"Run {spoken}" if plan.name.startswith("Run ") else spoken
        job.step_name = shown(job.step_name)

    def _end_step(self, job: JobState, result: str, seconds: float) -> None:
        plan = job.step or _SETTING_UP
        name = job.step_name or plan.name
        if result == "failure" and plan.may_fail:
            self._log(job, [], "Error: the step failed; 'continue-on-error' lets the job go on.")
        log = job.logs.get(plan.number)
        if log:
            log.close()
        if result == "failure" and not plan.may_fail:
            job.failed = job.failed or name
        job.step, job.step_name = None, ""
        if result in RAN:
            self.ledger.append(
                "step.finished",
                source="runner",
                run=self.run,
                job=job.name,
                step=name,
                number=plan.number,
                result=result,
                seconds=round(seconds, 3),
                may_fail=plan.may_fail,
            )

    def _end_job(self, job: JobState, result: str, *, is_told: bool = True) -> None:
        """Note a job's end; its status stays pending where it is not `is_told`."""
        if job.result:
            return
        if job.step:  # it was ended in the middle of it
            self._end_step(job, "failure", time.monotonic() - job.step_began)
        if result == "failure" and not job.failed and 0 in job.logs:
            self._end_step(job, "failure", 0.0)
        for step, sentence in job.codes.items():
            self._log(job, [step], sentence)
        for log in job.logs.values():
            log.close()
        job.result, job.deadline = result, None
        seconds = time.monotonic() - job.began
        self.ledger.append("job.finished", source="runner", run=self.run, job=job.name, result=result, seconds=round(seconds, 3))
        words = {"success": "Successful in", "cancelled": "Cancelled after"}.get(result, "Failing after")
        if is_told:
            self.set_status(job.name, "success" if result == "success" else "failure", f"{words} {seconds:.0f}s")

    def _take_word(self, job: JobState, where: list[str], said: dict[str, Any]) -> None:
        """A line of act's own, or a workflow command."""
        command, text = said.get("command"), str(said.get("msg", "")).strip()
        if command in _SPOKEN:
            self._log(job, where, _SPOKEN[command] + str(said.get("arg") or ""))
        elif command is None and said.get("level") == "error" and not text.startswith("path"):
            code = _EXIT.match(text)
            missing = _FETCH.search(text)
            if missing:
                text = f"The action '{missing[1]}@{missing[2]}' is not available on this company's runner."
                job.stopped = job.stopped or text
            if code and where:  # act may say it before the last lines that the step printed
                job.codes[where[0]] = f"Error: Process completed with exit code {code[1]}."
            elif not (job.stopped and text.startswith("signal:")):
                self._log(job, where, f"Error: {text}")
        elif text.startswith("🚧"):
            label = text.partition("-P ")[2].partition("=")[0] or "this label"
            job.stopped = f"The job '{job.name}' asks for '{label}', and the company's runner has ubuntu only."
            self._end_job(job, "failure")

    def _log(self, job: JobState, where: list[str], text: str) -> None:
        plan = (job.plan.steps.get(where[0]) if where else None) or job.step or _SETTING_UP
        if plan.number not in job.logs:
            name = job.step_name if plan is job.step and job.step_name else plan.name
            job.logs[plan.number] = StepLog(self.log, job=job.name, number=plan.number, step=name)
        job.logs[plan.number].add(text)

    def note(self, job: JobState, text: str) -> None:
        """Write a sentence of ours into the log of the step that a job is at."""
        with self.lock:
            self._log(job, [], text)

    def running(self) -> list[JobState]:
        """The jobs that have begun and not ended."""
        return [job for job in list(self.jobs.values()) if not job.result]

    @property
    def was_stopped(self) -> bool:
        """Whether a job was ended by us: its time was over, or it asked for what is not here."""
        return any(job.stopped for job in list(self.jobs.values()))

    def marks(self) -> list[str]:
        """The marks of all jobs that ever began."""
        return [job.mark for job in list(self.jobs.values()) if job.mark]

    def finish(self, *, stopped: str, result: str, complaint: str) -> tuple[str, str]:
        """End whatever act left open; gives `(result, reason)` of the run.

        `stopped` says why the run was ended from outside, and `result` as what; both are empty when act ended by itself.
        `complaint` is what act said on its standard error.
        """
        with self.lock:
            for job in self.running():
                if stopped:
                    self._log(job, [], f"Error: {stopped}")
                self._end_job(job, "cancelled" if result == "error" else result or "failure", is_told=result != "error")
            said = result if stopped else "failure" if complaint and not self.jobs else "skipped"
            skipped = self._skip_the_rest(said)
            if stopped:
                return result, stopped
            return self._verdict(skipped, complaint)

    def _skip_the_rest(self, said: str) -> int:
        """Note `said` of the jobs that act never began, and give their number: skipped, unless the run was stopped before them."""
        begun = {job.plan.id for job in self.jobs.values()}
        callers = {label.split(END)[0] for label in self.jobs if label.count(END) > 1}
        left = [plan for plan in self.staged.jobs if plan.id not in begun and not (plan.is_call and plan.name in callers)]
        for plan in left if said != "error" else ():
            self.ledger.append("job.finished", source="runner", run=self.run, job=plan.name, result=said, seconds=0.0)
            self.set_status(plan.name, "skipped" if said == "skipped" else "failure", said.capitalize())
        return len(left)

    def _verdict(self, skipped: int, complaint: str) -> tuple[str, str]:
        failed = [job for job in self.jobs.values() if job.result != "success" and not job.plan.may_fail]
        for job in failed:
            if job.stopped:
                return "failure", job.stopped
        if failed:
            step = f"the step '{failed[0].failed}' of " if failed[0].failed else ""
            return "failure", f"{step[:1].upper()}{step[1:]}{'the' if step else 'The'} job '{failed[0].name}' failed."
        if self.jobs:
            return "success", ""
        if complaint:
            return "failure", f"{self.staged.file.name}: {complaint}"
        return "skipped", f"No job ran: {'its' if skipped == 1 else 'their'} 'if:' said no." if skipped else "No job ran."


def _written(value: Any) -> str:
    """A value of a matrix, as GitHub writes it into a job's name."""
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)
