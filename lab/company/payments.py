"""The payment provider, a service of somebody else's: takes every charge, and logs who asked."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.company.customers.shoppers import CANARY
from lab.company.servers.ports import LOOPBACK
from lab.errors import WorldUnavailable

if TYPE_CHECKING:
    from pathlib import Path

    from lab.company.loop import Loop


@dataclass
class Payments:
    """Listens on `port`, answers `POST /charges` (with `status`, after `delay` seconds), and writes a line for each into `log`."""

    loop: Loop
    port: int
    log: Path
    status: int = 201
    delay: float = 0.0
    _server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """The address that PAYMENTS_URL names."""
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Listen.

        Raises:
            WorldUnavailable: the port is taken.
        """
        self.loop.call(self._open(), timeout=10)

    def stop(self) -> None:
        """Listen no more."""
        if self._server:
            self.loop.soon(self._server.close)

    async def _open(self) -> None:
        try:
            self._server = await asyncio.start_server(self._guest, LOOPBACK, self.port)
        except OSError as problem:
            raise WorldUnavailable(f"The payment provider could not listen on port {self.port}: {problem.strerror}.") from problem

    async def _guest(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, EOFError, TimeoutError, ValueError, asyncio.LimitOverrunError):
            head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)).decode("latin-1")
            lines = [line.split(":", 1) for line in head.split("\r\n")[1:] if ":" in line]
            headers = {name.strip().lower(): value.strip() for name, value in lines}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            await asyncio.sleep(self.delay)
            self._note(headers, body)
            writer.write(f"HTTP/1.1 {self.status} Done\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}".encode())
            await writer.drain()
        writer.close()

    def _note(self, headers: dict[str, str], body: bytes) -> None:
        told = json.loads(body or b"{}")
        trace = headers.get("traceparent", "--").split("-")
        line = {
            "at": round(time.time(), 3),
            "service": "payments",
            "request_id": headers.get("x-request-id") or (trace[1] if len(trace) > 1 else ""),
            "order_id": told.get("order_id") if isinstance(told, dict) else None,
            "status": self.status,
            "payer": CANARY,
        }
        with contextlib.suppress(OSError), self.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
