"""POST /quotes over HTTP."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .recomputation import Refused, expected_quote
from .shopping import cart


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """Give SQLite alone: a quote reads no database."""
    return f"sqlite:///{tmp_path}/storefront.db"


GOOD = cart(("BK-001", 1))


def test_a_quote_is_what_the_contract_says(client: TestClient) -> None:
    answer = client.post("/quotes", json=cart(("BK-001", 2), ("KT-002", 1), coupon="WELCOME5"))

    assert answer.status_code == 200
    assert answer.json() == {
        "currency": "EUR",
        "country": "DE",
        "lines": [
            {"sku": "BK-001", "quantity": 2, "unit_price": "12.90", "line_total": "25.80"},
            {"sku": "KT-002", "quantity": 1, "unit_price": "59.90", "line_total": "59.90"},
        ],
        "subtotal": "85.70",
        "discount": "4.29",
        "shipping": "4.90",
        "tax": "12.53",
        "total": "98.84",
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_every_quote_over_the_shipped_tables_is_right(client: TestClient, shipped_tables: dict[str, Any], data: st.DataObject) -> None:
    skus = st.sampled_from([product["sku"] for product in shipped_tables["products"]])
    lines = st.lists(st.tuples(skus, st.integers(1, 30)), min_size=1, max_size=5)
    country = st.sampled_from([*shipped_tables["tax"]["rates"], "XX"])
    coupon = st.sampled_from([None, "NONE", *shipped_tables["coupons"]])
    body = cart(*data.draw(lines), country=data.draw(country), coupon=data.draw(coupon))

    answer = client.post("/quotes", json=body)

    try:
        assert answer.json() == expected_quote(body, shipped_tables)
    except Refused:
        assert answer.status_code == 422


@pytest.mark.parametrize(
    "change",
    [
        {"lines": []},
        {"lines": None},
        {"lines": [{"sku": "NONE", "quantity": 1}]},
        {"lines": [{"sku": "BK-001", "quantity": 0}]},
        {"lines": [{"sku": "BK-001", "quantity": -1}]},
        {"lines": [{"sku": "BK-001", "quantity": 1000}]},
        {"lines": [{"sku": "BK-001", "quantity": 1.5}]},
        {"lines": [{"sku": "BK-001", "quantity": "1"}]},
        {"lines": [{"sku": "BK-001", "quantity": True}]},
        {"lines": [{"sku": "BK-001"}]},
        {"country": "US"},
        {"country": "de"},
        {"country": None},
        {"coupon": "NONE"},
        {"coupon": ""},
    ],
)
def test_a_cart_that_makes_no_sense_is_422(client: TestClient, change: dict[str, Any]) -> None:
    answer = client.post("/quotes", json={**GOOD, **change})

    assert answer.status_code == 422
    assert answer.json()["detail"]


@pytest.mark.parametrize("quantity", [1, 999])
def test_the_smallest_and_the_largest_quantity_are_priced(client: TestClient, quantity: int) -> None:
    assert client.post("/quotes", json=cart(("BK-001", quantity))).status_code == 200


def test_the_coupon_may_be_left_out(client: TestClient) -> None:
    body = {name: value for name, value in GOOD.items() if name != "coupon"}
    assert client.post("/quotes", json=body).json()["discount"] == "0.00"


@pytest.mark.parametrize("code", ["WELCOME5", "NONE"])
def test_a_coupon_that_does_not_hold_is_named(client: TestClient, code: str) -> None:
    answer = client.post("/quotes", json=cart(("KT-002", 1), country="NL", coupon=code))

    assert answer.status_code == 422
    assert answer.json() == {"detail": f"coupon '{code}' is not valid for this cart"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"lines":[{"sku":"BK-001","quantity":NaN}],"country":"DE"}',
        b'{"lines":[{"sku":"BK-001","quantity":1e400}],"country":"DE"}',
        b'{"lines":[{"sku":"\\ud800","quantity":1}],"country":"DE"}',
        b'{"lines":[{"sku":"\\u0000","quantity":1}],"country":"DE"}',
        b'{"lines":[{"sku":"BK-001","quantity":1}],"country":"\\ud800"}',
        b'{"lines":[{"sku":"BK-001","quantity":1}],"country":"DE","coupon":"\\udfff"}',
        b"\xff\xfe",
        b'{"lines":' + b"[" * 5000 + b"]" * 5000 + b"}",
    ],
)
def test_no_body_can_make_the_storefront_fail(client: TestClient, body: bytes) -> None:
    answer = client.post("/quotes", content=body, headers={"Content-Type": "application/json"})
    assert 400 <= answer.status_code < 500


def test_two_countries_in_turn_each_get_their_own_tax(client: TestClient) -> None:
    taxes = [client.post("/quotes", json=cart(("KT-002", 1), country=country)).json()["tax"] for country in ("DE", "CH", "DE")]
    assert taxes == ["11.38", "4.85", "11.38"]
