"""Customers' questions with known answers: mostly quotes, some pages, some orders with what may follow them."""

from __future__ import annotations

import json
from functools import lru_cache
from itertools import cycle
from typing import TYPE_CHECKING, Any

from . import carts as found_carts
from .money import Tables, dice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

Question = dict[str, Any]
MIX = {
    "plain": 30, "bulk-boundary": 6, "bulk-below": 2, "bulk-above": 5, "rounding-line": 2, "rounding-tax": 3, "rounding-coupon": 2,
    "float-cents": 3, "tax-once": 3, "tax-reduced": 5, "tax-country": 4, "coupon-percent": 5, "coupon-amount": 4, "coupon-country": 2,
    "coupon-minimum": 2, "coupon-tax": 3, "shipping-boundary": 3, "shipping-discount": 2, "products": 6, "product-filter": 3,
    "product-page": 5, "order-repeat": 4, "order-cancel": 2,
}  # fmt: skip
FEATURES = ("categories", "delivery", "cheapest", "prices", "report")
KEPT = 8
MOST = 999  # pieces in one line
FEW = 10  # pieces on a shelf


def question(path: str, focus: str, *, body: object = None, **more: Any) -> Question:
    """One request; a body makes it a POST. `then` holds what is asked after it, with `{id}` for the answer's id."""
    return {"method": "POST" if body is not None else "GET", "path": path, "headers": {}, "json": body, "focus": focus, **more}


def _body(cart: found_carts.Cart) -> dict[str, Any]:
    lines, country, coupon = cart
    return {"lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines], "country": country, "coupon": coupon}


def _order(body: dict[str, Any], focus: str, luck: Random, *, then: list[dict[str, Any]], **more: Any) -> Question:
    key = f"{luck.getrandbits(64):016x}"
    asked = question("/orders", focus, body={**body, "customer": luck.choice(("Ida", "Noor", "Emil", "Zoé", "Lukas"))}, then=then, **more)
    return {**asked, "headers": {"Idempotency-Key": key}}


def _step(path: str, expect: dict[str, Any], *, post: bool = False, **more: Any) -> dict[str, Any]:
    return {"method": "POST" if post else "GET", "path": path, "headers": {}, "json": None, "expect": expect, **more}


def _pages(tables: Tables, focus: str, luck: Random) -> list[Question]:
    product = luck.choice(tables["products"])
    categories = sorted({one["category"] for one in tables["products"]})
    body = _body(([(product["sku"], luck.randint(1, 3))], luck.choice(sorted(tables["tax"]["rates"])), None))
    bad_line = [{"sku": product["sku"], "quantity": MOST + 1}]
    paths: dict[str, list[Question]] = {
        "products": [question(path, focus) for path in ("/products", "/products?limit=5")],
        "product-filter": [question(f"/products?category={name}", focus) for name in categories],
        "product-page": [question(f"/products/{product['sku']}", focus), question("/products/no-such-thing", focus)],
        "quantity-over": [question("/quotes", focus, body={**body, "lines": bad_line})],
        "quantity-none": [question("/quotes", focus, body={**body, "lines": [{"sku": product["sku"], "quantity": 0}]})],
        "empty-cart": [question("/quotes", focus, body={**body, "lines": []})],
        "unknown-names": [
            question("/quotes", focus, body={**body, **wrong})
            for wrong in ({"country": "XX"}, {"coupon": "NOSUCH1"}, {"lines": [{"sku": "XX-000", "quantity": 1}]})
        ],
        "health": [question("/healthz", focus)],
        "categories": [question("/categories", focus)],
        "delivery": [question(f"/delivery/{country}", focus) for country in sorted(tables["shipping"]["flat"])[:2]],
        "cheapest": [question(f"/cheapest?category={name}", focus) for name in categories],
        "prices": [question(f"/prices/{product['sku']}", focus)],
        "report": [question("/reports/daily.csv", focus)],
        "order-key": [question("/orders", focus, body={**body, "customer": "Ida"})],
    }
    return paths[focus]


def _orders(tables: Tables, focus: str, luck: Random) -> list[Question]:
    product, country = _calm_order(tables, luck)
    stock, sku, page = int(product["stock"]), product["sku"], f"/products/{product['sku']}"
    other = luck.choice([one["sku"] for one in tables["products"] if one["sku"] > sku] or [sku])
    first = min(sku, other)

    def body(*lines: tuple[str, int]) -> dict[str, Any]:
        return _body((list(lines), country, None))

    few = body((sku, 2))
    again = {"again": True, "expect": {"status": [200, 201], "same_id": True}}
    cancel = _step("/orders/{id}/cancel", {"status": [200], "order": "cancelled"}, post=True)
    give_back = _step("/orders/{id}/return", {"status": [200], "order": "returned"}, post=True)
    refused = {"status": [409]}
    chains: dict[str, list[Question]] = {
        "order-place": [_order(few, focus, luck, then=[_step("/orders/{id}", {"status": [200], "order": "placed"}), cancel])],
        "order-repeat": [_order(few, focus, luck, then=[again, cancel])],
        "order-conflict": [_order(few, focus, luck, then=[{"again": body((sku, 3)), "expect": refused}, cancel])],
        "order-cancel": [_order(few, focus, luck, then=[cancel, {**cancel, "expect": refused}])],
        "order-return": [_order(few, focus, luck, then=[give_back, {**give_back, "expect": refused}])],
        "return-window": [
            _order(few, focus, luck, then=[{**give_back, "days": 29.9}]),
            _order(few, focus, luck, then=[{**give_back, "days": 30.1, "expect": refused}]),
        ],
        "stock-last": [
            _order(body((sku, stock)), focus, luck, then=[_step(page, {"status": [200], "stock": 0}), cancel], fresh=True)
        ],
        "stock-over": [
            _order(body((sku, stock + 1)), focus, luck, then=[_step(page, {"status": [200], "stock": stock})], expect=refused, fresh=True)
        ],
        "stock-taken": [_order(few, focus, luck, then=[_step(page, {"status": [200], "stock": stock - 2}), cancel], fresh=True)],
        "stock-release": [_order(few, focus, luck, then=[cancel, _step(page, {"status": [200], "stock": stock})], fresh=True)],
        "stock-every-line": [
            _order(
                body((first, 2), (max(sku, other), MOST)), focus, luck,
                then=[_step(f"/products/{first}", {"status": [200], "stock": _stock(tables, first)})], expect=refused, fresh=True,
            )
        ],
    }  # fmt: skip
    return chains[focus]


def _calm_order(tables: Tables, luck: Random) -> tuple[dict[str, Any], str]:
    """A product and a country whose orders, small and whole stock, cost the same however one rounds."""
    search = found_carts.Search(tables, luck)
    pairs = [(one, country) for one in tables["products"] for country in search.countries]
    luck.shuffle(pairs)
    calm = (
        (one, country)
        for one, country in pairs
        if all(search.is_calm(([(one["sku"], n)], country, None)) for n in (2, 3, int(one["stock"])))
    )
    return next(calm, pairs[0])


def _stock(tables: Tables, sku: str) -> int:
    return next(int(one["stock"]) for one in tables["products"] if one["sku"] == sku)


def _two_countries(tables: Tables, focus: str, luck: Random) -> list[Question]:
    search = found_carts.Search(tables, luck)
    asked = []
    for lines in found_carts.everywhere(search, most=2, quantity=(1, 3)):
        one, two = luck.sample(search.countries, 2)
        follow = {"path": "/quotes", "method": "POST", "headers": {}, "json": _body((lines, two, None))}
        asked.append(question("/quotes", focus, body=_body((lines, one, None)), then=[follow]))
        if len(asked) == KEPT:
            break
    return asked


PAGES = (
    "products", "product-filter", "product-page", "quantity-over", "quantity-none", "empty-cart", "unknown-names", "health", "order-key",
    *FEATURES,
)  # fmt: skip
ORDERS = (
    "order-place", "order-repeat", "order-conflict", "order-cancel", "order-return", "return-window",
    "stock-last", "stock-over", "stock-taken", "stock-release", "stock-every-line",
)  # fmt: skip
FOCUSES = (*found_carts.FOUND, "two-countries", *PAGES, *ORDERS)


@lru_cache(maxsize=512)
def _pool(told: str, focus: str, seed: int) -> tuple[Question, ...]:
    tables: Tables = json.loads(told)
    luck = dice("questions", seed, focus)
    if focus in PAGES:
        return tuple(_pages(tables, focus, luck))
    if focus in ORDERS:
        return tuple(_orders(tables, focus, luck))
    if focus == "two-countries":
        return tuple(_two_countries(tables, focus, luck))
    return tuple(question("/quotes", focus, body=_body(cart)) for cart in found_carts.carts(tables, focus, luck, most=KEPT))


def questions(seed: int, tables: Tables, n: int, *, focus: str | None = None) -> list[Question]:
    """`n` questions: all about the behaviour `focus`, or the mix that customers ask.

    Fewer come back where the tables allow none about `focus`. Orders get a key of their own each time.
    A question with `fresh` needs shelves as full as the tables say: ask those before any other order.
    """
    told = json.dumps(tables, sort_keys=True)
    luck = dice("mix", seed, focus)
    names = [focus] if focus else luck.choices(list(MIX), weights=list(MIX.values()), k=n)
    supplies: dict[str, Iterator[Question]] = {}
    asked: list[Question] = []
    for place in range(n):
        name = names[place % len(names)]
        if name not in supplies:
            supplies[name] = cycle(_pool(told, name, seed))
        one = next(supplies[name], None)
        if one is None:
            continue
        asked.append(_with_own_key(one, luck) if one["headers"] else one)
    return asked


def _with_own_key(one: Question, luck: Random) -> Question:
    return {**one, "headers": {"Idempotency-Key": f"{luck.getrandbits(64):016x}"}}


def steps(asked: Question, body: object) -> list[Question]:
    """What is asked after `asked` was answered with `body`: `{id}` filled in, the same order again, another clock.

    `days` in a step says how far the shop's clock stands ahead when it is asked; only the probe can do that.
    """
    known = str(body.get("id", "")) if isinstance(body, dict) else ""
    followed = []
    for step in asked.get("then", ()):
        again = step.get("again")
        if again is not None:
            changed = again if isinstance(again, dict) else {}
            base = {key: asked[key] for key in ("method", "path", "headers")} | {"json": {**asked["json"], **changed}}
        else:
            base = {**step, "path": step["path"].replace("{id}", known)}
        followed.append({**base, "focus": asked["focus"], "expect": {**step.get("expect", {}), "id": known}, "days": step.get("days", 0)})
    return followed


def lacking(tables: Tables) -> list[str]:
    """The behaviours that these tables let nobody ask about."""
    skipped = {"shipping-boundary", "shipping-discount"} if tables["shipping"]["free_from"] is None else set()
    names = [name for name in found_carts.FOUND if name not in skipped]
    unseen = [name for name in names if not found_carts.carts(tables, name, dice("lacking", name), most=1)]
    unordered = any(not FEW <= int(one["stock"]) < MOST for one in tables["products"])
    return unseen + (["stock-last"] if unordered else [])
