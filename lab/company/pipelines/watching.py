"""Ends what does not end by itself: `timeout-minutes` of jobs and steps, the whole run, too many processes, too much output."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lab import process

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab.company.pipelines.recording import JobState, Recorder

TICK: Final = 0.1
GRACE: Final = 5.0  # what steps that always run get after their job's time is over, each time
_MOST_ROUNDS: Final = 60
_LOAD: Final = Path("/proc/loadavg")


@dataclass(frozen=True)
class Limits:
    """What one run may take. `minute_seconds` is how long a minute of `timeout-minutes` lasts, in real seconds."""

    minute_seconds: float = 60.0
    run_seconds: float = 600.0
    processes: int = 500
    output: int = 200_000_000


class Watch:
    """Watches one run from a thread of its own, between `start` and `stop`.

    `reason` is why the whole run was ended, empty if it was not. Whoever sets `ended` wants that: then `was_ended` is true.
    """

    def __init__(self, recorder: Recorder, mark: str, limits: Limits, ended: threading.Event) -> None:
        self.recorder = recorder
        self.mark = mark
        self.limits = limits
        self.ended = ended
        self.was_ended = False
        self.reason = ""
        self._over = threading.Event()
        self._before = _tasks()
        self._deadlines: dict[str, tuple[float, int]] = {}
        self._thread = threading.Thread(target=self._watch, name=f"watch-{mark}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._deadline = time.monotonic() + self.limits.run_seconds
        self._thread.start()

    def stop(self) -> None:
        """End, and end every process of the run that is still there."""
        self._over.set()
        self._thread.join()
        end_all([self.mark, *self.recorder.marks()])

    def _watch(self) -> None:
        ticks = 0
        while not self._over.wait(TICK):
            ticks += 1
            self.reason = self._overrun(is_full_look=ticks % 5 == 0)
            if self.reason:
                end_all([self.mark, *self.recorder.marks()])
                return
            for job in self.recorder.running():
                self._keep_time(job)

    def _overrun(self, *, is_full_look: bool) -> str:
        """Why the whole run must end now; empty if it need not."""
        if self.ended.is_set():
            self.was_ended = True
            return "The run was cancelled."
        if time.monotonic() > self._deadline:
            return f"The run was stopped after {self.limits.run_seconds:g} s, the most that a run may take here."
        if self.recorder.received > self.limits.output:
            return f"The run was stopped: it printed more than {self.limits.output // 1_000_000} MB."
        if is_full_look and _tasks() - self._before > self.limits.processes and self._processes() > self.limits.processes:
            return f"The run was stopped: it had more than {self.limits.processes} processes at once."
        return ""

    def _processes(self) -> int:
        return sum(1 for mark in (self.mark, *self.recorder.marks()) for _ in process.marked(mark))

    def _keep_time(self, job: JobState) -> None:
        """End the step that a job is at, when the step's or the job's minutes are over."""
        now, minute = time.monotonic(), self.limits.minute_seconds
        step = job.step
        if step and step.minutes is not None and now > job.step_began + step.minutes * minute:
            name = job.step_name
            self._end(job, f"step-{step.number}", now, f"The step '{name}' was stopped: its 'timeout-minutes: {step.minutes:g}' are over.")
        elif job.plan.minutes is not None and now > job.began + job.plan.minutes * minute:
            self._end(job, "job", now, f"The job '{job.name}' was stopped: its 'timeout-minutes: {job.plan.minutes:g}' are over.")

    def _end(self, job: JobState, what: str, now: float, sentence: str) -> None:
        """End a job's processes; where that did not help three times, the whole run ends."""
        key = f"{job.name} {what}"
        again, times = self._deadlines.get(key, (0.0, 0))
        if now < again:
            return
        self._deadlines[key] = (now + GRACE, times + 1)
        if not times:
            job.stopped = job.stopped or sentence
            self.recorder.note(job, f"Error: {sentence}")
        if times > 2 or not job.mark:  # noqa: PLR2004 - three times, as said above
            end_all([self.mark, *self.recorder.marks()])
        else:
            end_all([job.mark])


def end_all(marks: Iterable[str]) -> None:
    """Kill every process that carries one of the marks; they are stopped first, so that none can fork meanwhile."""
    wanted, seen = list(marks), set[int]()
    for _ in range(_MOST_ROUNDS):
        new = {pid for mark in wanted for pid in process.marked(mark)} - seen
        if not new:
            break
        seen |= new
        _signal(new, signal.SIGSTOP)
    _signal(seen, signal.SIGKILL)


def _signal(pids: Iterable[int], sign: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, sign)


def _tasks() -> int:
    """How many processes and threads this machine has, at no cost; on macOS the processes."""
    if _LOAD.is_file():
        return int(_LOAD.read_text(encoding="ascii").split()[3].partition("/")[2])
    import psutil  # noqa: PLC0415 - only where there is no /proc

    return len(psutil.pids())
