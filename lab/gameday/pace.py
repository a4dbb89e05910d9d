"""How fast this machine is now, by a fixed workload, so that limits in seconds ask the same of every machine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from lab import process

if TYPE_CHECKING:
    from pathlib import Path

REFERENCE: Final = 0.45
"""Seconds of the workload on the reference machine (two cores, otherwise idle)."""
LIMIT: Final = 30.0
FRESH: Final = 5.0
_WORKLOAD: Final = "import fastapi, uvicorn, sqlite3"


_measured: list[tuple[float, float]] = []


def pace(python: Path) -> float:
    """How many times slower than the reference this machine is at this moment; at least 1.

    The workload is what most of a game day is made of: a Python that imports a web framework. Scenes that are played side by
    side share what one of them measured within the last `FRESH` seconds.
    """
    now = time.monotonic()
    if not _measured or now - _measured[-1][0] > FRESH:
        _measured[:] = [(now, _measure(python))]
    return _measured[-1][1]


def _measure(python: Path) -> float:
    began = time.monotonic()
    process.run([python, "-I", "-B", "-c", _WORKLOAD], cwd="/", timeout=LIMIT, env=process.environment())
    return max(1.0, (time.monotonic() - began) / REFERENCE)
