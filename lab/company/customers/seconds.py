"""Rolls customers' answers up by the second in which they were meant to be asked, and writes each second once, in order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from lab.company.customers.judging import FAILED, GOOD, LATE, UNJUDGED, WRONG

EXAMPLES: Final = 3
Row = tuple[str, str, str, dict[str, Any]]


@dataclass
class Second:
    """One second of traffic: how many were asked in it, and what became of them."""

    number: int
    asked: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)
    worst_ms: float = 0.0
    lag_ms: float = 0.0
    examples: list[str] = field(default_factory=list)

    @property
    def is_answered(self) -> bool:
        """Whether every customer of this second has an answer, or has given up."""
        return self.kinds.total() >= self.asked

    def add(self, kind: str, *, version: str, milliseconds: float, sentence: str) -> None:
        """Count one answer; `version` is empty where there was none."""
        self.kinds[kind] += 1
        self.worst_ms = max(self.worst_ms, milliseconds)
        if version:
            self.versions[version] += 1
        if sentence and kind in (WRONG, FAILED) and len(self.examples) < EXAMPLES and sentence not in self.examples:
            self.examples.append(sentence)

    def data(self) -> dict[str, Any]:
        """The fields of an `answers` event. `lag_ms` is how late we ourselves were in asking."""
        told = {kind: self.kinds[kind] for kind in (GOOD, WRONG, FAILED, LATE)}
        unjudged = {UNJUDGED: self.kinds[UNJUDGED]} if self.kinds[UNJUDGED] else {}
        times = {"worst_ms": round(self.worst_ms, 1), "lag_ms": round(self.lag_ms, 1)}
        return {"second": self.number} | told | unjudged | times | {"versions": dict(self.versions), "examples": self.examples}


@dataclass
class Seconds:
    """The seconds that are not written yet, and who was seen last."""

    open: dict[int, Second] = field(default_factory=dict)
    shares: dict[str, float] = field(default_factory=dict)

    def at(self, number: int) -> Second:
        """The second of that number; it stays open until each of its customers has an answer."""
        return self.open.setdefault(number, Second(number))

    def take(self, *, before: int) -> list[Row]:
        """The rows of the oldest seconds before `before` that are answered whole; they are forgotten here."""
        rows: list[Row] = []
        for number in sorted(self.open):
            if number >= before or not self.open[number].is_answered:
                break
            second = self.open.pop(number)
            if second.kinds:
                rows += [("answers", "customers", "door", second.data()), *self._seen(second.versions)]
        return rows

    def _seen(self, versions: Counter[str]) -> list[Row]:
        """A row for each version, whenever there is one that was not there before or one is gone."""
        if not versions or set(versions) == set(self.shares):
            return []
        total = versions.total()
        self.shares = {sha: round(count / total, 3) for sha, count in versions.items()}
        return [("version.seen", "customers", "door", {"sha": sha, "share": share}) for sha, share in self.shares.items()]
