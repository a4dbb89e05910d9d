"""Shows the runs of a push to the pusher while they go, from the ledger; the runs themselves never notice."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from lab.ledger.store import Event, Ledger

PATIENCE: Final = 900.0
TAIL: Final = 15
_LOOK_AGAIN: Final = 2.0
_RUN_EVENTS: Final = ("step.finished", "job.finished", "run.finished")
_SIGNS: Final = {"success": "✓", "failure": "✗", "skipped": "⊘", "cancelled": "⊘"}


def runner_is_alive(company: Path) -> bool:
    """Whether the company's resident process, which holds the runner, is there (`resident.json`, key `pid`)."""
    try:
        pid = json.loads((company / "resident.json").read_text("utf-8"))["pid"]
        os.kill(int(pid), 0)
    except PermissionError:
        return True
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return False
    return True


def follow(ledger: Ledger, company: Path, runs: Sequence[Any], *, say: Callable[[str], None], wait: bool = True) -> None:
    """Say that `runs` are queued and, if `wait` and a runner is alive, what becomes of them, until all have ended."""
    every = ledger.events("run.queued")
    numbers = {event.data["run"]: number for number, event in enumerate(every, 1)}
    shown = _Shown(ledger, company, {event.data["run"]: event for event in every if event.data["run"] in runs}, numbers)
    after = min((event.seq for event in shown.queued.values()), default=0)
    for event in ledger.events("run.finished", after=after):  # a file that is no workflow has failed already
        _say_all(shown.lines(event), say)
    for run in [run for run in shown.queued if run in shown.waiting]:
        say(f"● {shown.name(run)}: queued (run {numbers[run]})")
    if wait and shown.waiting and not runner_is_alive(company):
        say("● the runner starts with the next lab command")
    elif wait and shown.waiting:
        _watch(shown, after, say)


def _say_all(lines: list[str], say: Callable[[str], None]) -> None:
    for line in lines:
        say(line)


def _watch(shown: _Shown, after: int, say: Callable[[str], None]) -> None:
    for _ in range(int(PATIENCE / _LOOK_AGAIN)):
        for event in shown.ledger.follow(*_RUN_EVENTS, after=after, timeout=_LOOK_AGAIN):
            after = event.seq
            _say_all(shown.lines(event), say)
            if not shown.waiting:
                return
        if not runner_is_alive(shown.company):
            say("● the runner has stopped; `lab status` starts it again, and `lab log -f` goes on from here")
            return
    say("● still running; `lab log -f` goes on from here")


@dataclass
class _Shown:
    """The runs that are followed: `queued` by id, each one's number in the company, and what was seen so far."""

    ledger: Ledger
    company: Path
    queued: dict[Any, Event]
    numbers: dict[Any, int]
    waiting: set[Any] = field(default_factory=set)
    failed_steps: dict[tuple[Any, str], tuple[int, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.waiting = set(self.queued)

    def name(self, run: Any) -> str:
        """The workflow's name; with its event where a workflow was queued for more than one."""
        data = self.queued[run].data
        twins = [event for event in self.queued.values() if event.data["workflow"] == data["workflow"]]
        return f"{data['workflow']} ({data['event']})" if len(twins) > 1 else str(data["workflow"])

    def lines(self, event: Event) -> list[str]:
        """What to print of an event; nothing for other runs and for steps that went well."""
        data = event.data
        run = data.get("run")
        if run not in self.waiting:
            return []
        if event.type == "step.finished":
            return self._step(run, data)
        return self._job(run, data) if event.type == "job.finished" else self._end(run, data)

    def _step(self, run: Any, data: dict[str, Any]) -> list[str]:
        sign, note = _SIGNS.get(data["result"], "●"), ""
        if data["result"] == "failure":
            note = " (continue-on-error)" if data.get("may_fail") else ""
            if not note:
                self.failed_steps.setdefault((run, data["job"]), (data.get("number", 0), data["step"]))
        return [f"  {sign} {self._prefix(run)}{data['job']} > {data['step']} {data.get('seconds', 0):.1f}s{note}"]

    def _job(self, run: Any, data: dict[str, Any]) -> list[str]:
        sign = _SIGNS.get(data["result"], "✗")
        line = f"{sign} {self._prefix(run)}{data['job']} {data.get('seconds', 0):.1f}s"
        failed = self.failed_steps.get((run, data["job"]))
        if data["result"] == "success":
            return [line]
        if failed is None:
            return [f"{line}  {data['result']}"]
        number, step = failed
        return [f"{line}  step '{step}'", *self._tail(run, data["job"], number)]

    def _end(self, run: Any, data: dict[str, Any]) -> list[str]:
        self.waiting.discard(run)
        if data["result"] == "success":
            return [f"✓ {self.name(run)}: success in {data.get('seconds', 0):.1f}s"]
        reason = f": {data['reason']}" if data.get("reason") else ""
        return [f"✗ {self.name(run)}: {data['result']}{reason}", f"  the whole log: lab log {self.numbers[run]}"]

    def _prefix(self, run: Any) -> str:
        return f"{self.name(run)} / " if len(self.queued) > 1 else ""

    def _tail(self, run: Any, job: str, number: int) -> list[str]:
        """The last lines of a job's step; none if its log is not there."""
        from lab.company.pipelines.runs import Runs  # noqa: PLC0415 - only when a step failed

        try:
            jobs = Runs(self.ledger, self.company / "runs").get(str(run)).jobs
        except (LabError, OSError, ValueError, KeyError):
            return []
        logs = [step.log for each in jobs if each.name == job for step in each.steps if step.number == number]
        return [f"  | {line}" for line in logs[0][-TAIL:]] if logs else []
