"""The company's network as monitoring sees it: a forward proxy that knows the company's names and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from lab.company.guests import NO_HTTP, Guests
from lab.company.servers.ports import LOOPBACK
from lab.errors import WorldUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.company.loop import Loop

_HEAD: Final = 65_536
_PATIENCE: Final = 15.0
_CHUNK: Final = 65_536
_STILL: Final = 0.02


@dataclass
class Network:
    """Listens on `port`; `names` maps `web1:8000` to a port of the loopback. A name that is not there does not answer (502).

    `pages` are names that the network answers itself, with the JSON of what their function gives for a path. While it `is_still`,
    nothing is passed on: who asks waits.
    """

    loop: Loop
    port: int
    names: dict[str, int] = field(default_factory=dict)
    pages: dict[str, Callable[[str], Any]] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    is_still: bool = False
    _server: asyncio.Server | None = None
    _guests: Guests = field(init=False)

    def __post_init__(self) -> None:
        """Nobody is there yet."""
        self._guests = Guests(self._patiently, NO_HTTP)

    @property
    def url(self) -> str:
        """The address that `proxy_url` names."""
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Listen.

        Raises:
            WorldUnavailable: the port is taken.
        """
        self.loop.call(self._open(), timeout=10)

    def stop(self) -> None:
        """Listen no more; what is under way is cut."""
        with contextlib.suppress(TimeoutError):
            self.loop.call(self._close(), timeout=5)

    async def _open(self) -> None:
        try:
            self._server = await asyncio.start_server(self._guests, LOOPBACK, self.port, limit=_HEAD, backlog=256)
        except OSError as problem:
            raise WorldUnavailable(
                f"The company's network could not listen on port {self.port}: {problem.strerror or problem}."
            ) from problem

    async def _close(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        await self._guests.cut()

    async def _patiently(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.wait_for(self._lead(reader, writer), _PATIENCE)

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request in the absolute form, to whoever bears the name."""
        head = await reader.readuntil(b"\r\n\r\n")
        first, _, rest = head.decode("latin-1").partition("\r\n")
        method, target, _ = first.split(" ", 2)
        where = urlsplit(target)
        name = where.netloc if ":" in where.netloc else f"{where.netloc}:80"
        lines = [line for line in rest.split("\r\n") if line and line.split(":")[0].lower() not in ("connection", "proxy-connection")]
        body = await _body(reader, lines)
        if name in self.pages:
            told = json.dumps(self.pages[name](where.path)).encode()
            writer.write(
                f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(told)}\r\nconnection: close\r\n\r\n".encode()
                + told
            )
            await writer.drain()
            return
        while self.is_still:  # noqa: ASYNC110 - set by another thread
            await asyncio.sleep(_STILL)
        try:
            theirs, to_them = await asyncio.wait_for(asyncio.open_connection(LOOPBACK, self._port(name)), 2.0)
        except (OSError, KeyError, TimeoutError):
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            await writer.drain()
            return
        try:
            path = (where.path or "/") + (f"?{where.query}" if where.query else "")
            asked = "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "connection: close", "", ""])
            to_them.write(asked.encode("latin-1") + body)
            while data := await theirs.read(_CHUNK):
                writer.write(data)
                await writer.drain()
        finally:
            to_them.transport.abort()

    def _port(self, name: str) -> int:
        if name not in self.names:
            self.unknown.add(name)
        return self.names[name]


async def _body(reader: asyncio.StreamReader, lines: list[str]) -> bytes:
    headers = {line.split(":", 1)[0].lower(): line.split(":", 1)[1].strip() for line in lines if ":" in line}
    length = headers.get("content-length", "0")
    return await reader.readexactly(int(length)) if length.isdigit() and int(length) else b""
