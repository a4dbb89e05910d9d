"""The tables as files of the repository: `data/*.json`, and the team's own tests with numbers that follow from them."""

from __future__ import annotations

import json
from typing import Any

from .asking import questions
from .judging import quoted
from .money import Tables, product

Row = tuple[Any, ...]
TABLE_FILES = ("products", "tax", "coupons", "shipping", "bulk")
ROWS = (
    ("plain", 2), ("bulk-below", 1), ("bulk-boundary", 1), ("bulk-above", 1), ("rounding-tax", 1), ("rounding-coupon", 1),
    ("rounding-line", 1),    ("coupon-tax", 1), ("coupon-minimum", 1), ("shipping-boundary", 1), ("tax-reduced", 1),
)  # fmt: skip
PRICING_ROW, PRICE_ROW = 4, 2


def files(tables: Tables) -> dict[str, str]:
    """Every file that follows from the tables, by its path in the repository."""
    return data_files(tables) | team_tests(tables)


def data_files(tables: Tables) -> dict[str, str]:
    """`data/*.json`."""
    return {f"data/{name}.json": json.dumps(tables[name], indent=2, ensure_ascii=False) + "\n" for name in TABLE_FILES}


def team_tests(tables: Tables) -> dict[str, str]:
    """`tests/unit/test_team_*.py`: they ask the app as a customer would, so they outlive any refactoring."""
    carts = [one["json"] for focus, n in ROWS for one in questions(0, tables, n, focus=focus)]
    rows = [(one["country"], one["coupon"], [(line["sku"], line["quantity"]) for line in one["lines"]]) for one in carts]
    totals = "".join(f"    {shown(expected_row((*row, ''), tables) or row)},\n" for row in rows)
    some = sorted(tables["products"], key=lambda one: str(one["name"]))[:4]
    prices = "".join(f"    {shown((one['sku'], one['price']))},\n" for one in some)
    scarce = min(tables["products"], key=lambda one: (one["stock"], one["sku"]))
    inventory = _INVENTORY.replace("@SKU@", shown(scarce["sku"])).replace("@MORE@", str(scarce["stock"] + 1))
    return {
        "tests/unit/test_team_pricing.py": _PRICING.replace("@ROWS@", totals),
        "tests/unit/test_team_catalog.py": _CATALOG.replace("@ROWS@", prices),
        "tests/unit/test_team_inventory.py": inventory,
    }


def shown(value: Any) -> str:
    """A literal as a formatter would leave it, with double quotes."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(shown, value))})"
    return repr(value)


def row_question(row: Row) -> dict[str, Any] | None:
    """The request behind one row of a team test; None for a literal that is no such row."""
    if len(row) == PRICING_ROW and isinstance(row[2], list):
        lines = [{"sku": sku, "quantity": quantity} for sku, quantity in row[2]]
        cart = {"lines": lines, "country": row[0], "coupon": row[1]}
        return {"method": "POST", "path": "/quotes", "headers": {}, "json": cart, "focus": "row", "field": "total"}
    if len(row) == PRICE_ROW and isinstance(row[0], str) and isinstance(row[1], str):
        return {"method": "GET", "path": f"/products/{row[0]}", "headers": {}, "json": None, "focus": "row", "field": "price"}
    return None


def expected_row(row: Row, tables: Tables) -> Row | None:
    """The row with the last value that is right by these tables; None for a literal that is no row."""
    asked = row_question(row)
    if asked is None:
        return None
    if asked["json"] is not None:
        return (*row[:-1], (quoted(asked["json"], tables) or {}).get("total"))
    return (*row[:-1], (product(tables, row[0]) or {}).get("price"))


_PRICING = '''"""What whole carts cost, worked out by hand from the tables in data/. The pricing team keeps them."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.main import app

CARTS = [
    # country, coupon, lines, total
@ROWS@]


@pytest.fixture(scope="module")
def shop() -> Iterator[TestClient]:
    """Give a shop that is open."""
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize(("country", "coupon", "lines", "total"), CARTS)
def test_what_a_cart_costs(
    shop: TestClient, country: str, coupon: str | None, lines: list[tuple[str, int]], total: str
) -> None:
    wanted = [{"sku": sku, "quantity": quantity} for sku, quantity in lines]
    answer = shop.post("/quotes", json={"lines": wanted, "country": country, "coupon": coupon})
    assert answer.json().get("total") == total


def test_no_cart_is_no_quote(shop: TestClient) -> None:
    answer = shop.post("/quotes", json={"lines": [], "country": CARTS[0][0], "coupon": None})
    assert answer.status_code == 422
'''

_CATALOG = '''"""What the catalogue shows. The pricing team keeps these tests."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.main import app

PRICES = [
    # sku, price
@ROWS@]


@pytest.fixture(scope="module")
def shop() -> Iterator[TestClient]:
    """Give a shop that is open."""
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize(("sku", "price"), PRICES)
def test_a_product_shows_its_price(shop: TestClient, sku: str, price: str) -> None:
    answer = shop.get(f"/products/{sku}")
    assert answer.json()["price"] == price


def test_a_list_is_no_longer_than_asked(shop: TestClient) -> None:
    answer = shop.get("/products", params={"limit": 3})
    assert len(answer.json()["products"]) == 3
'''

_INVENTORY = '''"""What can be sold. The pricing team keeps these tests."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from app.main import app

SCARCE = @SKU@
MORE_THAN_THERE_IS = @MORE@


@pytest.fixture(scope="module")
def shop() -> Iterator[TestClient]:
    """Give a shop that is open."""
    with TestClient(app) as client:
        yield client


def order(shop: TestClient, quantity: int) -> Response:
    """Order so many pieces of the scarcest product."""
    body = {"lines": [{"sku": SCARCE, "quantity": quantity}], "country": "DE", "customer": "Ida"}
    return shop.post("/orders", json=body, headers={"Idempotency-Key": uuid4().hex})


def test_what_is_not_there_is_not_sold(shop: TestClient) -> None:
    answer = order(shop, MORE_THAN_THERE_IS)
    assert answer.status_code == 409


def test_an_order_can_be_cancelled(shop: TestClient) -> None:
    placed = order(shop, 1)
    assert placed.status_code == 201
    cancelled = shop.post(f"/orders/{placed.json()['id']}/cancel")
    assert cancelled.json()["status"] == "cancelled"
'''
