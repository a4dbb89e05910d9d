"""What a proof says: a row for each case and seed, and what only all of them show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One case with one seed: how long it took (real seconds) and what is not as it must be.

    `commit` and `date` (ISO 8601, UTC) say when it was played; `is_remembered` that it was not played now.
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
