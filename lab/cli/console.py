"""What a command writes to: results on standard output, progress on standard error, and nothing that crashes a terminal."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING, Any, TextIO

from lab.cli.gone import ReaderGoneError
from lab.errors import LabError, WorldUnavailable
from lab.report import plain
from lab.report.paper import Paper

if TYPE_CHECKING:
    from threading import Timer

PATIENCE = 1.0
BETWEEN = 2.0


class Console:
    """Both streams of one command. Progress shows once the command has taken a second, and is wiped by what follows."""

    def __init__(self, *, began: float) -> None:
        """Look at the streams as they are now; `began` is when the command did (`time.monotonic`)."""
        self.paper = Paper.of(sys.stdout)
        self._error_paper = Paper.of(sys.stderr)
        self._began = began
        self._pending = ""
        self._shown = ""
        self._said_at = 0.0
        self._timer: Timer | None = None

    def write(self, text: str) -> None:
        """Write a result.

        Raises:
            ReaderGoneError: nobody reads any more.
            WorldUnavailable: the disk behind the output is full.
        """
        self.wipe()
        _write(sys.stdout, text)

    def lines(self, lines: list[str]) -> None:
        """Write lines of a result."""
        if lines:
            self.write(self.paper.done(lines))

    def complain(self, text: str) -> None:
        """Write to standard error."""
        self.wipe()
        _write(sys.stderr, text)

    def tell(self, sentence: str) -> None:
        """Say what is being done, if the command lasts."""
        self._pending = plain.line(sentence)
        if time.monotonic() - self._began >= PATIENCE:
            self._show()
        elif self._timer is None:
            import threading

            self._timer = threading.Timer(PATIENCE, self._show)
            self._timer.daemon = True
            self._timer.start()

    def _show(self) -> None:
        if not self._pending or self._pending == self._shown:
            return
        if not self._is_live and self._shown and time.monotonic() - self._said_at < BETWEEN:
            return
        self._shown, self._said_at = self._pending, time.monotonic()
        text = self._pending if self._error_paper.unicode else plain.ascii_only(self._pending)
        with contextlib.suppress(LabError, ReaderGoneError, ValueError):
            if self._is_live:
                _write(sys.stderr, f"\r\x1b[2K{text[: self._error_paper.width - 1]}")
            else:
                _write(sys.stderr, f"{text}\n")

    @property
    def _is_live(self) -> bool:
        return bool(self._error_paper.colour and self._error_paper.width)

    def wipe(self) -> None:
        """Take the progress line away."""
        if self._shown and self._is_live:
            with contextlib.suppress(LabError, ReaderGoneError, ValueError):
                _write(sys.stderr, "\r\x1b[2K")
        self._shown = ""

    def close(self) -> None:
        """End what waits to be shown."""
        self._pending = ""
        if self._timer:
            self._timer.cancel()
        self.wipe()


def _write(stream: TextIO | Any, text: str) -> None:
    """Write and flush; what the stream's encoding lacks becomes '?'. A stream that was closed from the start takes nothing."""
    if stream is None or stream.closed:
        return
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.encode(encoding, "replace").decode(encoding)
    except LookupError:
        text = plain.ascii_only(text)
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError as problem:
        raise ReaderGoneError from problem
    except OSError as problem:
        raise WorldUnavailable(f"The output could not be written: {problem.strerror}.") from problem
