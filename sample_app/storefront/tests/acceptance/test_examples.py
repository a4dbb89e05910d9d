"""Lena's examples, one line each: what she said, and how many pieces of the first product."""

import httpx
import pytest

EXAMPLES = [
    ("A single piece can be bought.", 1),
    ("So can three.", 3),
]


@pytest.mark.parametrize(("said", "quantity"), EXAMPLES)
def test_lenas_example_holds(storefront: httpx.Client, said: str, quantity: int) -> None:
    sku = storefront.get("/products").json()["products"][0]["sku"]

    answer = storefront.post("/quotes", json={"lines": [{"sku": sku, "quantity": quantity}], "country": "DE"})

    assert answer.status_code == 200, said
