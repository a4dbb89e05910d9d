"""The one process that a live company has: it holds the servers, the door, the pipelines' runner and the customers.

Any command starts it (`ensure`), `stop` ends it; it survives the terminal, and is found again by the kernel-held lock
`resident.lock` and by `resident.json`. Killed at any moment, the next `ensure` sweeps what it left and starts over on the
same ports. Kept free of heavy imports: every command calls `ensure`.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import filelock

from lab import process
from lab.company import leftovers
from lab.errors import LabError, WorldUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from lab.company.company import Company

    Errand = Callable[[], None]
    Errands = Callable[[Company], Sequence[Errand]]

FILE: Final = "resident.json"
LOCK: Final = "resident.lock"
STARTING: Final = "resident.starting"
TOUCHED: Final = "resident.touched"
LOG: Final = "resident.log"
IDLE_SECONDS: Final = 15 * 60.0
START_SECONDS: Final = 30.0
STOP_SECONDS: Final = 15.0
_PAUSE: Final = 0.02
_TICK: Final = 0.5
_LOG_LIMIT: Final = 1_000_000
_PROXIES: Final = ("LAB_CACHE", "HOME", "XDG_CACHE_HOME", "TMPDIR")
PROGRAM: Final = "lab.gameday.living"
"""The module that is run: it calls `live`, and brings what the team does, which stands in a layer above this one."""
ACTIVITY: Final = ("ref.updated", "server.command", "verb.run", "run.queued")


@dataclass(frozen=True)
class Resident:
    """The resident process that is there: its process id, the door's address, and each port by name."""

    pid: int
    door: str
    ports: Mapping[str, int]


def find(root: Path) -> Resident | None:
    """The resident of the company in `root`; None if there is none, or it is not ready yet."""
    if not _is_held(root):
        return None
    try:
        data = json.loads((root / FILE).read_text(encoding="utf-8"))
        return Resident(int(data["pid"]), str(data["door"]), dict(data["ports"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_held(root: Path) -> bool:
    """Whether some process holds the lock."""
    lock = filelock.FileLock(root / LOCK, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        return True
    except OSError:
        return False
    lock.release()
    return False


def touch(root: Path) -> None:
    """Say that somebody works with the company: it does not fall asleep, or wakes up."""
    with contextlib.suppress(OSError):
        (root / TOUCHED).touch()


def ensure(root: Path, *, timeout: float = START_SECONDS) -> Resident:
    """The resident of the company in `root`, started if it is not there. Two at once wait for each other.

    Raises:
        WorldUnavailable: it could not start: a port, the disk, a program. The message is what it said.
    """
    touch(root)
    if found := find(root):
        return found
    if not (root / "company.json").is_file():
        raise WorldUnavailable(f"There is no company in '{root}'.", remedy="`lab start` makes one.")
    try:
        with filelock.FileLock(root / STARTING, timeout=timeout):
            return find(root) or _start(root, timeout)
    except (filelock.Timeout, OSError) as problem:
        raise WorldUnavailable(
            f"The company in '{root}' could not be started: {problem}.", remedy="Run the command again; `lab doctor` helps."
        ) from problem


def _launch(root: Path) -> tuple[int, int]:
    """Start the process; gives where in the log its words begin, and its process id."""
    (root / FILE).unlink(missing_ok=True)
    words = [sys.executable, "-P", "-m", PROGRAM, str(root)]
    env = process.environment({name: os.environ[name] for name in _PROXIES if name in os.environ})
    log = root / LOG
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.unlink()
    before = log.stat().st_size if log.exists() else 0
    return before, process.start(words, cwd=root, env=env, log=log, mark=_mark(root))


def _start(root: Path, timeout: float) -> Resident:
    """Start the process and wait until it is ready; what a killed one left is gone first."""
    deadline, before, pid = time.monotonic() + timeout, 0, 0
    while time.monotonic() < deadline:
        if found := find(root):
            return found
        if not pid and not _is_held(root):  # asked each time: somebody who only looks holds the lock for a moment
            before, pid = _launch(root)
        if pid and _has_ended(pid):
            said = _said(root, before)
            raise WorldUnavailable(f"The company in '{root}' could not be started: {said}", remedy=f"'{root / LOG}' has the rest.")
        time.sleep(_PAUSE)
    raise WorldUnavailable(f"The company in '{root}' was not ready within {timeout:.0f} s.", remedy=f"'{root / LOG}' says why.")


def _has_ended(pid: int) -> bool:
    """Whether our child has ended (and reap it)."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:  # reaped already, or another's child
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return False


def _said(root: Path, before: int) -> str:
    """The last line that it wrote before it ended."""
    with contextlib.suppress(OSError), (root / LOG).open("rb") as log:
        log.seek(before)
        lines = log.read().decode("utf-8", "replace").strip().splitlines()
        if lines:
            return lines[-1]
    return "it said nothing."


def _mark(root: Path) -> str:
    """What the resident carries as `LAB_RUN`; a damaged company.json gives a mark that nobody has."""
    company = "harborline-unknown"
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        company = str(json.loads((root / "company.json").read_text(encoding="utf-8"))["id"])
    return leftovers.resident_mark(company)


def stop(root: Path) -> bool:
    """End the resident and every process of its company; gives whether there was one.

    It is asked first; what does not end within `STOP_SECONDS` is killed.
    """
    pids = list(process.marked(_mark(root)))
    was_there = _is_held(root) or bool(pids)
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while (_is_held(root) or any(True for _ in process.marked(_mark(root)))) and time.monotonic() < deadline:
        time.sleep(_PAUSE)
    leftovers.sweep(root)
    with contextlib.suppress(OSError):
        (root / FILE).unlink(missing_ok=True)
    return was_there


class _Watch:
    """Looks after a started company until it is told to end, its directory is gone, or it falls asleep for a while."""

    def __init__(self, company: Company, errands: Sequence[Errand] = ()) -> None:
        self._company = company
        self._errands = (self._look, *errands)
        self._complaints: dict[int, str] = {}
        self._ended = threading.Event()
        self._asleep_since: float | None = None  # company time
        self._seq = company.ledger.seq()
        self._active = time.time()
        self._charter_seen = self._changed("company.json")

    def end(self, *_: object) -> None:
        """Told to end."""
        self._ended.set()

    def run(self) -> None:
        """Look around twice a second, and do every errand; one that can't be done keeps no other from it."""
        while not self._ended.wait(_TICK):
            if self._changed(FILE) == 0.0:
                return
            for number, errand in enumerate(self._errands):
                try:
                    errand()
                except (LabError, OSError, ValueError, KeyError, TypeError) as problem:  # a full disk, a company.json being edited
                    self._complain(number, str(problem))

    def _complain(self, number: int, problem: str) -> None:
        """Into the log, once for as long as it stays the same."""
        if self._complaints.get(number) != problem:
            self._complaints[number] = problem
            sys.stderr.write(f"{problem}\n")

    def _look(self) -> None:
        self._take_up_charter()
        self._active = max(self._active, self._changed(TOUCHED), self._last_event())
        is_idle = time.time() - self._active > IDLE_SECONDS and self._company.runner.is_idle()
        if is_idle and self._asleep_since is None:
            self._company.customers.stop()
            self._asleep_since = self._company.ledger.minute()
            self._company.ledger.append("clock.paused")
        elif not is_idle and self._asleep_since is not None:
            minutes = self._company.ledger.minute() - self._asleep_since
            self._company.ledger.append("clock.leaped", minutes=round(minutes, 1))
            self._asleep_since = None
            self._company.customers.start()

    def _take_up_charter(self) -> None:
        """A new stage brings other customers."""
        changed = self._changed("company.json")
        if changed and changed != self._charter_seen:
            self._charter_seen = changed
            data = json.loads((self._company.root / "company.json").read_text(encoding="utf-8"))
            self._company.customers.rate = float(data["customers"])

    def _last_event(self) -> float:
        events = self._company.ledger.events(*ACTIVITY, after=self._seq)
        if events:
            self._seq = events[-1].seq
        return max((event.at for event in events if event.data.get("by") != "lab"), default=0.0)

    def _changed(self, name: str) -> float:
        """When a file of the company's root was last written; 0 if it is gone."""
        try:
            return (self._company.root / name).stat().st_mtime
        except OSError:
            return 0.0


def _leap(company: Company) -> None:
    """Nobody was there since the last event: those minutes are no lead time and no outage."""
    last = company.ledger.last()
    if last is not None:
        company.ledger.append("clock.leaped", minutes=round(max(company.ledger.minute() - last.minute, 0.0), 1))


def live(root: Path, *, errands: Errands = lambda _: ()) -> None:
    """Be the resident of the company in `root` until told to end; `errands` are done twice a second.

    Raises:
        WrongState: the company has one already.
        WorldUnavailable: it could not start.
    """
    from lab.company.company import Company  # noqa: PLC0415 - heavy, and every command imports this module
    from lab.company.servers.ports import write_whole  # noqa: PLC0415 - as above
    from lab.errors import WrongState  # noqa: PLC0415

    lock = filelock.FileLock(root / LOCK, thread_local=False)
    try:
        lock.acquire(timeout=1.0)
    except filelock.Timeout:
        raise WrongState(f"The company in '{root}' has a resident process already.") from None
    except OSError as problem:
        raise WorldUnavailable(
            f"The file '{root / LOCK}' could not be locked: {problem.strerror or problem}.", remedy="Make the directory writable."
        ) from problem
    with lock, Company.open(root) as company:
        _leap(company)
        company.start()
        company.forge.reconcile()
        watch = _Watch(company, errands(company))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, watch.end)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        told: dict[str, Any] = asdict(Resident(os.getpid(), company.door.url, company.book.read()))
        write_whole(root / FILE, json.dumps(told, indent=1) + "\n")
        watch.run()
        with contextlib.suppress(OSError):
            (root / FILE).unlink(missing_ok=True)
