"""The one place that starts a program: an argument list, a deadline, a mark, and the whole tree ended with it.

A program is marked by `LAB_RUN=<mark>` in its environment. A process that left its group and its session (act's steps
do) keeps the mark, so `sweep(mark)` finds it all the same.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lab.errors import WorldUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

MARK: Final = "LAB_RUN"
OUTPUT_LIMIT: Final = 4_000_000
GRACE: Final = 2.0
KEPT: Final = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_CHUNK: Final = 65_536
_HELD: Final = 0.2
_PROC: Final = Path("/proc")
# The child makes the terminal its own, so that Ctrl-C and job control work; done there, since threads of ours may be running.
_AT_TERMINAL: Final = (
    "import fcntl, os, sys, termios\nfcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
    "try:\n    os.execvp(sys.argv[1], sys.argv[1:])\nexcept OSError as problem:\n    sys.exit(f'{sys.argv[1]}: {problem.strerror}')\n"
)


@dataclass(frozen=True)
class Completed:
    """A program that ended, or was ended.

    `seconds` is wall time; `output` is standard output with standard error in it where they were joined; `timed_out`
    says that its deadline ended it, `cut` that it printed more than was kept.
    """

    args: tuple[str, ...]
    returncode: int
    output: str
    errors: str = ""
    seconds: float = 0.0
    timed_out: bool = False
    cut: bool = False

    @property
    def is_success(self) -> bool:
        """Whether it ended by itself with 0."""
        return self.returncode == 0 and not self.timed_out


def environment(extra: Mapping[str, str] | None = None, *, mark: str = "") -> dict[str, str]:
    """A cleared environment: the few names that any program needs, then `extra`, then the mark."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    marked = {MARK: mark} if mark else {}
    return kept | dict(extra or {}) | marked


@dataclass
class _Reading:
    """What has been read so far of a program's two pipes, never more than `limit` bytes of each."""

    limit: int
    on_line: Callable[[str], None] | None = None
    kept: dict[str, bytearray] = field(default_factory=lambda: {"out": bytearray(), "err": bytearray()})
    partial: bytearray = field(default_factory=bytearray)
    cut: bool = False

    def take(self, name: str, data: bytes) -> None:
        """Keep `data` of the pipe `name`, up to the limit, and hand its whole lines on."""
        store = self.kept[name]
        room = self.limit - len(store)
        self.cut = self.cut or len(data) > room
        store += data[: max(room, 0)]
        if self.on_line and name == "out":
            self._lines(data)

    def _lines(self, data: bytes) -> None:
        self.partial += data
        *whole, rest = self.partial.split(b"\n")
        self.partial = bytearray(rest if len(rest) < self.limit else b"")
        for line in whole:
            assert self.on_line is not None
            self.on_line(line.decode("utf-8", "replace"))

    def end(self) -> None:
        """Hand a last line on that had no end."""
        if self.on_line and self.partial:
            self.on_line(self.partial.decode("utf-8", "replace"))

    def text(self, name: str) -> str:
        """What was kept of the pipe `name`; undecodable bytes become U+FFFD."""
        return self.kept[name].decode("utf-8", "replace")


def run(  # noqa: PLR0913 - each says one thing of how a program is run, and all but two have a default
    args: Sequence[str | Path],
    *,
    cwd: Path | str,
    timeout: float,
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    join: bool = True,
    mark: str = "",
    limit: int = OUTPUT_LIMIT,
    on_line: Callable[[str], None] | None = None,
) -> Completed:
    """Run a program to its end or its deadline (`timeout`, seconds), and end its whole tree with it.

    `env` is the whole environment (see `environment`); None means a cleared one. `join` puts standard error into
    `output`. `on_line` is called with each line of standard output as it comes.

    Raises:
        WorldUnavailable: the program is not there or may not be run, or `cwd` is gone.
    """
    began = time.monotonic()
    full = dict(env) if env is not None else environment()
    if mark:
        full[MARK] = mark
    words = tuple(str(arg) for arg in args)
    child = _popen(words, cwd=cwd, env=full, join=join, stdin=stdin)
    reading = _Reading(limit, on_line)
    try:
        timed_out = _drain(child, reading, stdin, began + timeout)
        reading.end()
    finally:
        end_tree(child, grace=GRACE if child.poll() is None else 0)
        if mark:
            sweep(mark)
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
    return Completed(
        args=words,
        returncode=child.returncode if child.returncode is not None else -signal.SIGKILL,
        output=reading.text("out"),
        errors=reading.text("err"),
        seconds=time.monotonic() - began,
        timed_out=timed_out,
        cut=reading.cut,
    )


def _popen(words: tuple[str, ...], *, cwd: Path | str, env: dict[str, str], join: bool, stdin: bytes) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            words,
            cwd=cwd,
            env=env,
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if join else subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as problem:
        raise WorldUnavailable(
            f"'{words[0]}' could not be started: {problem.strerror or problem}.", remedy="`lab doctor` says what this machine lacks."
        ) from problem


def _drain(child: subprocess.Popen[bytes], reading: _Reading, stdin: bytes, deadline: float) -> bool:
    """Read until both pipes close, the child has ended, or the deadline; True when the deadline came first."""
    with selectors.DefaultSelector() as selector:
        for name, pipe in (("out", child.stdout), ("err", child.stderr)):
            if pipe:
                os.set_blocking(pipe.fileno(), False)
                selector.register(pipe, selectors.EVENT_READ, name)
        pending = memoryview(stdin)
        if child.stdin:
            os.set_blocking(child.stdin.fileno(), False)
            selector.register(child.stdin, selectors.EVENT_WRITE, "in")
        ended_at: float | None = None
        while selector.get_map():
            now = time.monotonic()
            if now >= deadline:
                return True
            if ended_at is None and child.poll() is not None:
                ended_at = now
            if ended_at is not None and now - ended_at > _HELD:  # a grandchild holds the pipe: what it says is not ours
                return False
            for key, _ in selector.select(timeout=min(deadline - now, 0.05)):
                pending = _serve(selector, key, reading, pending)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(timeout=max(deadline - time.monotonic(), 0))
    return child.poll() is None


def _serve(selector: selectors.DefaultSelector, key: selectors.SelectorKey, reading: _Reading, pending: memoryview) -> memoryview:
    """Serve one ready pipe; returns what is still to be written."""
    pipe: Any = key.fileobj
    if key.data == "in":
        try:
            pending = pending[os.write(pipe.fileno(), pending[:_CHUNK]) :]
        except BrokenPipeError:
            pending = pending[:0]
        if not pending:
            selector.unregister(pipe)
            pipe.close()
        return pending
    data = os.read(pipe.fileno(), _CHUNK)
    if data:
        reading.take(key.data, data)
    else:
        selector.unregister(pipe)
    return pending


def start(args: Sequence[str | Path], *, cwd: Path | str, env: Mapping[str, str], log: Path, mark: str) -> int:
    """Start a program that outlives the caller, in a session of its own, its output in `log`; gives its process id.

    Raises:
        WorldUnavailable: the program is not there or may not be run.
    """
    words = tuple(str(arg) for arg in args)
    try:
        with log.open("ab") as out:
            child = subprocess.Popen(
                words, cwd=cwd, env={**env, MARK: mark}, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )
    except OSError as problem:
        raise WorldUnavailable(
            f"'{words[0]}' could not be started: {problem.strerror or problem}.", remedy="`lab doctor` says what this machine lacks."
        ) from problem
    return child.pid


@dataclass(frozen=True)
class Attached:
    """A program at a terminal of its own; `tty` is our end of it, to read and write."""

    child: subprocess.Popen[bytes]
    tty: int
    mark: str

    def end(self) -> None:
        """Close the terminal, and end the program with all it started."""
        with contextlib.suppress(OSError):
            os.close(self.tty)
        end_tree(self.child, grace=0.3)
        sweep(self.mark)


def attach(args: Sequence[str | Path], *, cwd: Path | str, env: Mapping[str, str], mark: str) -> Attached:
    """Start a program at a terminal of its own.

    Raises:
        WorldUnavailable: the program is not there, or there is no terminal left.
    """
    words = (sys.executable, "-I", "-S", "-c", _AT_TERMINAL, *map(str, args))
    try:
        ours, theirs = os.openpty()
    except OSError as problem:
        raise WorldUnavailable(f"There is no terminal left on this machine: {problem.strerror or problem}.") from problem
    try:
        child = subprocess.Popen(
            words, cwd=cwd, env={**env, MARK: mark}, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
    except OSError as problem:
        os.close(ours)
        raise WorldUnavailable(f"'{args[0]}' could not be started: {problem.strerror or problem}.") from problem
    finally:
        os.close(theirs)
    return Attached(child, ours, mark)


def end_tree(child: subprocess.Popen[bytes], *, grace: float = GRACE) -> None:
    """End a child and its process group: SIGTERM, `grace` seconds, SIGKILL."""
    for sign, patience in ((signal.SIGTERM, grace), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=patience)
            if sign == signal.SIGKILL:
                return


def marked(mark: str) -> Iterator[int]:
    """The process ids whose environment carries `LAB_RUN=<mark>`, this process left out."""
    if _PROC.is_dir():
        wanted = f"{MARK}={mark}".encode()
        for entry in os.scandir(_PROC):
            with contextlib.suppress(OSError, ValueError):
                pid = int(entry.name)
                if pid != os.getpid() and wanted in (_PROC / entry.name / "environ").read_bytes().split(b"\0"):
                    yield pid
        return
    import psutil  # noqa: PLC0415 - only where there is no /proc (macOS)

    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(MARK) == mark:
                yield process.pid


def sweep(mark: str, *, rounds: int = 5) -> int:
    """Kill every process that carries the mark, until none is left; gives how many were killed.

    A fork bomb makes new ones while we look, hence the rounds.
    """
    killed = 0
    for _ in range(rounds):
        found = list(marked(mark))
        if not found:
            break
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
                killed += 1
        time.sleep(0.02)
    return killed
