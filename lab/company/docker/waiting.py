"""Deadlines for calls that have none: a call runs beside the caller, and is left behind when its time is over."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lab import process
from lab.company.docker import errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

OUTPUT_LIMIT: Final = 1_000_000


def within(seconds: float, function: Callable[[], Any], *, what: str) -> Any:
    """The value of `function()`, which is left behind after `seconds`.

    Raises:
        Late: it took longer.
        WorldUnavailable: the engine is not there.
        EngineRefused: it said no.
    """
    done: list[Any] = []
    failed: list[BaseException] = []

    def work() -> None:
        try:
            done.append(function())
        except BaseException as problem:  # noqa: BLE001 - told to the caller, who is another thread
            failed.append(problem)

    thread = threading.Thread(target=work, daemon=True, name=f"docker: {what}")
    thread.start()
    thread.join(seconds)
    if failed:
        raise errors.told(failed[0], what) from failed[0]
    if not done:
        raise errors.late(seconds, what)
    return done[0]


@dataclass
class Output:
    """The two streams of a program in a container, capped."""

    out: bytearray = field(default_factory=bytearray)
    err: bytearray = field(default_factory=bytearray)
    is_cut: bool = False

    def read(self, chunks: Iterator[tuple[bytes | None, bytes | None]]) -> None:
        """Read to the end."""
        for parts in chunks:
            for kept, part in zip((self.out, self.err), parts, strict=True):
                room = OUTPUT_LIMIT - len(kept)
                self.is_cut = self.is_cut or len(part or b"") > room
                kept.extend((part or b"")[: max(room, 0)])

    def completed(self, args: Sequence[str], *, code: int, seconds: float, timed_out: bool = False) -> process.Completed:
        """As a program that ended."""
        out, err = (bytes(kept).decode("utf-8", "replace") for kept in (self.out, self.err))
        return process.Completed(tuple(args), code, out, err, seconds, timed_out=timed_out, cut=self.is_cut)
