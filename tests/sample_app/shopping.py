"""Words for what a customer does."""

from typing import Any
from uuid import uuid4

import httpx

CUSTOMER = "lena@example.org"


def cart(*lines: tuple[str, int], country: str = "DE", coupon: str | None = None) -> dict[str, Any]:
    wishes = [{"sku": sku, "quantity": quantity} for sku, quantity in lines]
    return {"lines": wishes, "country": country, "coupon": coupon}


def order(
    client: httpx.Client,
    *lines: tuple[str, int],
    key: str | None = None,
    customer: str = CUSTOMER,
    country: str = "DE",
) -> httpx.Response:
    return client.post(
        "/orders",
        json={**cart(*lines, country=country), "customer": customer},
        headers={"Idempotency-Key": key or uuid4().hex},
    )


def stock(client: httpx.Client, sku: str) -> int:
    return int(client.get(f"/products/{sku}").json()["stock"])


def events(client: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/admin/export").json()["events"]
    return found
