"""Runs one program for somebody at the other end of an SSH channel: over pipes, or on a terminal.

The asynchronous half of the one door to programs (`lab.process`), here because its pipes end on the SSH loop. A command is
over when its own process ends: what it left running in the background may hold the output open as long as it likes, and is
read to nowhere, so that it never dies of a closed pipe.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import termios
from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - a dataclass field
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CHUNK: Final = 65_536
_QUIET: Final = 0.02
_TERMINAL_HEAD: Final = ("/bin/sh", "-c", 'exec <"$0" >"$0" 2>&1; exec "$@"')
"""A session leader that opens a terminal gets it as its own: no code runs between fork and exec."""


class Sink(Protocol):
    """Where a program's output goes: the writing side of an SSH channel."""

    def write(self, data: bytes) -> object:
        """Take some bytes."""

    async def drain(self) -> None:
        """Wait until there is room."""


@dataclass(frozen=True)
class Words:
    """What is started: an argument list, where, with which environment."""

    args: Sequence[str]
    cwd: Path
    env: Mapping[str, str]


@dataclass
class Pump:
    """Carries one output to its sink until the program's side closes; deaf, it reads on to nowhere."""

    reader: asyncio.StreamReader
    sink: Sink
    is_deaf: bool = False
    is_writing: bool = False
    carried: int = 0

    async def run(self) -> None:
        """Read to the end. A sink that is gone ends it early: the program then writes into a closed pipe, as it would anywhere."""
        while data := await self._read():
            self.carried += len(data)
            if self.is_deaf:
                continue
            self.is_writing = True
            try:
                self.sink.write(data)
                await self.sink.drain()
            except OSError:
                if not self.is_deaf:
                    return
            finally:
                self.is_writing = False

    async def _read(self) -> bytes:
        try:
            return await self.reader.read(CHUNK)
        except OSError:  # a terminal says so when its last program is gone
            return b""


@dataclass
class Running:
    """A program under way. `feed` writes into its standard input, `ended` gives its exit code (negative: a signal)."""

    child: asyncio.subprocess.Process
    input: asyncio.WriteTransport
    outputs: list[asyncio.ReadTransport]
    pumps: list[asyncio.Task[None]]
    carriers: list[Pump]
    room: Room
    terminal: int | None = None
    is_gone: bool = False

    async def feed(self, data: bytes) -> None:
        """Hand `data` to the program; what it does not want to read is dropped."""
        if not self.input.is_closing():
            self.input.write(data)
            await self.room.wait()

    def end_of_input(self) -> None:
        """Close its standard input (a terminal has none to close)."""
        if self.terminal is None and not self.input.is_closing():
            self.input.close()

    def signal(self, number: int) -> None:
        """Send a signal to its whole group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.child.pid, number)

    def resize(self, columns: int, rows: int) -> None:
        """Tell its terminal a new size."""
        if self.terminal is not None and not self.is_gone and columns > 0 and rows > 0:
            with contextlib.suppress(OSError):
                termios.tcsetwinsize(self.terminal, (rows, columns))
                self.signal(signal.SIGWINCH)

    def hang_up(self) -> None:
        """The person has gone: close the terminal, or what a pipe still carries."""
        self.is_gone = True
        self._end_feeding()
        for output in self.outputs:
            output.close()

    async def ended(self) -> int:
        """Wait for the program itself, and for what it had printed, never for what it left in the background."""
        code = await self.child.wait()
        await self._settle()
        for carrier in self.carriers:
            carrier.is_deaf = True
        self._end_feeding()
        if self.terminal is not None:
            self.hang_up()
        return code

    def _end_feeding(self) -> None:
        if not self.input.is_closing():
            self.input.abort()

    async def _settle(self) -> None:
        """All that the ended program wrote is in the pipes by now: done when they are closed, or have been read empty."""
        while True:
            before = sum(carrier.carried for carrier in self.carriers)
            _, open_ = await asyncio.wait(self.pumps, timeout=_QUIET)
            is_quiet = before == sum(carrier.carried for carrier in self.carriers)
            if not open_ or (is_quiet and not any(carrier.is_writing for carrier in self.carriers)):
                return


class Room(asyncio.BaseProtocol):
    """Knows whether a program's standard input has room."""

    def __init__(self) -> None:
        self._free = asyncio.Event()
        self._free.set()

    def pause_writing(self) -> None:
        """The pipe is full."""
        self._free.clear()

    def resume_writing(self) -> None:
        """There is room again."""
        self._free.set()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - its name and its argument are asyncio's
        """Nobody reads any more."""
        self._free.set()

    async def wait(self) -> None:
        """Wait for room."""
        await self._free.wait()


async def with_pipes(words: Words, *, out: Sink, err: Sink) -> Running:
    """Start a program over three pipes, in a session of its own.

    Raises:
        OSError: it can't be started.
    """
    (their_in, our_in), (our_out, their_out), (our_err, their_err) = os.pipe(), os.pipe(), os.pipe()
    ours, theirs = (our_in, our_out, our_err), (their_in, their_out, their_err)
    child = await _spawn(words.args, words, fds=theirs, ours=ours)
    room, feed = await _writing(our_in)
    readers = [await _reading(our_out), await _reading(our_err)]
    return _running(child, room, feed, readers, sinks=(out, err))


async def with_terminal(words: Words, *, out: Sink, columns: int, rows: int) -> Running:
    """Start a program on a terminal of its own.

    Raises:
        OSError: it can't be started, or no terminal is left.
    """
    master, slave = os.openpty()
    termios.tcsetwinsize(slave, (rows or 24, columns or 80))
    args = [*_TERMINAL_HEAD, os.ttyname(slave), *words.args]
    child = await _spawn(args, words, fds=(slave, slave, slave), ours=(master,))
    room, feed = await _writing(os.dup(master))
    running = _running(child, room, feed, [await _reading(master)], sinks=(out,))
    running.terminal = master
    return running


async def _spawn(args: Sequence[str], words: Words, *, fds: tuple[int, int, int], ours: Sequence[int]) -> asyncio.subprocess.Process:
    """Start it with the descriptors `fds`, which are closed here; `ours` too when it can't be started."""
    try:
        return await asyncio.create_subprocess_exec(
            *args, cwd=words.cwd, env=dict(words.env), stdin=fds[0], stdout=fds[1], stderr=fds[2], start_new_session=True
        )
    except OSError:
        for descriptor in ours:
            os.close(descriptor)
        raise
    finally:
        for descriptor in set(fds):
            os.close(descriptor)


def _running(
    child: asyncio.subprocess.Process,
    room: Room,
    feed: asyncio.WriteTransport,
    readers: Sequence[tuple[asyncio.StreamReader, asyncio.ReadTransport]],
    *,
    sinks: Sequence[Sink],
) -> Running:
    carriers = [Pump(reader, sink) for (reader, _), sink in zip(readers, sinks, strict=True)]
    outputs = [transport for _, transport in readers]
    pumps = [asyncio.create_task(_pumped(carrier, output)) for carrier, output in zip(carriers, outputs, strict=True)]
    return Running(child, feed, outputs, pumps, carriers, room)


async def _pumped(carrier: Pump, output: asyncio.ReadTransport) -> None:
    try:
        await carrier.run()
    finally:
        output.close()


async def _reading(descriptor: int) -> tuple[asyncio.StreamReader, asyncio.ReadTransport]:
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb", buffering=0)
    )
    return reader, transport


async def _writing(descriptor: int) -> tuple[Room, asyncio.WriteTransport]:
    transport, room = await asyncio.get_running_loop().connect_write_pipe(Room, os.fdopen(descriptor, "wb", buffering=0))
    return room, transport
