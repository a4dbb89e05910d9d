"""One order, from beginning to end."""

from our_shop import Shop

ORDERS: list[str] = []


def test_an_order_is_placed(shop: Shop) -> None:
    ORDERS.append(shop.order(("BOOK", 1)).json()["id"])


def test_it_is_cancelled(shop: Shop) -> None:
    assert shop.http.post(f"/orders/{ORDERS[-1]}/cancel").status_code == 200
