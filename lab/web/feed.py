"""One reader of the ledger for any number of browsers: what any process appends is told to all of them within a blink.

Ten clients cost as much as one: a single task asks SQLite for one number every `PAUSE` seconds, and reads only when that
number has moved. Without listeners it does not run at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from lab.errors import LabError
from lab.ledger.watching import Watch
from lab.session.logs import in_words
from lab.session.production import second

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from lab.ledger.store import Event, Ledger

PAUSE: Final = 0.04
MOST: Final = 500  # events that are told again to a browser that comes back; after more it reads everything anew
_QUEUE: Final = 2_000
_BEAT: Final = 15.0


@dataclass(frozen=True)
class Message:
    """One server-sent event. `id` is the ledger's `seq`, by which a browser that comes back says what it has seen."""

    kind: str
    data: str
    id: int | None = None

    def encoded(self) -> bytes:
        """As it goes over the wire."""
        head = f"id: {self.id}\n" if self.id is not None else ""
        return f"{head}event: {self.kind}\ndata: {self.data}\n\n".encode()


def told(event: Event) -> Message:
    """An event of the ledger for a browser: in words, and without what would give a stage away."""
    if event.type == "answers":
        one = second(event)
        data: dict[str, Any] = {"minute": one.minute, "good": one.good, "late": one.late, "wrong": one.wrong, "failed": one.failed}
        return _message("answers", {**data, "worst_ms": one.worst_ms}, event.seq)
    about = {"seq": event.seq, "minute": event.minute, "type": event.type, "actor": event.actor}
    run = {"run": event.data["run"]} if "run" in event.data else {}
    return _message("event", {**about, **run, "text": in_words(event)}, event.seq)


def _message(kind: str, data: dict[str, Any], seq: int | None = None) -> Message:
    return Message(kind, json.dumps({"format": 1, "kind": kind, **data}), seq)


class Feed:
    """The reader. `listen` gives a browser its messages; `publish` tells all of them something that is not in the ledger."""

    def __init__(self, ledger: Ledger, *, pause: float = PAUSE) -> None:
        self.ledger = ledger
        self.pause = pause
        self.reads = 0
        self._seq = 0
        self._listeners: set[asyncio.Queue[Message | None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def listen(self, after: int | None = None) -> AsyncIterator[bytes]:
        """Messages as they come, without end; first those after the event `after` that were missed."""
        queue: asyncio.Queue[Message | None] = asyncio.Queue(_QUEUE)
        self._loop = asyncio.get_running_loop()
        if self._task is None or self._task.done():
            self._seq = await asyncio.to_thread(self.ledger.seq)
            self._task = asyncio.create_task(self._read())
        self._listeners.add(queue)
        until = self._seq
        try:
            yield _message("hello", {"seq": until}, until if after is None else None).encoded()
            if after is not None and after != until:
                yield await self._missed(after, until)
            while True:
                yield await self._next(queue)
        finally:
            self._listeners.discard(queue)
            if not self._listeners and self._task:
                self._task.cancel()
                self._task = None

    async def _missed(self, after: int, until: int) -> bytes:
        """What a browser that comes back has not seen; when that is too much, only that it should read everything anew."""
        if 0 < until - after <= MOST:
            events = await asyncio.to_thread(self.ledger.events, after=after, until=until)
            return b"".join(told(event).encoded() for event in events)
        return _message("anew", {"seq": until}, until).encoded()

    async def _next(self, queue: asyncio.Queue[Message | None]) -> bytes:
        """The next message; a comment now and then, so that a dead connection is noticed."""
        try:
            message = await asyncio.wait_for(queue.get(), _BEAT)
        except TimeoutError:
            return b": still here\n\n"
        if message is None:
            return _message("anew", {"seq": self._seq}, self._seq).encoded()
        return message.encoded()

    def publish(self, kind: str, data: dict[str, Any]) -> None:
        """Tell every browser; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._give, [_message(kind, data)])

    async def _read(self) -> None:
        """Look for new events until nobody listens."""
        with contextlib.closing(Watch(self.ledger)) as watch:
            while True:
                if watch.has_changed():
                    with contextlib.suppress(LabError):  # a full disk or a locked file: the next look may succeed
                        await self._tell()
                await asyncio.sleep(self.pause)

    async def _tell(self) -> None:
        self.reads += 1
        events = await asyncio.to_thread(self.ledger.events, after=self._seq)
        if events:
            self._seq = events[-1].seq
            self._give([told(event) for event in events])

    def _give(self, messages: Sequence[Message]) -> None:
        """Queue messages for all; whoever is too slow reads everything anew instead."""
        for queue in self._listeners:
            if queue.qsize() + len(messages) >= _QUEUE:
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(None)
                continue
            for message in messages:
                queue.put_nowait(message)
