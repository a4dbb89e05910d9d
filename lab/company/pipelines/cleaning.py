"""Removes what runs worked in, behind their backs: the thousands of links of a job's Python take a disk a second to forget."""

from __future__ import annotations

import queue
import shutil
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Cleaner:
    """Removes directories one after another in a thread of its own, between `start` and `stop`."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[Path | None] = queue.SimpleQueue()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._over.clear()
        self._thread = threading.Thread(target=self._clean, name="cleaner", daemon=True)
        self._thread.start()

    def remove(self, folder: Path) -> None:
        """Remove a directory soon; it need not be there."""
        self._waiting.put(folder)

    def stop(self) -> None:
        """Finish the directory that is being removed; what else waits is left."""
        self._over.set()
        self._waiting.put(None)
        if self._thread:
            self._thread.join()

    def _clean(self) -> None:
        while not self._over.is_set():
            folder = self._waiting.get()
            if folder is not None and not self._over.is_set():
                shutil.rmtree(folder, ignore_errors=True)
