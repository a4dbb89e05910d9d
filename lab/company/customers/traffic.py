"""The customers: they come when they mean to, whether or not the shop keeps up, and their waiting counts from then.

An open loop (Gil Tene's "coordinated omission" is what a closed one suffers from): a shop that stands still for two
seconds at twenty customers a second keeps forty of them waiting, not one.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lab.company.customers import asking
from lab.company.customers.judging import FAILED, GOOD, LATE, WRONG, Judge, Oracle, Question, Tables, Truth
from lab.company.customers.report import CustomersReport, report
from lab.company.customers.seconds import Row, Second, Seconds
from lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lab.company.loop import Loop
    from lab.ledger.store import Ledger

LATE_AFTER: Final = 1.0
BEHIND: Final = 5.0
_BATCH: Final = 240
_TICK: Final = 0.2
_GRACE: Final = 0.5
"""How late a customer may be sent on a slow machine before the second they meant is written (real seconds)."""
_KEPT_ROWS: Final = 2_000
_AT_ONCE: Final = 6
_EXAMPLES: Final = 5
_KEY: Final = "Idempotency-Key"
HELLO: Final[Question] = {"method": "GET", "path": "/healthz", "headers": {}, "json": None}


@dataclass(frozen=True)
class Observation:
    """What `asked` known-answer questions showed just now. `version` is the sha that answered most, empty if none did."""

    version: str
    asked: int
    right: int
    wrong: int
    failed: int
    examples: tuple[str, ...] = ()
    versions: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_right(self) -> bool:
        """Whether every answer was right."""
        return self.asked > 0 and self.right == self.asked


@dataclass
class Customers:
    """Traffic of `rate` customers a second through the door at `port`, drawn from `seed`; 0 is nobody.

    `start` and `stop` are for the company's owner; `observe` and `report` work in any process. `contents` tells what a version
    holds: written down as `version.known` when a version is seen for the first time, so that whoever reads the ledger needs no git.
    """

    loop: Loop
    port: int
    oracle: Oracle
    truth: Truth
    ledger: Ledger
    rate: float = 0.0
    seed: int = 0
    contents: Callable[[str], Mapping[str, Any]] | None = None

    def __post_init__(self) -> None:
        """Nobody asks before `start`."""
        self._judge = Judge(self.oracle, self.truth)
        self._seconds = Seconds()
        self._unwritten: list[Row] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._buying: list[asyncio.Task[None]] = []
        self._luck = random.Random(f"customers {self.seed}")  # noqa: S311 - a simulation, drawn from a seed
        self._supply: list[Question] = []
        self._supplied_for: Tables | None = None
        self._supplying: asyncio.Task[None] | None = None
        self._version = asking.UNKNOWN
        self._opened = self._started = 0.0
        self._scale = 1.0
        self._known: set[str] | None = None

    def start(self) -> None:
        """Let them come.

        Raises:
            WorldUnavailable: the ledger can't be read.
        """
        self._scale = self.ledger.scale()
        self._opened, self._started = self.ledger.minute(), time.monotonic()
        self.loop.call(self._begin(), timeout=10)

    def stop(self) -> None:
        """Let nobody come any more, wait for the answers that are still out, and write them down."""
        with contextlib.suppress(TimeoutError):
            self.loop.call(self._end(), timeout=asking.PATIENCE + 5)

    @property
    def is_buying(self) -> bool:
        """Whether they come."""
        return bool(self._buying)

    def report(self, since_seq: int = 0, *, since_minute: float | None = None) -> CustomersReport:
        """What they got after the event `since_seq`, from the ledger."""
        return report(self.ledger, since_seq=since_seq, since_minute=since_minute)

    def observe(self, n: int, expect_sha: str | None = None, *, focus: str | None = None) -> Observation:
        """Ask `n` known-answer questions now, about `focus` or mixed; nothing is written down.

        With `expect_sha`, an answer is right only if that version gave it, and is right by that version's tables.
        """
        return self.loop.call(self._observe(n, expect_sha, focus), timeout=30 + n * asking.PATIENCE)

    async def _begin(self) -> None:
        if not self._buying:
            self._buying = [asyncio.create_task(self._buy()), asyncio.create_task(self._write_on())]

    async def _end(self) -> None:
        for task in self._buying:
            task.cancel()
        await asyncio.gather(*self._buying, return_exceptions=True)
        self._buying = []
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=asking.PATIENCE + 1)
        await self._write(before=sys.maxsize)

    async def _buy(self) -> None:
        """Send a customer whenever one is due. Where we were held up ourselves for long, the missed ones never come."""
        now = asyncio.get_running_loop().time
        due = now()
        while True:
            if self.rate <= 0:
                await asyncio.sleep(_TICK)
                due = now()
                continue
            if not self._supply:
                await self._supply_for(self._version)
                due = max(due, now())
            await asyncio.sleep(max(due - now(), 0))
            if now() - due > BEHIND:
                due = now()
            self._send(self._question(), due)
            due += 1 / self.rate

    def _question(self) -> Question:
        """The next question. While new ones are made up for a new version, the old ones are asked on."""
        if self._supplying is None or self._supplying.done():
            self._supplying = asyncio.create_task(self._supply_for(self._version))
        return _renewed(self._luck.choice(self._supply)) if self._supply else HELLO

    async def _supply_for(self, version: str) -> None:
        try:
            tables = await self._judge.tables(version)
            if tables is not self._supplied_for and tables != self._supplied_for:
                self._supply = await asyncio.to_thread(self.oracle.questions, self.seed, tables, _BATCH)
            self._supplied_for = tables
        except LabError as problem:
            sys.stderr.write(f"Customers do not know what to ask: {problem}\n")

    def _send(self, question: Question, due: float) -> None:
        task = asyncio.create_task(self._visit(question, due))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _visit(self, question: Question, due: float) -> None:
        """One customer: a question, and what follows from its answer."""
        answer = await self._one(question, due)
        if answer.status and not answer.failure:
            for step in self._followed(question, answer):
                await self._one(step, asyncio.get_running_loop().time())

    async def _one(self, question: Question, due: float) -> asking.Answer:
        now = asyncio.get_running_loop().time
        second = self._second(due)
        second.asked += 1
        second.lag_ms = max(second.lag_ms, (now() - due) * 1000)
        answer = await asking.ask(self.port, question)
        waited = now() - due
        verdict = await self._judge.verdict(question, answer)
        kind = LATE if verdict.kind == GOOD and waited > LATE_AFTER else verdict.kind
        version = "" if answer.failure and answer.version == asking.UNKNOWN else answer.version
        self._version = version or self._version
        focus = str(question.get("focus", ""))
        second.add(kind, version=version, milliseconds=waited * 1000, sentence=verdict.sentence, focus=focus)
        return answer

    def _second(self, due: float) -> Second:
        """The company's second in which a customer meant to ask."""
        lag = asyncio.get_running_loop().time() - due
        return self._seconds.at(int(self._now(lag)))

    def _now(self, ago: float = 0.0) -> float:
        """Company time `ago` real seconds ago."""
        return self._opened + (time.monotonic() - self._started - ago) * self._scale

    def _followed(self, question: Question, answer: asking.Answer) -> list[Question]:
        try:
            return [step for step in self.oracle.steps(question, answer.body) if not step.get("days")]
        except Exception:  # noqa: BLE001 - an oracle is a scenario's code, and an answer may be anything at all
            return []

    async def _write_on(self) -> None:
        """Write each second once it is over and answered."""
        while True:
            await asyncio.sleep(_TICK)
            await self._write(before=int(self._now(_GRACE)))

    async def _write(self, *, before: int) -> None:
        """Write what is complete; what a full disk refuses is kept and tried again."""
        self._unwritten = (self._unwritten + self._seconds.take(before=before))[-_KEPT_ROWS:]
        if not self._unwritten:
            return
        rows = list(self._unwritten)
        try:
            await asyncio.to_thread(self._append, rows)
        except LabError as problem:
            sys.stderr.write(f"Customers' answers could not be written: {problem}\n")
            return
        del self._unwritten[: len(rows)]

    def _append(self, rows: list[Row]) -> None:
        """Write rows; what a version holds comes before its first sight."""
        seen = {str(row[3]["sha"]) for row in rows if row[0] == "version.seen"}
        told: list[Row] = []
        if seen and self.contents:
            if self._known is None:
                self._known = {str(event.data["sha"]) for event in self.ledger.events("version.known")}
            new = sorted(seen - self._known)
            told = [("version.known", "customers", "door", {"sha": sha, **self.contents(sha)}) for sha in new]
        self.ledger.append_many([*told, *rows])
        if self._known is not None:
            self._known |= seen

    async def _observe(self, n: int, expect_sha: str | None, focus: str | None) -> Observation:
        seen = await asking.ask(self.port, HELLO)
        tables = await self._judge.tables(expect_sha or seen.version)
        asked = await asyncio.to_thread(lambda: self.oracle.questions(self.seed + secrets.randbelow(_BATCH), tables, n, focus=focus))
        turn = asyncio.Semaphore(_AT_ONCE)
        results: list[tuple[str, str, str]] = []

        async def visit(question: Question) -> None:
            async with turn:
                answer = await self._noted(question, expect_sha, results)
                for step in [] if answer.failure else self._followed(question, answer):
                    await self._noted(step, expect_sha, results)

        await asyncio.gather(*(visit(_renewed(question)) for question in asked))
        return _observation(results)

    async def _noted(self, question: Question, expect_sha: str | None, results: list[tuple[str, str, str]]) -> asking.Answer:
        answer = await asking.ask(self.port, question)
        verdict = await self._judge.verdict(question, answer, sha=expect_sha)
        kind, sentence = verdict.kind, verdict.sentence
        if expect_sha and kind == GOOD and answer.version != expect_sha:
            kind, sentence = WRONG, f"version '{answer.version[:12]}' answered, '{expect_sha[:12]}' was expected"
        results.append((kind, sentence, "" if answer.failure else answer.version))
        return answer


def _renewed(question: Question) -> dict[str, Any]:
    """The question with an idempotency key that no order had before."""
    headers = dict(question.get("headers") or {})
    if _KEY in headers:
        headers[_KEY] = secrets.token_hex(8)
    return {**question, "headers": headers}


def _observation(results: list[tuple[str, str, str]]) -> Observation:
    kinds = Counter(kind for kind, _, _ in results)
    versions = Counter(version for _, _, version in results if version)
    sentences = dict.fromkeys(sentence for kind, sentence, _ in results if kind in (WRONG, FAILED))
    return Observation(
        version=versions.most_common(1)[0][0] if versions else "",
        asked=kinds[GOOD] + kinds[WRONG] + kinds[FAILED],
        right=kinds[GOOD],
        wrong=kinds[WRONG],
        failed=kinds[FAILED],
        examples=tuple(sentences)[:_EXAMPLES],
        versions=dict(versions),
    )
