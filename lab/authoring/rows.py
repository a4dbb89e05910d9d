"""What a proof says: a row for each case and seed, and what only all of them show."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Row:
    """One case with one seed: how long it took (real seconds) and what is not as it must be.

    `began` is when, of the monotonic clock of the process that played it. `commit` and `date` (ISO 8601, UTC) say when it was played;
    `is_remembered` that it was not played now; `explained` why a mutant survives.
    """

    stage: str
    case: str
    kind: str
    seed: int
    seconds: float
    passed: int
    failed: int
    holes: tuple[str, ...]
    refused: tuple[str, ...] = ()
    commit: str = ""
    date: str = ""
    is_remembered: bool = False
    began: float = 0.0
    explained: str = ""

    @property
    def is_proven(self) -> bool:
        """Whether there is no hole."""
        return not self.holes


@dataclass(frozen=True)
class ProofReport:
    """All rows, and what only all of them together show."""

    rows: tuple[Row, ...]
    holes: tuple[str, ...] = ()

    @property
    def is_proven(self) -> bool:
        """Whether there is no hole anywhere."""
        return not self.holes and all(row.is_proven for row in self.rows)


def shared_seconds(rows: Sequence[Row]) -> dict[str, float]:
    """How much of the time that passed is each stage's: each moment is divided among the rows that were running in it.

    The sum of all is the time that passed (real seconds). Rows that sleep side by side so cost what one has to wait for them, and
    those that are remembered nothing.
    """
    spent = dict.fromkeys((row.stage for row in rows), 0.0)
    played = [row for row in rows if not row.is_remembered]
    moments = sorted({moment for row in played for moment in (row.began, row.began + row.seconds)})
    for begin, end in pairwise(moments):
        running = [row for row in played if row.began <= begin and end <= row.began + row.seconds]
        for row in running:
            spent[row.stage] += (end - begin) / len(running)
    return spent
