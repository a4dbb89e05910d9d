"""The company's load balancer: leads each request to an instance that answers, logs it, counts it, and can be made to misbehave.

It is the lab's fault proxy too: resets are made here, where the shop's own metrics see nothing of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from lab.company.guests import NO_HTTP, Guests
from lab.company.servers.ports import LOOPBACK
from lab.errors import WorldUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lab.company.loop import Loop

PATIENCE: Final = 2.0
"""Seconds that an instance has for its answer: a company minute."""
CLASSES: Final = ("1xx", "2xx", "3xx", "4xx", "5xx", "reset")
_REST: Final = 0.5
_CHUNK: Final = 65_536
_LARGEST: Final = 1_000_000


@dataclass
class Balancer:
    """Listens on `port`, and on `exporter` with its own `/metrics`. `backends` maps an instance's name to its port."""

    loop: Loop
    port: int
    exporter: int
    backends: Mapping[str, int]
    log: Path
    resets: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    _down: dict[str, float] = field(default_factory=dict)  # until when one that refused is left alone; gone once it answers
    _turn: int = 0
    _servers: list[asyncio.Server] = field(default_factory=list)
    _guests: Guests = field(init=False)

    def __post_init__(self) -> None:
        """Nobody is there yet."""
        self._guests = Guests(self._lead, NO_HTTP)

    def start(self) -> None:
        """Listen.

        Raises:
            WorldUnavailable: a port is taken.
        """
        self.loop.call(self._open(), timeout=10)

    def stop(self) -> None:
        """Listen no more; what is under way is cut."""
        with contextlib.suppress(TimeoutError):
            self.loop.call(self._close(), timeout=5)

    async def _open(self) -> None:
        try:
            self._servers = [
                await asyncio.start_server(self._guests, LOOPBACK, self.port, backlog=512),
                await asyncio.start_server(self._scraped, LOOPBACK, self.exporter),
            ]
        except OSError as problem:
            raise WorldUnavailable(f"The balancer could not listen: {problem.strerror or problem}.") from problem

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        await self._guests.cut()

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        began = time.monotonic()
        head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).decode("latin-1")
        first, *lines = head.split("\r\n")
        headers = {line.split(":", 1)[0].strip().lower(): line.split(":", 1)[1].strip() for line in lines if ":" in line}
        length = headers.get("content-length", "0")
        body = await reader.readexactly(int(length)) if length.isdigit() and int(length) <= _LARGEST else b""
        told = headers.get("x-request-id") or secrets.token_hex(8)
        if "x-request-id" not in headers:
            lines.insert(0, f"X-Request-Id: {told}")
        if self.resets and random.random() < self.resets:  # noqa: S311 - a fault, not a secret
            self._note(first, "reset", "", told, began)
            writer.transport.abort()
            return
        kept = [line for line in lines if line and not line.lower().startswith("connection:")]
        request = "\r\n".join([first, *kept, "connection: close", "", ""]).encode("latin-1") + body
        name, answer = await self._answered(request)
        writer.write(answer)
        await writer.drain()
        self._note(first, answer[9:12].decode("latin-1"), name, told, began)

    async def _answered(self, request: bytes) -> tuple[str, bytes]:
        """The whole answer of the first instance that gives one, and its name; a 502 or 504 of our own if none does."""
        names = list(self.backends)
        self._turn += 1
        rested = [name for name in names if self._down.get(name, 0.0) < time.monotonic()]
        order = rested[self._turn % len(rested) :] + rested[: self._turn % len(rested)] if rested else names
        for name in order:
            try:
                answer = await asyncio.wait_for(self._ask(self.backends[name], request), PATIENCE)
            except TimeoutError:
                return name, _own(504, "The shop did not answer in time.")
            except OSError:
                self._down[name] = time.monotonic() + _REST
            else:
                self._down.pop(name, None)
                return name, answer
        return "", _own(502, "No instance of the shop answers.")

    async def _ask(self, port: int, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        try:
            writer.write(request)
            answer = bytearray()
            while data := await reader.read(_CHUNK):
                answer += data
        finally:
            writer.transport.abort()
        if not answer:
            raise ConnectionResetError
        return bytes(answer)

    def _note(self, first: str, status: str, name: str, told: str, began: float) -> None:
        kind = f"{status[0]}xx" if status[:1].isdigit() else status
        self.counts[kind] += 1
        method, path, *_ = [*first.split(" "), "", ""]
        line = {"at": round(time.time(), 3), "service": "door", "method": method, "path": path, "status": status, "backend": name}
        line |= {"request_id": told, "seconds": round(time.monotonic() - began, 4)}
        with contextlib.suppress(OSError), self.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    async def _scraped(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Its own metrics, as every balancer's exporter has them."""
        with contextlib.suppress(OSError, EOFError, TimeoutError):
            await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            lines = ["# HELP door_requests_total Requests of customers, by class of the answer.", "# TYPE door_requests_total counter"]
            lines += [f'door_requests_total{{code="{kind}"}} {self.counts[kind]}' for kind in CLASSES]
            lines += ["# HELP door_backend_up Whether an instance accepts connections.", "# TYPE door_backend_up gauge"]
            lines += [f'door_backend_up{{backend="{name}"}} {int(name not in self._down)}' for name in self.backends]
            body = "\n".join([*lines, ""]).encode()
            head = f"HTTP/1.1 200 OK\r\ncontent-type: text/plain; version=0.0.4\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
            writer.write(head.encode() + body)
            await writer.drain()
        writer.close()


def _own(status: int, reason: str) -> bytes:
    body = json.dumps({"detail": reason}).encode()
    name = {502: "Bad Gateway", 504: "Gateway Timeout"}[status]
    head = f"HTTP/1.1 {status} {name}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    return head.encode() + body
