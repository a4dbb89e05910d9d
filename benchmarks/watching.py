"""What monitoring rests on: customers who come on time and are timed truly, a ledger that keeps up, a game day as long as its script."""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.measuring import Row, medians

if TYPE_CHECKING:
    from collections.abc import Callable

RATE = 500
SECONDS = 10
APART = 2.0
EVENTS = 10_000
BATCH = 100
LONGER = 1.2
QUIET = ("one-dead", "4xx-storm", "restart", "healthy-x8", "exporter-down")
TABLES = {"products": [{"sku": "BENCH-1"}], "tax": {"rates": {"DE": "19"}}}
SHOP = """
import asyncio, sys

async def guest(reader, writer):
    try:
        while head := await reader.readuntil(b"\\r\\n\\r\\n"):
            length = next((int(line.split(b":")[1]) for line in head.split(b"\\r\\n") if line.lower().startswith(b"content-length:")), 0)
            await reader.readexactly(length)
            await asyncio.sleep(0.005)
            ends = b"connection: close" in head.lower()
            writer.write(b"HTTP/1.1 200 OK\\r\\ncontent-type: application/json\\r\\ncontent-length: 2\\r\\n\\r\\n{}")
            await writer.drain()
            if ends:
                break
    except (OSError, EOFError):
        pass
    writer.close()

async def main():
    server = await asyncio.start_server(guest, "127.0.0.1", int(sys.argv[1]), backlog=512)
    await server.serve_forever()

asyncio.run(main())
"""


def measure(*, rounds: int, tell: Callable[[str], None]) -> list[Row]:
    """Customers against wrk, the ledger against the clock, a game day against its script."""
    return [*_customers(rounds, tell), _ledger(rounds, tell), _script(tell)]


def _customers(rounds: int, tell: Callable[[str], None]) -> list[Row]:
    """One core asks 500 times a second; meanwhile wrk asks the same shop, with two connections, on the other cores."""
    waits: list[float] = []
    theirs: list[float] = []
    took: list[float] = []
    for number in range(1, rounds + 1):
        ours, wrk, seconds = _asked()
        waits.append(ours)
        theirs.append(wrk)
        took.append(seconds)
        tell(f"round {number} of {rounds}: customers {ours * 1000:.2f} ms, wrk {wrk * 1000:.2f} ms, {seconds:.2f} s")
    ours, wrk, seconds = (statistics.median(values) for values in (waits, theirs, took))
    apart, name = abs(ours - wrk) * 1000, f"a customer's wait, at {RATE} a second"
    return [
        Row(name, "Shoppers", "wrk", ours, wrk, apart, APART, "ms apart", rounds, "medians of one run; customers come from one core"),
        Row(f"{RATE * SECONDS:,} customers, {RATE} a second", "Shoppers", "", seconds, None, seconds, SECONDS * 1.02, "s", rounds),
    ]


def _asked() -> tuple[float, float, float]:
    """The median wait of a customer and of wrk (seconds), and how long it took until all customers had come."""
    from lab.company.customers.shoppers import Shoppers  # noqa: PLC0415 - only here
    from lab.company.loop import Loop  # noqa: PLC0415
    from lab.company.servers import ports  # noqa: PLC0415

    port = ports.allot()
    number = port.number
    port.release()
    shop = subprocess.Popen([sys.executable, "-c", SHOP, str(number)])
    loop, cores = Loop("bench"), _cores()
    try:
        while not ports.is_answering(number):
            time.sleep(0.05)
        words = [shutil.which("wrk") or "wrk", "-t1", "-c2", f"-d{SECONDS}s", "--latency", f"http://127.0.0.1:{number}/products/BENCH-1"]
        wrk = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        _pin(cores[:1])
        shoppers = Shoppers(loop, number, TABLES, 1, rate=RATE)
        began = time.monotonic()
        shoppers.start()
        while len(shoppers.visits) < RATE * SECONDS and time.monotonic() - began < SECONDS * 3:
            time.sleep(0.01)
        took = time.monotonic() - began
        shoppers.stop()
        said = wrk.communicate(timeout=60)[0]
        bad = [visit for visit in shoppers.visits if visit.status != 200]
        if bad:
            raise SystemExit(f"{len(bad)} of {len(shoppers.visits)} customers got no answer.")
        return statistics.median(visit.seconds for visit in shoppers.visits), _half(said), took
    finally:
        _pin(cores)
        loop.stop()
        shop.kill()
        shop.wait()


def _half(said: str) -> float:
    """The median in wrk's table, in seconds."""
    found = re.search(r"50%\s+([\d.]+)(us|ms|s)\b", said)
    if not found:
        raise SystemExit(f"wrk said nothing of its median:\n{said}")
    return float(found[1]) * {"us": 1e-6, "ms": 1e-3, "s": 1.0}[found[2]]


def _cores() -> list[int]:
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def _pin(cores: list[int]) -> None:
    """Every thread of this process on these cores, where the system can do that."""
    if cores:
        for thread in Path("/proc/self/task").iterdir():
            os.sched_setaffinity(int(thread.name), cores)


def _ledger(rounds: int, tell: Callable[[str], None]) -> Row:
    """Events as customers write them: a batch in one transaction."""
    from lab.ledger.store import Ledger  # noqa: PLC0415 - only here

    with TemporaryDirectory() as folder:
        numbers = iter(range(rounds))

        def write() -> None:
            ledger = Ledger.create(Path(folder) / f"{next(numbers)}.db")
            for first in range(0, EVENTS, BATCH):
                rows = [("answers", "customers", "door", {"second": second, "good": 3}) for second in range(first, first + BATCH)]
                ledger.append_many(rows)

        took = medians({"ledger": write}, rounds=rounds, tell=tell)["ledger"]
    return Row(f"{EVENTS:,} events into the ledger, {BATCH} at a time", "Ledger.append_many", "", took, None, took, 1.0, "s", rounds)


def _script(tell: Callable[[str], None]) -> Row:
    """A week in which nobody is hurt has a length that its script says; what is longer is start and stop."""
    from lab.company.faults import FAULTS  # noqa: PLC0415 - only here
    from lab.company.monitoring.durations import MINUTE  # noqa: PLC0415
    from lab.gameday.outlook import BETWEEN, Outlook  # noqa: PLC0415
    from lab.gameday.stagehand import Stagehand  # noqa: PLC0415

    quiet = 2.0
    minutes = 1 + quiet + sum(FAULTS[kind].lasts for kind in QUIET) + BETWEEN * (len(QUIET) - 1)
    with TemporaryDirectory() as folder, _company(Path(folder), tell) as company:
        company.start(customers=0)
        with Stagehand(company, seed=1, room=Path(folder) / "room", tell=tell) as hand:
            began = time.monotonic()
            watch = Outlook(hand).watch(QUIET, instances=4, rate=4, quiet=quiet)
            took = time.monotonic() - began
    if watch.problem or len(watch.incidents) != len(QUIET):
        raise SystemExit(f"The game day could not be played: {watch.problem}")
    script = minutes * MINUTE
    return Row("a game day of C7", "quiet-week", "its script", took, script, took / script, LONGER, "times", 1)


def _company(folder: Path, tell: Callable[[str], None]):  # noqa: ANN202 - a company, whose class is imported late
    """A company with the first solution of every stage, and its monitoring."""
    from lab.company.pipelines.toolchain import Toolchain  # noqa: PLC0415 - only here
    from lab.gameday import opening  # noqa: PLC0415
    from lab.gameday.laying import commit_layers  # noqa: PLC0415
    from lab.scenario import library  # noqa: PLC0415
    from lab.session.wiring import read_scenario  # noqa: PLC0415

    Toolchain.find().prepare(tell)
    scenario = read_scenario(library.find("company-evolution"))
    company = opening.found_company(folder / "company", scenario, seed=5)
    for stage in scenario.stages:
        opening.lay_start(company, stage)
        commit_layers(company, [stage.solutions[0].path], folder / stage.id, message=f"Solve '{stage.title}'")
    watching = next(scenario.path.glob("*/eyes/solutions/burn-rate"))  # a stage or a draft
    commit_layers(company, [watching], folder / "watching", message="Watch the shop")
    return company
