"""Rolls customers' answers up by the second in which they were meant to be asked, and writes each second once, in order."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any, Final

from lab.company.customers.judging import FAILED, GOOD, LATE, UNJUDGED, WRONG

EXAMPLES: Final = 3
SHARED: Final = 5
"""Of how many seconds a version's share is taken (company minutes)."""
MOVED: Final = 0.05
FULL: Final = 0.99
Row = tuple[str, str, str, dict[str, Any]]


@dataclass
class Second:
    """One second of traffic: how many were asked in it, and what became of them."""

    number: int
    asked: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)
    focuses: Counter[str] = field(default_factory=Counter)
    worst_ms: float = 0.0
    lag_ms: float = 0.0
    examples: list[str] = field(default_factory=list)

    @property
    def is_answered(self) -> bool:
        """Whether every customer of this second has an answer, or has given up."""
        return self.kinds.total() >= self.asked

    def add(self, kind: str, *, version: str, milliseconds: float, sentence: str, focus: str = "") -> None:
        """Count one answer; `version` is empty where there was none, `focus` is the behaviour that was asked about."""
        self.kinds[kind] += 1
        self.worst_ms = max(self.worst_ms, milliseconds)
        if version:
            self.versions[version] += 1
            if focus and kind in (WRONG, FAILED):
                self.focuses[focus] += 1
        if sentence and kind in (WRONG, FAILED) and len(self.examples) < EXAMPLES and sentence not in self.examples:
            self.examples.append(sentence)

    def data(self) -> dict[str, Any]:
        """The fields of an `answers` event. `lag_ms` is how late we ourselves were in asking."""
        told = {kind: self.kinds[kind] for kind in (GOOD, WRONG, FAILED, LATE)}
        unjudged = {UNJUDGED: self.kinds[UNJUDGED]} if self.kinds[UNJUDGED] else {}
        times = {"worst_ms": round(self.worst_ms, 1), "lag_ms": round(self.lag_ms, 1)}
        seen = {"versions": dict(self.versions), "examples": self.examples} | ({"focuses": dict(self.focuses)} if self.focuses else {})
        return {"second": self.number} | told | unjudged | times | seen


@dataclass
class Seconds:
    """The seconds that are not written yet, and who was seen last."""

    open: dict[int, Second] = field(default_factory=dict)
    shares: dict[str, float] = field(default_factory=dict)
    _lately: deque[tuple[int, Counter[str]]] = field(default_factory=deque)

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
                rows += [("answers", "customers", "door", second.data()), *self._seen(number, second.versions)]
        return rows

    def _seen(self, number: int, versions: Counter[str]) -> list[Row]:
        """The picture of the door, a row for each version, whenever it is another than before.

        A share is that of the last `SHARED` seconds' answers. Another picture: a version came or went, one has (nearly) all
        answers now or no longer, or a share moved by `MOVED`.
        """
        if not versions:
            return []
        self._lately.append((number, versions))
        while self._lately[0][0] <= number - SHARED:
            self._lately.popleft()
        counts: Counter[str] = sum((seen for _, seen in self._lately), Counter())
        shares = {sha: round(count / counts.total(), 3) for sha, count in sorted(counts.items())}
        if not self._is_other(shares):
            return []
        self.shares = shares
        return [("version.seen", "customers", "door", {"sha": sha, "share": share, "second": number}) for sha, share in shares.items()]

    def _is_other(self, shares: dict[str, float]) -> bool:
        if set(shares) != set(self.shares):
            return True
        return any(abs(share - self.shares[sha]) >= MOVED or (share >= FULL) != (self.shares[sha] >= FULL) for sha, share in shares.items())
