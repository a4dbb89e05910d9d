"""Many customers at once ask one container that has little memory."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from lab.company.customers import asking
from lab.gameday.dock import EXECUTE_SECONDS, Conditions
from lab.gameday.imaging import Loaded
from lab.gameday.probing import image_of, question

if TYPE_CHECKING:
    from lab.gameday.dock import Container, Dock
    from lab.gameday.imaging import ImageTried

AT_ONCE: Final = 8
SLACK: Final = 30.0
MEGABYTE: Final = 1_000_000
_KILLED: Final = re.compile(r"^oom_kill (\d+)$", re.MULTILINE)
_COUNTS: Final = ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")
_PEAKS: Final = ("/sys/fs/cgroup/memory.peak", "/sys/fs/cgroup/memory/memory.max_usage_in_bytes")


@dataclass
class _Count:
    asked: int = 0
    failed: int = 0
    example: str = ""


def under_load(dock: Dock, tried: ImageTried, *, memory: int, seconds: float) -> Loaded:
    """Let `AT_ONCE` customers at a time ask for prices for `seconds`; the container has `memory` bytes and no swap."""
    image = image_of(tried)
    with dock.life(image, Conditions(f"with {memory / MEGABYTE:.0f} MB of memory", memory=memory)) as (begun, container):
        if container is None:
            return Loaded(tried.built, begun, memory, seconds)
        count = _Count()
        if begun.answered is not None:
            asked = question(dock, container)
            count = dock.loop.call(_ask_all(container.port, asked, seconds), timeout=seconds + SLACK)
        state = dock.engine.state(container.id)
        ended = None if state and state.is_running else state.exit_code if state else 0
        life = replace(begun, exit=ended, log=dock.log(container))
        killed, peak = _of_memory(dock, container)
        if state and state.is_out_of_memory:
            killed = max(killed, 1)
        return Loaded(tried.built, life, memory, seconds, count.asked, count.failed, killed, peak, count.example)


async def _ask_all(port: int, asked: Any, seconds: float) -> _Count:
    count, deadline = _Count(), time.monotonic() + seconds

    async def customer() -> None:
        while time.monotonic() < deadline:
            answer = await asking.ask(port, {"method": "POST", "path": "/quotes", "json": asked})
            count.asked += 1
            if answer.failure:
                count.failed += 1
                count.example = count.example or answer.failure

    await asyncio.gather(*(customer() for _ in range(AT_ONCE)))
    return count


def _of_memory(dock: Dock, container: Container) -> tuple[int, int]:
    """How many processes the kernel ended for want of memory, and the most bytes in use; 0 where it does not say."""
    said, peak = _KILLED.search(_read(dock, container, _COUNTS)), _read(dock, container, _PEAKS).strip()
    return int(said[1]) if said else 0, int(peak) if peak.isdigit() else 0


def _read(dock: Dock, container: Container, files: tuple[str, ...]) -> str:
    """The first of these files that is there, as the container sees it; empty when there is none, or no program to read with."""
    for file in files:
        done = dock.engine.execute(container.id, ["cat", file], timeout=EXECUTE_SECONDS)
        if done.is_success:
            return done.output
    return ""
