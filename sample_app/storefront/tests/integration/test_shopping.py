"""One customer, from the list of products to an order."""

from uuid import uuid4

import httpx


def test_products_are_listed(storefront: httpx.Client) -> None:
    assert storefront.get("/products").json()["products"]


def test_an_order_is_placed_and_found_again(storefront: httpx.Client) -> None:
    sku = storefront.get("/products").json()["products"][0]["sku"]
    body = {"lines": [{"sku": sku, "quantity": 1}], "country": "DE", "customer": "lena"}

    placed = storefront.post("/orders", json=body, headers={"Idempotency-Key": uuid4().hex})

    assert placed.status_code == 201
    assert storefront.get(f"/orders/{placed.json()['id']}").json() == placed.json()
