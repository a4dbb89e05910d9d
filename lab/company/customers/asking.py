"""One customer's request, on a connection of its own: lean, since customers must not cost the machine they judge."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from lab.company.servers.ports import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Mapping

Question = "Mapping[str, Any]"
"""`{method, path, headers, json, focus}`, as the oracle gives it."""

PATIENCE: Final = 5.0
UNKNOWN: Final = "unknown"
SERVER_ERROR: Final = 500
_LONGEST: Final = 2_000_000
_HEAD_LIMIT: Final = 65_536
_SAFE: Final = "/?&=%:@,+;!$'()*~-._"


@dataclass(frozen=True)
class Answer:
    """What a customer got: `status` 0 and a `problem` if nothing. `version` is the sha of X-Version, or 'unknown'."""

    status: int
    body: Any = None
    version: str = UNKNOWN
    problem: str = ""

    @property
    def failure(self) -> str:
        """Why the customer got no answer of the shop at all, as a sentence; empty if it answered."""
        if self.problem:
            return self.problem
        if self.status >= SERVER_ERROR:
            return f"The answer was {self.status}: {self._detail()}"
        return ""

    def _detail(self) -> str:
        detail = self.body.get("detail") if isinstance(self.body, dict) else self.body
        return str(detail)[:200]


async def ask(port: int, question: Mapping[str, Any], *, patience: float = PATIENCE) -> Answer:
    """Ask the shop behind `port`; gives up after `patience` seconds. Never raises."""
    try:
        return await asyncio.wait_for(_ask(port, question), patience)
    except TimeoutError:
        return Answer(0, problem=f"There was no answer within {patience:g} s.")
    except (OSError, EOFError, asyncio.LimitOverrunError, ValueError) as problem:
        return Answer(0, problem=f"The connection broke: {str(problem) or type(problem).__name__}.")


async def _ask(port: int, question: Mapping[str, Any]) -> Answer:
    reader, writer = await asyncio.open_connection(LOOPBACK, port, limit=_HEAD_LIMIT)
    try:
        writer.write(_request(port, question))
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        status, headers = _parse(head)
        body = await _body(reader, headers)
    finally:
        with contextlib.suppress(OSError):
            writer.transport.abort()
    return Answer(status, _value(body), headers.get("x-version") or UNKNOWN)


def _request(port: int, question: Mapping[str, Any]) -> bytes:
    content = b"" if question.get("json") is None else json.dumps(question["json"]).encode()
    headers = {"host": f"{LOOPBACK}:{port}", "user-agent": "customer", "accept": "application/json", "connection": "close"}
    if content or question["method"] not in ("GET", "HEAD", "DELETE"):
        headers |= {"content-type": "application/json", "content-length": str(len(content))}
    headers |= {str(name).lower(): str(value) for name, value in (question.get("headers") or {}).items()}
    first = f"{question['method']} {quote(question['path'], safe=_SAFE)} HTTP/1.1"
    lines = [first, *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + content


def _parse(head: bytes) -> tuple[int, dict[str, str]]:
    first, *rest = head.decode("latin-1").split("\r\n")
    protocol, _, more = first.partition(" ")
    if not protocol.startswith("HTTP/"):
        raise ValueError("what came back is not HTTP")
    headers = {}
    for line in rest:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return int(more[:3]), headers


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return await _chunks(reader)
    length = headers.get("content-length", "")
    if length.isdigit():
        if int(length) > _LONGEST:
            raise ValueError("the answer is far too long")
        return await reader.readexactly(int(length))
    return await reader.read(_LONGEST)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    total = bytearray()
    while size := int((await reader.readline()).split(b";")[0], 16):
        if len(total) + size > _LONGEST:
            raise ValueError("the answer is far too long")
        total += await reader.readexactly(size)
        await reader.readexactly(2)
    return bytes(total)


def _value(body: bytes) -> Any:
    """The JSON value, or the text where it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace")
