"""The guests of a listener on the company's loop: each connection is a task, and all of them are cut when it closes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

NO_HTTP: Final = (OSError, EOFError, ValueError, asyncio.LimitOverrunError)
"""What a connection raises that breaks off, or on which something else than HTTP is spoken."""


@dataclass
class Guests:
    """What a listener calls for each connection: `serve` answers one. What it raises of `broken` ends that connection alone."""

    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]
    broken: tuple[type[BaseException], ...] = (OSError,)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its first byte to its last."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self.serve(reader, writer)
        except self.broken:
            writer.transport.abort()
        except asyncio.CancelledError:  # it is being cut
            writer.transport.abort()
        finally:
            self._tasks.discard(task)
            writer.close()

    async def cut(self) -> None:
        """Cut every connection that is under way, and wait for their ends."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
