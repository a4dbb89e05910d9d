"""What scenes share on one machine: places for pipelines, beds for the sleepy, and turns of being alone where time is judged."""

from __future__ import annotations

import contextlib
import os
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

CORES: Final = os.cpu_count() or 1
BEDS: Final = CORES + 1
"""How many sleepy scenes are played at once."""


@dataclass
class Machine:
    """One machine's cores. `slots` are entered around each pipeline run, a `beds` one around each sleepy scene; a timed one is `alone`."""

    slots: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(CORES))
    beds: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(BEDS))
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _playing: int = 0
    _waiting: int = 0
    _is_alone: bool = False

    @contextlib.contextmanager
    def shared(self) -> Iterator[None]:
        """Play beside others; waits while a scene is alone or waits to be."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_alone and not self._waiting)
            self._playing += 1
        try:
            yield
        finally:
            with self._changed:
                self._playing -= 1
                self._changed.notify_all()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Play with nobody beside: waits until the others have ended, and keeps new ones waiting."""
        with self._changed:
            self._waiting += 1
            self._changed.wait_for(lambda: not self._is_alone and not self._playing)
            self._waiting -= 1
            self._is_alone = True
        try:
            yield
        finally:
            with self._changed:
                self._is_alone = False
                self._changed.notify_all()
