"""Floods of different requests, and what the logs say of one: the parts of a monitored shop's scenes that need no pager."""

from __future__ import annotations

import asyncio
import json
import random
import re
import urllib.request
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from lab.company.customers.shoppers import CANARY
from lab.gameday.watched import Exposed, LogFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lab.gameday.outcomes import VerbRun

SIDE_BY_SIDE: Final = 4
LONGEST: Final = 100_000_000
SERVICES: Final = ("door", "storefront", "payments")
_NAME: Final = re.compile(rb"^([a-zA-Z_:][a-zA-Z0-9_:]*)")


async def flood(port: int, tables: Mapping[str, Any], count: int, *, seed: int) -> Exposed:
    """Ask `count` different things over a few kept connections, then read `/metrics`."""
    luck = random.Random(f"flood {seed}")  # noqa: S311 - a simulation, drawn from a seed
    skus = [product["sku"] for product in tables["products"]]
    paths = [_path(luck, skus, number) for number in range(count)]
    await asyncio.gather(*(_ask_all(port, paths[start::SIDE_BY_SIDE]) for start in range(SIDE_BY_SIDE)))
    try:
        body = await asyncio.to_thread(_metrics, port)
    except OSError as problem:
        return Exposed(count, 0, problem=str(problem))
    lines = [line for line in body.splitlines() if line and not line.startswith(b"#")]
    names = Counter(match[1].decode() for line in lines if (match := _NAME.match(line)))
    examples = tuple(f"{name}: {number} lines" for name, number in names.most_common(4))
    return Exposed(count, len(lines), examples)


def _metrics(port: int) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        found: bytes = answer.read(LONGEST)
    return found


def _path(luck: random.Random, skus: Sequence[str], number: int) -> str:
    """A path that nobody asked for before: a made-up page, product, order or customer."""
    word = f"{luck.getrandbits(40):010x}"
    kinds = (
        f"/{word}/{number}",
        f"/products/{word}",
        f"/orders/{word}",
        f"/products/{luck.choice(skus)}?customer={word}",
        f"/users/{number}",
    )
    return kinds[number % len(kinds)]


async def _ask_all(port: int, paths: Sequence[str]) -> None:
    """One connection, kept as long as the shop keeps it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number, path in enumerate(paths):
        writer.write(f"GET {path} HTTP/1.1\r\nhost: shop\r\nx-customer-id: customer-{number}\r\n\r\n".encode())
        head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).lower()
        found = re.search(rb"content-length: (\d+)", head)
        await reader.readexactly(int(found[1]) if found else 0)
    writer.close()


def compared(wanted: str, run: VerbRun, others: Sequence[str]) -> LogFound:
    """What the verb printed, held against the logs: which services' lines are there, whose are foreign, what leaked."""
    if run.problem:
        return LogFound(wanted, SERVICES, (), (), 0, "", problem=run.problem)
    lines = run.output.splitlines()
    there = {name for name in SERVICES if any(_is_of(line, name, wanted) for line in lines)}
    foreign = sum(1 for line in lines if any(other in line for other in others))
    leaked = tuple(line[:200] for line in lines if CANARY in line)
    problem = "" if run.exit == 0 else f"'find-log' ended with {run.exit}."
    return LogFound(wanted, SERVICES, tuple(name for name in SERVICES if name in there), leaked, foreign, run.output[-2000:], problem)


def _is_of(line: str, service: str, wanted: str) -> bool:
    """Whether a printed line is one that this service wrote about the call: it has the id and the service's own words."""
    if wanted not in line:
        return False
    marks = {"door": '"service": "door"', "payments": '"service": "payments"', "storefront": '"logger"'}
    try:
        told = json.loads(line[line.index("{") :])
    except ValueError:
        return marks[service] in line
    return (
        (told.get("service") == service)
        if service != "storefront"
        else ("route" in told and "service" not in told) or told.get("service") == "storefront"
    )
