"""The company's runner: plays queued runs, a few at a time, and writes down what happens to each.

The queue is the ledger itself (`run.queued` without `run.started`), so nothing is lost with the process: what a dead runner
had begun is finished as `error` by the next, its checks stay pending, and `rerun` queues it again.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

from lab.company.git import Git
from lab.company.pipelines import act, logs, payload, queue, staging, vault
from lab.company.pipelines.cleaning import Cleaner
from lab.company.pipelines.docked import docked
from lab.company.pipelines.recording import Recorder
from lab.company.pipelines.runs import Run, Runs
from lab.company.pipelines.watching import Limits, Watch, end_all
from lab.company.pipelines.workflow import WorkflowWrong
from lab.errors import LabError, WrongState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lab.company.pipelines.docked import Quay
    from lab.company.pipelines.toolchain import Toolchain
    from lab.ledger.store import Event, Ledger

PAUSE: Final = 0.03
_LOOK_ANYWAY: Final = 1.0
_SHUT_DOWN: Final = "The company was shut down while the run was going on. `lab run rerun` plays it again."


class Forge(Protocol):
    """What the runner asks of the forge."""

    def path(self, repo: str) -> Path:
        """The bare repository."""

    def pull_request(self, number: int) -> payload.PullRequest:
        """A pull request by its number."""

    def set_status(self, repo: str, sha: str, *, context: str, state: str, run: str, description: str) -> None:
        """Record a commit's state in one context."""


@dataclass(frozen=True)
class _Slot:
    """A run that is being played; `ended` is set to end it."""

    ended: threading.Event


class Runner:
    """Plays a company's runs with the real act, `slots` at once. `root` is the directory of the company's runs.

    A minute of `timeout-minutes` lasts `minute_seconds`; a whole run `limit_seconds` at most. Start one for a company only.
    `turns` is entered around each run: a semaphore there lets several companies share the machine's cores.
    """

    def __init__(  # noqa: PLR0913 - its collaborators
        self,
        root: Path,
        forge: Forge,
        ledger: Ledger,
        toolchain: Toolchain,
        *,
        slots: int | None = None,
        minute_seconds: float = 60.0,
        limit_seconds: float = 600.0,
    ) -> None:
        self.root = root
        self.forge = forge
        self.ledger = ledger
        self.toolchain = toolchain
        self.limits = Limits(minute_seconds=minute_seconds, run_seconds=limit_seconds)
        self.runs = Runs(ledger, root)
        self.vault = vault.Vault(root.parent)
        self.quay: Quay | None = None
        self.turns: contextlib.AbstractContextManager[object] = contextlib.nullcontext()
        self._slots = slots or os.cpu_count() or 1
        self._playing: dict[str, _Slot] = {}
        self._waiting: dict[str, Event] = {}
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._cleaner = Cleaner()
        self._wake = threading.Event()
        self._seen = 0
        self._thread: threading.Thread | None = None
        self._pool: ThreadPoolExecutor | None = None

    def start(self) -> None:
        """Finish what a dead runner left, then begin to play what is queued."""
        self.root.mkdir(parents=True, exist_ok=True)
        self._seen = self.ledger.seq()
        self._cleaner.start()
        self._recover()
        self._over.clear()
        self._pool = ThreadPoolExecutor(self._slots, thread_name_prefix="run")
        self._thread = threading.Thread(target=self._poll, name="runner", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End every run that is being played (as `error`, its checks stay pending); the queued ones wait for the next runner."""
        self._over.set()
        self._wake.set()
        if self._thread:
            self._thread.join()
        with self._lock:
            for slot in self._playing.values():
                slot.ended.set()
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._cleaner.stop()
        self._thread, self._pool = None, None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def is_idle(self) -> bool:
        """Whether no run is queued or being played."""
        return all(run.state == "finished" for run in self.runs.all())

    def wait(self, run: str, timeout: float) -> Run:
        """The run with this id or number when it has finished, or as it is after `timeout` seconds.

        Raises:
            UsageProblem: there is no such run.
        """
        found = self.runs.get(run)
        for event in self.ledger.follow("run.finished", after=0, timeout=timeout) if found.state != "finished" else ():
            if event.data["run"] == found.id:
                break
        return self.runs.get(run)

    def cancel(self, run: str) -> None:
        """Ask for a run to be ended; any process may, with a `run.cancel` in the ledger.

        Raises:
            UsageProblem: there is no such run.
            WrongState: it has finished already.
        """
        found = self.runs.get(run)
        if found.state == "finished":
            raise WrongState(f"Run {found.number} of '{found.workflow}' has finished already: {found.result}.")
        self.ledger.append("run.cancel", source="runner", run=found.id)

    def rerun(self, run: str) -> str:
        """Queue a run again, of the same commit; gives the new run's id.

        Raises:
            UsageProblem: there is no such run.
        """
        found = self.runs.get(run)
        queued = next(event for event in self.ledger.events("run.queued") if event.data["run"] == found.id)
        again = queue.new_id()
        self.ledger.append_many([("run.queued", queued.actor, "runner", queued.data | {"run": again, "again": found.id})])
        return again

    def _recover(self) -> None:
        """Finish as `error` what was begun and not ended, and note what is still queued."""
        finished = {event.data["run"] for event in self.ledger.events("run.finished")}
        started = {event.data["run"] for event in self.ledger.events("run.started")}
        for event in self.ledger.events("run.queued"):
            run = event.data["run"]
            if run in started - finished:
                end_all([run, *self._marks(run)])
                self._forget(run)
                reason = "The runner was killed while the run was going on. `lab run rerun` plays it again."
                self.ledger.append("run.finished", source="runner", run=run, result="error", seconds=0.0, reason=reason)
            elif run not in finished:
                self._waiting[run] = event
            elif self._work(run).exists():
                self._forget(run)
        self._cancel_those_asked(self.ledger.events("run.cancel"))

    def _marks(self, run: str) -> list[str]:
        """The marks of a run's jobs: the names of their homes say them."""
        homes = self._work(run) / "home"
        return [f"{run}.{home.name}" for home in homes.iterdir()] if homes.is_dir() else []

    def _poll(self) -> None:
        looked, stamp = 0.0, [(0, 0)]
        while not self._over.is_set():
            now_stamp = _stamp(self.ledger.path)
            if now_stamp != stamp or time.monotonic() - looked > _LOOK_ANYWAY:
                stamp, looked = now_stamp, time.monotonic()
                with contextlib.suppress(LabError):  # the disk may be full for a moment; we look again
                    self._look()
            self._fill_slots()
            self._wake.wait(PAUSE)
            self._wake.clear()

    def _look(self) -> None:
        new = self.ledger.events("run.queued", "run.cancel", "run.finished", after=self._seen)
        for event in new:
            self._seen = event.seq
            with self._lock:
                if event.type == "run.queued":
                    self._waiting[event.data["run"]] = event
                elif event.type == "run.finished":
                    self._waiting.pop(event.data["run"], None)
        self._cancel_those_asked(event for event in new if event.type == "run.cancel")

    def _cancel_those_asked(self, asked: Iterable[Event]) -> None:
        for event in asked:
            run = event.data["run"]
            with self._lock:
                waiting = self._waiting.pop(run, None)
                if run in self._playing:
                    self._playing[run].ended.set()
            if waiting:
                reason = "The run was cancelled before it began."
                self.ledger.append("run.finished", source="runner", run=run, result="cancelled", seconds=0.0, reason=reason)

    def _fill_slots(self) -> None:
        with self._lock:
            while self._waiting and len(self._playing) < self._slots and not self._over.is_set() and self._pool:
                run, event = next(iter(self._waiting.items()))
                del self._waiting[run]
                self._playing[run] = _Slot(threading.Event())
                self._pool.submit(self._play, event)

    def _play(self, event: Event) -> None:
        """Play one run to its `run.finished`; whatever fails in us is an `error`, never the learner's failure."""
        run, began = event.data["run"], time.monotonic()
        try:
            self.ledger.append("run.started", source="runner", run=run, pid=os.getpid())
            with self.turns:
                result, reason = self._act(event.data, self._playing[run].ended)
        except WorkflowWrong as wrong:
            result, reason = "failure", wrong.message
        except LabError as problem:
            result, reason = "error", str(problem)
        except Exception as problem:  # noqa: BLE001 - a run must end, whatever is wrong with us
            result, reason = "error", f"The runner failed: {type(problem).__name__}: {problem}."
        seconds = round(time.monotonic() - began, 3)
        with contextlib.suppress(LabError):  # else the next runner finishes it
            self.ledger.append("run.finished", source="runner", run=run, result=result, seconds=seconds, reason=reason)
        with self._lock:
            del self._playing[run]
        self._wake.set()
        self._forget(run)

    def _act(self, queued: dict[str, Any], ended: threading.Event) -> tuple[str, str]:
        run, repo = queued["run"], queued["repo"]
        work, git = self._work(run), Git(self.forge.path(repo))
        work.mkdir(parents=True)
        number = 1 + [event.data["run"] for event in self.ledger.events("run.queued")].index(run)
        tree = staging.Tree(git, queued.get("merge_sha") or queued["sha"])
        staged = staging.stage(tree, queued["file"], work / "stage", name=run)
        (work / "event.json").write_text(json.dumps(self._payload(git, queued)), encoding="utf-8")
        known = self.vault.values()
        file, more = vault.file_for_act(work, known), docked(self.quay, work / "docker")
        losses = self.quay.losses if self.quay else 0
        call = act.Call(run, number, queued["event"], f"{payload.OWNER}/{repo}", queued["actor"], staged, work, git.directory, file, more)
        with logs.open_log(self.runs.log_file(run)) as log:
            recorder = Recorder(self.ledger, run, staged, log, lambda *said: self._set_status(queued, *said), known)
            recorder.expect()
            watch = Watch(recorder, run, self.limits, ended)
            watch.start()
            try:
                done = call.run_act(self.toolchain, timeout=self.limits.run_seconds, on_line=recorder.on_line)
            finally:
                watch.stop()
                if self.quay:
                    self.quay.note_pushes(repo)
            if watch.was_ended and self._over.is_set():
                return recorder.finish(stopped=_SHUT_DOWN, result="error", complaint="")
            died = "" if watch.was_ended or watch.reason or recorder.was_stopped else act.death(done, has_begun=bool(recorder.jobs))
            if died:
                return recorder.finish(stopped=died, result="error", complaint="")
            result = "cancelled" if watch.was_ended else "failure" if watch.reason else ""
            told = recorder.finish(stopped=watch.reason, result=result, complaint=act.complaint(done))
        if self.quay and told[0] == "failure":
            self.quay.look(losses)  # a job that failed because the engine went away has not failed
        return told

    def _payload(self, git: Git, queued: dict[str, Any]) -> dict[str, Any]:
        if queued["event"] != "pull_request":
            return payload.push(git, queued)
        base = git.out("rev-parse", "--verify", "--quiet", f"{queued['merge_sha']}^1", check=False)
        return payload.pull_request(queued, self.forge.pull_request(queued["pr"]), base_sha=base)

    def _set_status(self, queued: dict[str, Any], context: str, state: str, description: str) -> None:
        """Report what this run knows of itself. The forge weighs it against other runs of the same commit."""
        self.forge.set_status(queued["repo"], queued["sha"], context=context, state=state, run=queued["run"], description=description)

    def _work(self, run: str) -> Path:
        """The run's own directory, on the disk of the prepared Python where the company's is another one: hard links need that."""
        near = self.root / run
        try:
            same = self.root.stat().st_dev == self.toolchain.cache.stat().st_dev
        except OSError:
            same = True
        return near / "work" if same else self.toolchain.cache / "runs" / run

    def _forget(self, run: str) -> None:
        """Have removed what a run worked in; its log stays."""
        act.unlink_place(run)
        self._cleaner.remove(self._work(run))


def _stamp(path: Path) -> list[tuple[int, int]]:
    """What changes whenever the ledger is written: asking this is cheaper than asking the ledger.

    Both files are looked at: with the last connection's end SQLite folds the one into the other.
    """
    found = []
    for file in (path, path.with_name(path.name + "-wal")):
        with contextlib.suppress(OSError):
            state = file.stat()
            found.append((state.st_mtime_ns, state.st_size))
    return found
