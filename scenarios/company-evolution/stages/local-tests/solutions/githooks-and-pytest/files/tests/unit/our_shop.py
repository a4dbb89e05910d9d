"""A shop that only tests know: its tables are chosen so that each rule shows in round numbers."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import httpx

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 20
PLENTY = 9999
FEW = 5

PRICES = {  # sku: category and price
    "BOOK": ("books", "10.00"),
    "NOTE": ("books", "0.04"),
    "CARD": ("books", "0.04"),
    "STAMP": ("books", "0.25"),
    "LAMP": ("garden", "20.00"),
    "ALMOST": ("garden", "19.99"),
    "ODD": ("garden", "20.05"),
    "DEAR": ("garden", "39.99"),
    "CHAIR": ("garden", "45.00"),
    "PIN": ("kitchen", "1.05"),
    "NAIL": ("kitchen", "1.02"),
    **{f"CENTS-{cents}": ("kitchen", f"{cents / 100:.2f}") for cents in (1, 29, 57, 58, 113, 115, 201, 435, 829, 1608, 1999)},
}
SCARCE = [f"SCARCE-{number:02}" for number in range(40)]

TABLES = {
    "products": [
        {"sku": sku, "name": sku.title(), "category": category, "price": price, "currency": "EUR", "stock": PLENTY}
        for sku, (category, price) in PRICES.items()
    ]
    + [{"sku": sku, "name": sku.title(), "category": "scarce", "price": "2.00", "currency": "EUR", "stock": FEW} for sku in SCARCE],
    "bulk": {"limit": 4, "percent": "10"},
    "tax": {
        "rates": {"DE": {"standard": "20", "reduced": "10"}, "AT": {"standard": "30", "reduced": "5"}},
        "reduced_categories": ["books"],
    },
    "shipping": {"flat": {"DE": "5.00", "AT": "7.50"}, "free_from": "40.00"},
    "coupons": {
        "TENTH": {"kind": "percent", "value": "10", "countries": ["DE"], "minimum": "20.00"},
        "FIVE": {"kind": "amount", "value": "5.00", "countries": None, "minimum": "30.00"},
        "GIFT": {"kind": "amount", "value": "50.00", "countries": None, "minimum": "0.00"},
    },
}


class Shop:
    """What a customer can do, over HTTP: nothing here knows how the storefront is written."""

    def __init__(self, url: str) -> None:
        """Take the address of a storefront."""
        self.http = httpx.Client(base_url=url)

    def ask(self, *lines: tuple[str, int], country: str = "DE", coupon: str | None = None) -> httpx.Response:
        """Ask for a quote and return the answer, whatever it is."""
        return self.http.post("/quotes", json=cart(lines, country, coupon))

    def quote(self, *lines: tuple[str, int], country: str = "DE", coupon: str | None = None) -> dict[str, str]:
        """Return a quote; there must be one."""
        answer = self.ask(*lines, country=country, coupon=coupon)
        assert answer.status_code == 200, answer.text
        quote: dict[str, str] = answer.json()
        return quote

    def order(self, *lines: tuple[str, int], key: str = "") -> httpx.Response:
        """Order these lines and return the answer."""
        body = {**cart(lines, "DE", None), "customer": "Ida"}
        return self.http.post("/orders", json=body, headers={"Idempotency-Key": key or uuid4().hex})

    def stock(self, sku: str) -> int:
        """Return how many pieces are left."""
        stock: int = self.http.get(f"/products/{sku}").json()["stock"]
        return stock


def cart(lines: tuple[tuple[str, int], ...], country: str, coupon: str | None) -> dict[str, object]:
    """Return the body that asks for these lines."""
    wanted = [{"sku": sku, "quantity": quantity} for sku, quantity in lines]
    return {"lines": wanted, "country": country, "coupon": coupon}


def start(room: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start a storefront with these tables and a database in `room`; return it and its address."""
    for name, table in TABLES.items():
        (room / f"{name}.json").write_text(json.dumps(table), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "app.main:app", "--port", str(port), "--log-level", "warning"],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": str(room), "DATABASE_URL": f"sqlite:///{room}/shop.db", "LOG_LEVEL": "warning"},
    )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process, f"http://127.0.0.1:{port}"
        time.sleep(0.02)
    process.kill()
    message = "the storefront did not start; what it said is above"
    raise RuntimeError(message)
