"""Times things against one another: shuffled rounds, so that a machine that grows warm or busy is fair to all of them."""

from __future__ import annotations

import random
import statistics
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

ROUNDS = 10


@dataclass(frozen=True)
class Row:
    """One line of the table. `seconds` and `base` are the medians of what was measured and of what it is held against; None: no time.

    `value` is the number that the goal is about, `unit` how it is written after it: times, seconds, or nothing.
    """

    subject: str
    command: str
    against: str
    seconds: float | None
    base: float | None
    value: float
    goal: float
    unit: str
    rounds: int
    note: str = ""

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached."""
        return self.value <= self.goal


def medians(things: Mapping[str, Callable[[], object]], *, rounds: int, tell: Callable[[str], None]) -> dict[str, float]:
    """The median real seconds of each thing; each round does all of them once, in an order of its own.

    What a thing returns is taken for its seconds if it is a float: it knows better what to time.
    """
    seconds: dict[str, list[float]] = {name: [] for name in things}
    for number in range(1, rounds + 1):
        order = list(things)
        random.shuffle(order)
        for name in order:
            began = time.monotonic()
            told = things[name]()
            seconds[name].append(told if isinstance(told, float) else time.monotonic() - began)
        tell(f"round {number} of {rounds}: " + ", ".join(f"{name} {times[-1]:.3f} s" for name, times in seconds.items()))
    return {name: statistics.median(times) for name, times in seconds.items()}


def run(words: Sequence[str | Path], *, cwd: Path | None = None, env: Mapping[str, str] | None = None, codes: Sequence[int] = (0,)) -> str:
    """Run a command to its end and give what it printed.

    Raises:
        SystemExit: it ended with another code than `codes`; what it measured would mean nothing.
    """
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env=None if env is None else dict(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode not in codes:
        raise SystemExit(f"'{' '.join(str(word) for word in words)}' ended with {done.returncode}:\n{text[-2000:]}")
    return text
