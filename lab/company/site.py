"""The front door: the one public address of the company, which leads to whatever serves the shop now."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from lab.company.guests import Guests
from lab.company.servers.ports import LOOPBACK
from lab.errors import WorldUnavailable

if TYPE_CHECKING:
    from lab.company.loop import Loop

CHUNK: Final = 65_536
CONNECT_SECONDS: Final = 2.0
FIRST_BYTE_SECONDS: Final = 30.0
IDLE_SECONDS: Final = 75.0
_LINGER_SECONDS: Final = 0.5
_LONGEST_HEAD: Final = 1_000_000
_REASONS: Final = {502: "Bad Gateway", 504: "Gateway Timeout"}
NOBODY: Final = "Nothing answers behind the front door."
HUNG_UP: Final = "The shop hung up without an answer."
SILENT: Final = "The shop did not answer in time."


@dataclass
class Door:
    """Forwards TCP connections from its port to `upstream`, a port of the loopback; None leads nowhere.

    Each connection is led to the upstream of the moment its first byte comes. Where nobody answers, the customer gets a
    502 with a short JSON body, at once; where nothing comes back for `FIRST_BYTE_SECONDS`, a 504.
    """

    loop: Loop
    port: int
    upstream: int | None = None
    _guests: Guests = field(init=False)
    _server: asyncio.Server | None = None

    def __post_init__(self) -> None:
        """Nobody is there yet."""
        self._guests = Guests(self._lead)

    @property
    def url(self) -> str:
        """The address that customers use."""
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Open the door.

        Raises:
            WorldUnavailable: somebody else listens on its port.
        """
        self.loop.call(self._open(), timeout=10)

    def stop(self) -> None:
        """Close the door; connections under way are cut."""
        if self._server:
            with contextlib.suppress(TimeoutError):
                self.loop.call(self._close(), timeout=5)

    async def _open(self) -> None:
        try:
            self._server = await asyncio.start_server(self._guests, LOOPBACK, self.port, limit=CHUNK, backlog=512)
        except OSError as problem:
            raise WorldUnavailable(
                f"The front door could not listen on port {self.port}: {problem.strerror or problem}.",
                remedy="Run the command again: another port is taken.",
            ) from problem

    async def _close(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        await self._guests.cut()

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await _read(reader, IDLE_SECONDS)
        if not first:
            return
        try:
            upstream = await self._connect()
        except OSError:
            with contextlib.suppress(TimeoutError):
                await _read_request(reader, first)
            await _turn_away(reader, writer, status=502, reason=NOBODY)
            return
        try:
            await _carry(reader, writer, first, *upstream)
        finally:
            upstream[1].transport.abort()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.upstream is None:
            raise OSError(NOBODY)
        return await asyncio.wait_for(asyncio.open_connection(LOOPBACK, self.upstream, limit=CHUNK), CONNECT_SECONDS)


async def _carry(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    first: bytes,
    theirs: asyncio.StreamReader,
    to_them: asyncio.StreamWriter,
) -> None:
    """Carry bytes both ways until the shop closes its side, or the customer is gone."""
    to_them.write(first)
    asking = asyncio.create_task(_pour(reader, to_them))
    try:
        answer = await _read(theirs, FIRST_BYTE_SECONDS)
        status, reason = 502, HUNG_UP
    except TimeoutError:
        answer, status, reason = b"", 504, SILENT
    try:
        if answer:
            writer.write(answer)
            await _pour(theirs, writer)
    finally:
        asking.cancel()
    if not answer:
        await asyncio.wait([asking])
        await _turn_away(reader, writer, status=status, reason=reason)


async def _pour(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Carry bytes one way, and the end of them."""
    with contextlib.suppress(OSError):
        while data := await source.read(CHUNK):
            target.write(data)
            await target.drain()
        if target.can_write_eof():
            target.write_eof()


async def _read(reader: asyncio.StreamReader, seconds: float) -> bytes:
    """The next bytes; empty at the end.

    Raises:
        TimeoutError: none came in time.
    """
    with contextlib.suppress(ConnectionError):
        return await asyncio.wait_for(reader.read(CHUNK), seconds)
    return b""


async def _turn_away(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, status: int, reason: str) -> None:
    """Answer for the shop, and let the customer read it: closing with unread bytes would take the answer back."""
    body = json.dumps({"detail": reason}).encode()
    head = (
        f"HTTP/1.1 {status} {_REASONS[status]}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    writer.write(head.encode() + body)
    with contextlib.suppress(OSError):
        await writer.drain()
        writer.write_eof()
        await asyncio.wait_for(reader.read(), _LINGER_SECONDS)


async def _read_request(reader: asyncio.StreamReader, read: bytes) -> None:
    """Read on to the end of the request whose first bytes are `read`; raises TimeoutError when it does not come."""
    total = bytearray(read)
    while b"\r\n\r\n" not in total and len(total) < _LONGEST_HEAD:
        data = await _read(reader, _LINGER_SECONDS)
        if not data:
            return
        total += data
    head, _, body = bytes(total).partition(b"\r\n\r\n")
    missing = _content_length(head) - len(body)
    while 0 < missing < _LONGEST_HEAD:
        data = await _read(reader, _LINGER_SECONDS)
        if not data:
            return
        missing -= len(data)


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return int(value)
    return 0
