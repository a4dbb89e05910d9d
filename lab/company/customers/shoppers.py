"""Shoppers whose mix a scene decides: so many a second, on which routes; each visit is kept with its id and what became of it."""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lab.company.customers.asking import ask

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.company.loop import Loop

PATIENCE: Final = 3.0
LATE: Final = 1.0
SERVER_ERROR: Final = 500
CANARY: Final = "noor.canary@example.org"
MIX: Final[Mapping[str, float]] = {"/products/{sku}": 0.5, "/quotes": 0.3, "/orders": 0.2}


@dataclass(frozen=True)
class Visit:
    """One request: when it was meant (monotonic seconds), on which route, its id, its status (0: none) and how long it took."""

    at: float
    route: str
    id: str
    status: int
    seconds: float

    @property
    def is_bad(self) -> bool:
        """Whether a customer was let down: an error of the shop's, no answer, or one that took over a second."""
        return self.status == 0 or self.status >= SERVER_ERROR or self.seconds > LATE


@dataclass
class Shoppers:
    """Open-loop visits to `port`, `rate` a second, of products and countries in `tables`, drawn from `seed`."""

    loop: Loop
    port: int
    tables: Mapping[str, Any]
    seed: int
    rate: float = 0.0
    mix: Mapping[str, float] = field(default_factory=lambda: dict(MIX))
    lost: float = 0.0
    visits: list[Visit] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _coming: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        """Nobody comes before `start`."""
        self._luck = random.Random(f"shoppers {self.seed}")  # noqa: S311 - a simulation, drawn from a seed

    def start(self) -> None:
        """Let them come."""
        self.loop.call(self._begin(), timeout=5)

    def stop(self) -> None:
        """Let nobody come any more."""
        with contextlib.suppress(TimeoutError):
            self.loop.call(self._end(), timeout=PATIENCE + 2)

    async def _begin(self) -> None:
        self._coming = asyncio.create_task(self._come())

    async def _end(self) -> None:
        if self._coming:
            self._coming.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=PATIENCE + 1)

    async def _come(self) -> None:
        due = time.monotonic()
        while True:
            if self.rate <= 0:
                await asyncio.sleep(0.05)
                due = time.monotonic()
                continue
            await asyncio.sleep(max(due - time.monotonic(), 0))
            due = max(due, time.monotonic() - 1.0)
            self._send(due)
            due += 1 / self.rate

    def _send(self, due: float) -> None:
        task = asyncio.create_task(self._visit(due))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def burst(self, count: int, route: str) -> None:
        """`count` visits of one route, a few at a time, at once; returns when all have an answer."""
        self.loop.call(self._burst(count, route), timeout=60)

    def some(self, count: int, apart: float) -> None:
        """`count` visits, each `apart` seconds after the one before; returns at once."""

        async def come() -> None:
            for _ in range(count):
                self._send(time.monotonic())
                await asyncio.sleep(apart)

        self.loop.soon(lambda: self._tasks.add(asyncio.ensure_future(come())))

    async def _burst(self, count: int, route: str) -> None:
        turn = asyncio.Semaphore(8)

        async def one() -> None:
            async with turn:
                await self._visit(time.monotonic(), route)

        await asyncio.gather(*(one() for _ in range(count)))

    async def _visit(self, due: float, route: str = "") -> None:
        route = route or self._luck.choices(list(self.mix), list(self.mix.values()))[0]
        told = secrets.token_hex(8)
        question = self._question(route, told)
        answer = await ask(self.port, question, patience=PATIENCE)
        self.visits.append(Visit(due, route, told, answer.status, time.monotonic() - due))

    def _question(self, route: str, told: str) -> dict[str, Any]:
        """What is asked on a route. `lost` is the share of visits by a broken client, which asks for what is not there."""
        product = self._luck.choice(self.tables["products"])
        country = self._luck.choice(sorted(self.tables["tax"]["rates"]))
        headers = {"X-Request-Id": told}
        if self._luck.random() < self.lost:
            return {"method": "GET", "path": f"/products/{secrets.token_hex(4)}", "headers": headers}
        if route == "/products/{sku}":
            return {"method": "GET", "path": f"/products/{product['sku']}", "headers": headers}
        body: dict[str, Any] = {"lines": [{"sku": product["sku"], "quantity": 1}], "country": country, "coupon": None}
        if route == "/quotes":
            return {"method": "POST", "path": "/quotes", "headers": headers, "json": body}
        body["customer"] = CANARY
        return {"method": "POST", "path": "/orders", "headers": headers | {"Idempotency-Key": told}, "json": body}

    def since(self, moment: float, until: float = float("inf")) -> list[Visit]:
        """The visits that were meant to be in that span, in that order."""
        return sorted((visit for visit in list(self.visits) if moment <= visit.at < until), key=lambda visit: visit.at)
