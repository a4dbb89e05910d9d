"""The two locks of a workspace. The kernel holds them, so a kill frees them; the note in them is only for the message.

`change` serialises start, next, goto, reset and down; `check` lets one check play at a time. They stand outside the
workspace, in the runtime directory, so that a deleted workspace leaves no lock behind and a copied one takes none along.
"""
# ruff: noqa: PLC0415 - heavy parts are loaded where they are needed: a status uses none

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lab.errors import WorldUnavailable, WrongState
from lab.session import durable

if TYPE_CHECKING:
    from collections.abc import Iterator

CHANGE: Final = "change"
CHECK: Final = "check"


@dataclass(frozen=True)
class Holder:
    """Who holds a lock: the command, its process id, and when it began (seconds since the epoch)."""

    command: str
    pid: int
    since: float


def runtime() -> Path:
    """The folder of locks: `LAB_RUNTIME`, else the user's runtime directory, else one in the temporary folder."""
    named = os.environ.get("LAB_RUNTIME")
    if named:
        return _made(Path(named))
    given = os.environ.get("XDG_RUNTIME_DIR", "")
    if given and os.access(given, os.W_OK):
        return _made(Path(given) / "harborline")
    import tempfile

    return _made(Path(tempfile.gettempdir()) / f"harborline-{os.getuid()}")


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as problem:
        raise WorldUnavailable(
            f"The folder for locks '{folder}' can't be made: {problem.strerror or problem}.",
            remedy="Set LAB_RUNTIME to a folder you can write to.",
        ) from problem
    return folder


def path(workspace: str, name: str) -> Path:
    """The file of the lock `name` of a workspace."""
    return runtime() / f"{workspace}.{name}"


@contextlib.contextmanager
def hold(workspace: str, name: str, *, command: str, patience: float = 0.0) -> Iterator[None]:
    """Hold a lock while the block runs; wait at most `patience` seconds for it.

    Raises:
        WrongState: another command holds it; the message says which, its process id and since when.
    """
    from filelock import FileLock, Timeout

    file = path(workspace, name)
    lock = FileLock(file.with_suffix(f".{name}.lock"), timeout=patience)
    try:
        lock.acquire()
    except Timeout as problem:
        raise _held(holder(workspace, name), name) from problem
    try:
        durable.write_json(file, {"command": command, "pid": os.getpid(), "since": time.time()})
        yield
    finally:
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)
        lock.release()


def is_held(workspace: str, name: str) -> bool:
    """Whether somebody holds the lock now."""
    from filelock import FileLock, Timeout

    lock = FileLock(path(workspace, name).with_suffix(f".{name}.lock"), timeout=0)
    try:
        with lock:
            return False
    except Timeout:
        return True


def holder(workspace: str, name: str) -> Holder | None:
    """What the holder wrote of itself; None when it wrote nothing. Never proof that the lock is held."""
    told = durable.read_json(path(workspace, name))
    try:
        return Holder(str(told["command"]), int(told["pid"]), float(told["since"]))
    except (TypeError, KeyError, ValueError):
        return None


def _held(who: Holder | None, name: str) -> WrongState:
    what = "another check is being played" if name == CHECK else "the workspace is being changed"
    if who is None:
        return WrongState(f"Just now {what} by another command.", remedy="Run this one again in a moment.")
    since = time.strftime("%H:%M:%S", time.localtime(who.since))
    return WrongState(
        f"Just now {what}: '{who.command}' (process {who.pid}) since {since}.", remedy=f"Wait for it, or end it: kill {who.pid}."
    )
