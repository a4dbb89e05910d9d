"""Allots ports of the loopback, so that no two companies of this machine ever meet on one.

A port belongs to whoever holds the lock on its file: the kernel gives it back when the holder dies. Ports come from below
the range that outgoing connections take theirs from, so that a stopped app finds its own port free again.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import socket
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import filelock

from lab.errors import WorldUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOPBACK: Final = "127.0.0.1"
FIRST: Final = 20_000
LAST: Final = 32_000
_TRIES: Final = 400


@dataclass(frozen=True)
class Port:
    """A port that is ours until `release`, whether or not anything listens on it."""

    number: int
    lock: filelock.BaseFileLock

    def release(self) -> None:
        """Give the port back."""
        self.lock.release()


def allot(*, prefer: int | None = None) -> Port:
    """A free port of the loopback: `prefer` if that is free, else any.

    Raises:
        WorldUnavailable: none is free, or the folder of the locks can't be written.
    """
    folder = Path(tempfile.gettempdir()) / f"harborline-ports-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        for number in _candidates(prefer):
            if port := _take(folder, number):
                return port
    except OSError as problem:
        raise WorldUnavailable(
            f"No port could be reserved in '{folder}': {problem.strerror or problem}.",
            remedy="Free some disk space there, or set TMPDIR to a directory that you can write.",
        ) from problem
    raise WorldUnavailable(f"No port of {LOOPBACK} between {FIRST} and {LAST} is free.", remedy="`lab down` elsewhere frees some.")


def _candidates(prefer: int | None) -> Iterator[int]:
    if prefer is not None:
        yield prefer
    yield from random.SystemRandom().sample(range(FIRST, LAST), _TRIES)


def _take(folder: Path, number: int) -> Port | None:
    lock = filelock.FileLock(folder / f"{number}.lock", thread_local=False)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        return None
    if is_free(number):
        return Port(number, lock)
    lock.release()
    return None


def is_free(number: int) -> bool:
    """Whether one could listen on that port of the loopback now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, number))
            probe.listen(1)
        except OSError:
            return False
    return True


def is_answering(number: int, *, timeout: float = 0.2) -> bool:
    """Whether something accepts connections on that port; `timeout` in seconds."""
    try:
        socket.create_connection((LOOPBACK, number), timeout=timeout).close()
    except OSError:
        return False
    return True


@dataclass
class PortBook:
    """The ports of one company by name (`door`, `web1.ssh`, `web1.app`), kept in a file so that a restart finds them again."""

    path: Path
    held: dict[str, Port] = field(default_factory=dict)

    def read(self) -> dict[str, int]:
        """What the file says; empty if it is missing or unreadable."""
        with contextlib.suppress(OSError, ValueError):
            found = json.loads(self.path.read_text(encoding="utf-8"))
            return {str(name): int(number) for name, number in found.items()}
        return {}

    def hold(self, *names: str) -> None:
        """Reserve a port for each name, the recorded one where that is free, and write the file.

        Raises:
            WorldUnavailable: no port is free, or the file can't be written.
        """
        known = self.read()
        for name in names:
            if name not in self.held:
                self.held[name] = allot(prefer=known.get(name))
        write_whole(self.path, json.dumps(known | {name: port.number for name, port in self.held.items()}, indent=1))

    def number(self, name: str) -> int:
        """The port of that name: held by us, or recorded by the process that holds it.

        Raises:
            WorldUnavailable: it was never allotted.
        """
        if name in self.held:
            return self.held[name].number
        try:
            return self.read()[name]
        except KeyError:
            raise WorldUnavailable(f"The company has no port for '{name}': it never started.", remedy="`lab` starts it.") from None

    def release(self) -> None:
        """Give all back; the file stays."""
        while self.held:
            self.held.popitem()[1].release()


def write_whole(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Write a file so that a reader, or a kill, finds the old text or the new, never half of it.

    Raises:
        WorldUnavailable: the disk is full or the directory can't be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:  # noqa: PTH123 - from birth with its mode
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as problem:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise WorldUnavailable(
            f"'{path}' could not be written: {problem.strerror or problem}.", remedy="Free some disk space, or make the directory writable."
        ) from problem
