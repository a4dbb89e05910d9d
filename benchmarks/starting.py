"""How long `lab start` takes once everything is installed: from the command to the line that one pastes."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING

from benchmarks.measuring import Row, medians, run
from benchmarks.places import LAB, PYTHON, environment, room

if TYPE_CHECKING:
    from collections.abc import Callable

GOAL = 5.0


def measure(*, rounds: int, tell: Callable[[str], None]) -> list[Row]:
    """Each round opens a workspace of its own and ends it; the ending is not counted."""
    with room() as folder:
        env, numbers = environment(), itertools.count(1)

        def start() -> float:
            place = folder / f"harborline-{next(numbers)}"
            began = time.monotonic()
            try:
                run([LAB, "start", "--dir", place, "--seed", "7"], cwd=folder, env=env)
                return time.monotonic() - began
            finally:
                run([LAB, "-C", place, "down"], cwd=folder, env=env, codes=range(256))

        took = medians({"pass": lambda: run([PYTHON, "-c", "pass"]), "start": start}, rounds=rounds, tell=tell)
    return [Row("`lab start`", "lab start", "", took["start"], None, took["start"], GOAL, "s", rounds)]
