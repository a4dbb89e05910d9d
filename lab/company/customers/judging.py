"""Holds an answer against what is true for the version that gave it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from lab.errors import LabError

if TYPE_CHECKING:
    from lab.company.customers.asking import Answer

Tables = Mapping[str, Any]
Question = Mapping[str, Any]
GOOD: Final = "good"
WRONG: Final = "wrong"
FAILED: Final = "failed"
LATE: Final = "late"
UNJUDGED: Final = "unjudged"
_FRESH_SECONDS: Final = 2.0


class Oracle(Protocol):
    """What customers need of the scenario's oracle."""

    def questions(self, seed: int, tables: Any, n: int, *, focus: str | None = None) -> list[Any]:
        """`n` known-answer questions, about one behaviour or mixed as customers ask."""

    def steps(self, question: Any, body: object) -> list[Any]:
        """What is asked next, once `question` was answered with `body`."""

    def judge(self, question: Any, status: int, body: object, tables: Any) -> str | None:
        """None when the answer is right, else one sentence."""


class Truth(Protocol):
    """Which tables are true for which version."""

    def tables_at(self, sha: str) -> Tables | None:
        """The tables that hold at a commit; None if the forge does not know it."""

    def tables_now(self) -> Tables:
        """The tables that hold at the forge's `main`."""


@dataclass(frozen=True)
class Verdict:
    """What became of one answer: good, wrong, failed, late or unjudged; `sentence` says what was amiss."""

    kind: str
    sentence: str = ""


@dataclass
class Judge:
    """Judges answers by the version that each names itself (`X-Version`)."""

    oracle: Oracle
    truth: Truth
    _known: dict[str, Tables] = field(default_factory=dict)
    _now: tuple[float, Tables] | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def verdict(self, question: Question, answer: Answer, *, sha: str | None = None) -> Verdict:
        """Judge one answer by the tables of `sha`, or of the version that it names. Never raises."""
        if answer.failure:
            return Verdict(FAILED, answer.failure)
        try:
            tables = await self.tables(sha or answer.version)
            sentence = self.oracle.judge(question, answer.status, answer.body, tables)
        except LabError as problem:
            sys.stderr.write(f"An answer could not be judged: {problem}\n")
            return Verdict(UNJUDGED, problem.message)
        except Exception as problem:  # noqa: BLE001 - an oracle is a scenario's code, and an answer may be anything at all
            sentence = f"{question['method']} {question['path']}: the answer could not be understood ({type(problem).__name__})"
        return Verdict(WRONG, sentence) if sentence else Verdict(GOOD)

    async def tables(self, sha: str) -> Tables:
        """The tables that are true for `sha`; those of the forge's `main` where nobody knows it.

        Raises:
            LabError: the forge could not be read.
        """
        if sha in self._known:
            return self._known[sha]
        async with self._lock:
            if sha not in self._known:
                found = await asyncio.to_thread(self.truth.tables_at, sha)
                if found is None:
                    return await self._tables_now()
                self._known[sha] = found
            return self._known[sha]

    async def _tables_now(self) -> Tables:
        if self._now is None or time.monotonic() - self._now[0] > _FRESH_SECONDS:
            self._now = (time.monotonic(), await asyncio.to_thread(self.truth.tables_now))
        return self._now[1]
