"""HTTP on a unix socket, one request a connection: h11 reads and writes it, so that what was judged is exactly what is sent on."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import h11

if TYPE_CHECKING:
    from collections.abc import Iterable

CHUNK: Final = 65_536
HEAD: Final = 65_536
LOOK_SECONDS: Final = 20.0
_ANSWER_LIMIT: Final = 4_000_000
Headers = list[tuple[bytes, bytes]]


class EngineGone(Exception):
    """The engine does not accept a connection, or ended one in the middle of an answer."""


@dataclass
class Side:
    """One end of a conversation."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    role: type[h11.CLIENT | h11.SERVER]
    http: h11.Connection = field(init=False)

    def __post_init__(self) -> None:
        """Nothing was said yet."""
        self.http = h11.Connection(self.role, max_incomplete_event_size=HEAD)

    async def hear(self) -> Any:
        """The next event; raises h11's RemoteProtocolError for what is no HTTP."""
        while True:
            event = self.http.next_event()
            if event is not h11.NEED_DATA:
                return event
            if self.http.they_are_waiting_for_100_continue:
                await self.say(h11.InformationalResponse(status_code=100, headers=[]))
            self.http.receive_data(await self.reader.read(CHUNK))

    async def say(self, event: Any) -> None:
        """Send an event."""
        data = self.http.send(event)
        if data:
            self.writer.write(data)
            await self.writer.drain()

    async def body(self, limit: int) -> bytes:
        """All that comes until the end of the message; raises ValueError past `limit` bytes."""
        total = bytearray()
        while not isinstance(event := await self.hear(), h11.EndOfMessage):
            if not isinstance(event, h11.Data):
                raise h11.RemoteProtocolError("the message broke off")
            total += event.data
            if len(total) > limit:
                raise ValueError(f"it is larger than {limit} bytes")
        return bytes(total)

    def close(self) -> None:
        """Hang up."""
        self.writer.transport.abort()


async def dial(socket: str) -> Side:
    """A connection to the engine behind a unix socket.

    Raises:
        EngineGone: it does not accept one.
    """
    try:
        reader, writer = await asyncio.open_unix_connection(socket)
    except OSError as problem:
        raise EngineGone from problem
    return Side(reader, writer, h11.CLIENT)


async def look(socket: str, path: str) -> tuple[int, Any]:
    """Ask the engine for a path; gives the status and the JSON.

    Raises:
        EngineGone: it did not answer in time, or not whole.
    """
    engine = await dial(socket)
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            await engine.say(h11.Request(method="GET", target=path, headers=[("Host", "docker"), ("Connection", "close")]))
            await engine.say(h11.EndOfMessage())
            answer = await engine.hear()
            if not isinstance(answer, h11.Response):
                raise EngineGone
            return answer.status_code, json.loads(await engine.body(_ANSWER_LIMIT))
    except (OSError, ValueError, TimeoutError, h11.ProtocolError) as problem:
        raise EngineGone from problem
    finally:
        engine.close()


async def carry_body(source: Side, target: Side) -> None:
    """Carry the body of a message on, as it comes."""
    while True:
        event = await source.hear()
        if isinstance(event, h11.Data | h11.EndOfMessage):
            await target.say(event)
        if isinstance(event, h11.EndOfMessage):
            return
        if not isinstance(event, h11.Data):
            raise h11.RemoteProtocolError("the message broke off")


async def carry_bytes(guest: Side, engine: Side) -> None:
    """Both ways, once they have agreed to speak something else than HTTP; ends with the engine's end."""
    for side, other in ((guest, engine), (engine, guest)):
        rest, _ = side.http.trailing_data
        if rest:
            other.writer.write(rest)
    asking = asyncio.create_task(_pour(guest, engine))
    try:
        await _pour(engine, guest)
    finally:
        asking.cancel()


async def _pour(source: Side, target: Side) -> None:
    with contextlib.suppress(OSError):
        while data := await source.reader.read(CHUNK):
            target.writer.write(data)
            await target.writer.drain()
        if target.writer.can_write_eof():
            target.writer.write_eof()


def kept(headers: Iterable[tuple[bytes, bytes]], names: frozenset[bytes]) -> Headers:
    """Those headers whose names are among `names`."""
    return [(name, value) for name, value in headers if name.lower() in names]
