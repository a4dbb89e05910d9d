"""Logs of pipelines as they grow: one look at a file for all who read it, and each goes on from its own offset."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

PAUSE: Final = 0.08
CHUNK: Final = 262_144


class Tails:
    """The logs that somebody reads now."""

    def __init__(self) -> None:
        self._sizes: dict[Path, asyncio.Condition] = {}
        self._readers: dict[Path, int] = {}
        self._tasks: dict[Path, asyncio.Task[None]] = {}

    async def listen(self, path: Path, offset: int) -> AsyncIterator[bytes]:
        """Server-sent events with the lines after `offset` (bytes), then as they are written, without end.

        The id of each is the offset that follows it: a browser that comes back goes on where it was.
        """
        condition = self._sizes.setdefault(path, asyncio.Condition())
        self._readers[path] = self._readers.get(path, 0) + 1
        if path not in self._tasks:
            self._tasks[path] = asyncio.create_task(self._watch(path, condition))
        try:
            yield b": log\n\n"
            while True:
                async with condition:
                    lines, offset = await asyncio.to_thread(read, path, offset)
                    if not lines:
                        await condition.wait()
                        continue
                yield f"id: {offset}\nevent: lines\ndata: {json.dumps(lines)}\n\n".encode()
        finally:
            self._readers[path] -= 1
            if not self._readers[path]:
                self._tasks.pop(path).cancel()
                self._sizes.pop(path, None)
                self._readers.pop(path, None)

    async def _watch(self, path: Path, condition: asyncio.Condition) -> None:
        known = -2
        while True:
            size = _size(path)  # one call of the kernel: no thread is worth it
            if size != known:
                known = size
                async with condition:
                    condition.notify_all()
            await asyncio.sleep(PAUSE)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def read(path: Path, offset: int, *, limit: int = CHUNK) -> tuple[list[list[Any]], int]:
    """Whole lines after `offset` as `[job, step number, text]`, and the offset that follows them; about `limit` bytes."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            data = file.read(limit)
            if data and b"\n" not in data:
                data += file.readline()
    except OSError:
        return [], offset
    whole = data[: data.rfind(b"\n") + 1]
    found = []
    for line in whole.splitlines():
        try:
            told = json.loads(line)
            found.append([told["job"], told["number"], told["text"]])
        except (ValueError, KeyError, TypeError):
            continue
    return found, offset + len(whole)
