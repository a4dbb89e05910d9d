"""The life of an order over HTTP, on both databases."""

from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from fastapi.testclient import TestClient

from .recomputation import expected_quote
from .shopping import CUSTOMER, cart, events, order, stock

NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)


@pytest.fixture
def move_clock(app: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give a function that stops the clock at a moment."""

    def move(moment: datetime) -> None:
        monkeypatch.setattr(app.clock, "now", lambda: moment)

    return move


def test_an_order_carries_its_quote(client: TestClient, shipped_tables: dict[str, Any], move_clock: Any) -> None:
    move_clock(NOON)

    answer = order(client, ("BK-001", 10), ("KT-001", 1))

    assert answer.status_code == 201
    assert answer.json() == {
        "id": answer.json()["id"],
        "status": "placed",
        "quote": expected_quote(cart(("BK-001", 10), ("KT-001", 1)), shipped_tables),
        "placed_at": "2024-02-29T12:00:00.000000Z",
    }
    assert client.get(f"/orders/{answer.json()['id']}").json() == answer.json()


def test_an_order_takes_its_stock(client: TestClient) -> None:
    before = stock(client, "BK-001")
    order(client, ("BK-001", 3), ("BK-001", 2))
    assert stock(client, "BK-001") == before - 5


def test_the_same_key_and_body_give_the_same_order(client: TestClient) -> None:
    before = stock(client, "BK-001")
    first = order(client, ("BK-001", 1), key="one")
    second = order(client, ("BK-001", 1), key="one")

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert stock(client, "BK-001") == before - 1
    assert len(events(client)) == 1


def test_another_key_gives_another_order(client: TestClient) -> None:
    first, second = (order(client, ("BK-001", 1), key=key) for key in ("one", "two"))
    assert first.json()["id"] != second.json()["id"]


@pytest.mark.parametrize("other", [{"customer": "tom"}, {"country": "FR"}, {"lines": [{"sku": "BK-001", "quantity": 2}]}])
def test_the_same_key_with_another_body_is_409(client: TestClient, other: dict[str, Any]) -> None:
    body = {**cart(("BK-001", 1)), "customer": CUSTOMER}
    headers = {"Idempotency-Key": "one"}
    client.post("/orders", json=body, headers=headers)

    assert client.post("/orders", json={**body, **other}, headers=headers).status_code == 409
    assert len(events(client)) == 1


def test_a_coupon_that_is_null_is_the_same_body_as_none(client: TestClient) -> None:
    body = {**cart(("BK-001", 1)), "customer": CUSTOMER}
    headers = {"Idempotency-Key": "one"}
    first = client.post("/orders", json=body, headers=headers)
    del body["coupon"]
    assert client.post("/orders", json=body, headers=headers).json() == first.json()


def test_a_cancelled_order_is_not_placed_again_by_its_key(client: TestClient) -> None:
    placed = order(client, ("BK-001", 1), key="one").json()
    client.post(f"/orders/{placed['id']}/cancel")
    assert order(client, ("BK-001", 1), key="one").json()["status"] == "cancelled"


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": ""}, {"Idempotency-Key": "x" * 201}])
def test_without_a_key_the_answer_is_400(client: TestClient, headers: dict[str, str]) -> None:
    body = {**cart(("BK-001", 1)), "customer": CUSTOMER}
    assert client.post("/orders", json=body, headers=headers).status_code == 400


@pytest.mark.parametrize("customer", ["", None, "x" * 201, "a\x00b", 7])
def test_an_order_needs_a_customer(client: TestClient, customer: Any) -> None:
    body = {**cart(("BK-001", 1)), "customer": customer}
    assert client.post("/orders", json=body, headers={"Idempotency-Key": "1"}).status_code == 422


def test_a_cart_that_can_not_be_priced_is_422_and_takes_nothing(client: TestClient) -> None:
    assert order(client, ("BK-001", 1), ("NONE", 1), key="one").status_code == 422
    assert order(client, ("BK-001", 1), key="one").status_code == 201


def test_not_enough_stock_is_409_and_takes_nothing(client: TestClient) -> None:
    left = {sku: stock(client, sku) for sku in ("BK-001", "GD-004")}

    answer = order(client, ("BK-001", 1), ("GD-004", left["GD-004"] + 1), key="one")

    assert answer.status_code == 409
    assert "GD-004" in answer.json()["detail"]
    assert {sku: stock(client, sku) for sku in left} == left
    assert events(client) == []
    assert order(client, ("BK-001", 1), key="one").status_code == 201


def test_the_last_piece_can_be_bought(client: TestClient) -> None:
    assert order(client, ("GD-004", stock(client, "GD-004"))).status_code == 201
    assert stock(client, "GD-004") == 0
    assert order(client, ("GD-004", 1)).status_code == 409


def test_stock_is_kept_over_a_restart(app: ModuleType) -> None:
    with TestClient(app.main.app) as client:
        placed = order(client, ("BK-001", 1)).json()
        left = stock(client, "BK-001")
    with TestClient(app.main.app) as client:
        assert stock(client, "BK-001") == left
        assert client.get(f"/orders/{placed['id']}").json() == placed


def test_cancelling_releases_the_stock_once(client: TestClient) -> None:
    before = stock(client, "BK-001")
    path = f"/orders/{order(client, ('BK-001', 3)).json()['id']}"

    cancelled = client.post(f"{path}/cancel")

    assert cancelled.status_code == 200
    assert cancelled.json()["status"] == client.get(path).json()["status"] == "cancelled"
    assert client.post(f"{path}/cancel").status_code == 409
    assert client.post(f"{path}/return").status_code == 409
    assert stock(client, "BK-001") == before


def test_a_returned_order_is_final_and_not_sold_again(client: TestClient) -> None:
    path = f"/orders/{order(client, ('BK-001', 3)).json()['id']}"
    left = stock(client, "BK-001")

    returned = client.post(f"{path}/return")

    assert returned.status_code == 200
    assert returned.json()["status"] == client.get(path).json()["status"] == "returned"
    assert client.post(f"{path}/cancel").status_code == 409
    assert client.post(f"{path}/return").status_code == 409
    assert stock(client, "BK-001") == left


@pytest.mark.parametrize(
    ("later", "status"),
    [
        (timedelta(days=30) - timedelta(microseconds=1), 200),
        (timedelta(days=30), 200),
        (timedelta(days=30, microseconds=1), 409),
        (timedelta(days=400), 409),
    ],
)
def test_returns_end_after_thirty_days(client: TestClient, move_clock: Any, later: timedelta, status: int) -> None:
    move_clock(NOON)
    path = f"/orders/{order(client, ('BK-001', 1)).json()['id']}"
    move_clock(NOON + later)

    assert client.post(f"{path}/return").status_code == status
    assert client.get(path).json()["status"] == ("returned" if status == 200 else "placed")


@pytest.mark.parametrize("order_id", ["nothing", "0" * 32, "'", "%ff"])
def test_an_unknown_order_is_404(client: TestClient, order_id: str) -> None:
    assert client.get(f"/orders/{order_id}").status_code == 404
    assert client.post(f"/orders/{order_id}/cancel").status_code == 404
    assert client.post(f"/orders/{order_id}/return").status_code == 404


def test_no_order_id_can_make_the_storefront_fail(client: TestClient) -> None:
    assert client.get("/orders/%00").status_code == 422


def test_an_order_keeps_its_quote_when_prices_change(app: ModuleType, client: TestClient) -> None:
    placed = order(client, ("BK-001", 1), key="one").json()
    shop = app.main.app.state.shop
    shop.tables.products.clear()

    assert client.get(f"/orders/{placed['id']}").json() == placed
    assert order(client, ("BK-001", 1), key="one").json() == placed
