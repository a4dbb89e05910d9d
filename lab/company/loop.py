"""One asyncio loop in a thread of its own: servers, site and customers of a company live on it, callers stay synchronous."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import threading
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")
_STOP_SECONDS: Final = 5.0


class Loop:
    """The loop starts with the first call and ends with `stop`; it may be started again afterwards."""

    def __init__(self, name: str = "company") -> None:
        self._name = name
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def call(self, work: Coroutine[Any, Any, T], *, timeout: float | None = None) -> T:
        """Run `work` on the loop and give its result; `timeout` is in seconds. Never from the loop's own thread.

        Raises:
            TimeoutError: it took longer; the work is cancelled.
        """
        future = asyncio.run_coroutine_threadsafe(work, self._running())
        try:
            return future.result(timeout)
        except concurrent.futures.TimeoutError as problem:
            future.cancel()
            raise TimeoutError(f"'{self._name}' did not answer within {timeout} s.") from problem

    def soon(self, function: Callable[..., object], *args: object) -> None:
        """Have `function` called on the loop, and do not wait for it."""
        self._running().call_soon_threadsafe(function, *args)

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name=self._name, daemon=True)
                self._thread.start()
            return self._loop

    def stop(self) -> None:
        """Cancel what is under way, stop the loop and end its thread."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None:
            return
        with contextlib.suppress(TimeoutError, concurrent.futures.CancelledError):
            asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result(_STOP_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_STOP_SECONDS)
        if not thread.is_alive():
            loop.close()


async def _cancel_all() -> None:
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), _STOP_SECONDS)
    await asyncio.get_running_loop().shutdown_default_executor()
