"""Orders that customers place at the door and ask for again later: what was bought must survive every deployment."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from lab.company.customers.asking import Answer, ask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PLACED: Final = 201
KNOWN: Final = 200


def place(url: str, tables: Mapping[str, Any], count: int) -> tuple[tuple[str, ...], str]:
    """Place `count` orders of one piece each; gives their ids, and why it stopped short, as a sentence (empty if it did not)."""
    return asyncio.run(_place(_port(url), tables, count))


def missing(url: str, ids: Sequence[str]) -> tuple[str, ...]:
    """Those of the orders that the shop behind the door does not know (now)."""
    return asyncio.run(_missing(_port(url), ids))


def _port(url: str) -> int:
    port = urlsplit(url).port
    if port is None:
        raise ValueError(f"'{url}' names no port.")
    return port


async def _place(port: int, tables: Mapping[str, Any], count: int) -> tuple[tuple[str, ...], str]:
    ids: list[str] = []
    for number in range(count):
        answer = await ask(port, _order(tables, number))
        placed = answer.body.get("id") if answer.status == PLACED and isinstance(answer.body, dict) else None
        if placed is None:
            return tuple(ids), answer.failure or f"An order was answered with {answer.status}: {_shown(answer)}"
        ids.append(str(placed))
    return tuple(ids), ""


async def _missing(port: int, ids: Sequence[str]) -> tuple[str, ...]:
    gone = []
    for order in ids:
        answer = await ask(port, {"method": "GET", "path": f"/orders/{quote(order, safe='')}"})
        if answer.status != KNOWN:
            gone.append(order)
    return tuple(gone)


def _order(tables: Mapping[str, Any], number: int) -> dict[str, Any]:
    """An order of the `number`-th product (counted round) to some country of the tables."""
    products, countries = tables["products"], sorted(tables["tax"]["rates"])
    line = {"sku": products[number % len(products)]["sku"], "quantity": 1}
    body = {"lines": [line], "country": countries[number % len(countries)], "coupon": None, "customer": f"customer {number + 1}"}
    return {"method": "POST", "path": "/orders", "headers": {"Idempotency-Key": secrets.token_hex(8)}, "json": body}


def _shown(answer: Answer) -> str:
    detail = answer.body.get("detail") if isinstance(answer.body, dict) else answer.body
    return str(detail)[:200]
