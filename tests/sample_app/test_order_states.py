"""Any sequence of orders, repeats, cancellations and returns, against a model of the shop."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from .fresh import TREE, imported
from .shopping import order, stock

SKUS = ("GD-004", "KT-002")
LINES = st.lists(st.tuples(st.sampled_from(SKUS), st.sampled_from([1, 50, 200])), min_size=1, max_size=3)


class Shopping(RuleBasedStateMachine):
    """The real storefront and what we think it holds."""

    orders = Bundle("orders")

    def __init__(self) -> None:
        """Open a storefront on a database of its own."""
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        environment = {"DATABASE_URL": f"sqlite:///{folder}/storefront.db", "DATA_DIR": str(TREE / "data")}
        app = self.stack.enter_context(imported(environment))
        self.client = self.stack.enter_context(TestClient(app.main.app))
        self.stock = {sku: stock(self.client, sku) for sku in SKUS}
        self.status: dict[str, str] = {}
        self.lines: dict[str, list[tuple[str, int]]] = {}
        self.by_key: dict[str, tuple[str, list[tuple[str, int]]]] = {}
        self.written = 0

    def teardown(self) -> None:
        """Close it."""
        self.stack.close()

    @rule(target=orders, lines=LINES, key=st.sampled_from([f"key {n}" for n in range(8)]))
    def buy(self, lines: list[tuple[str, int]], key: str) -> Any:
        """Order, perhaps with a key that was used before."""
        answer = order(self.client, *lines, key=key)
        if key in self.by_key:
            order_id, earlier = self.by_key[key]
            assert answer.status_code == (200 if earlier == lines else 409)
            return order_id
        wanted = {sku: sum(count for name, count in lines if name == sku) for sku in SKUS}
        if any(wanted[sku] > self.stock[sku] for sku in SKUS):
            assert answer.status_code == 409
            return None
        assert answer.status_code == 201
        order_id = answer.json()["id"]
        for sku in SKUS:
            self.stock[sku] -= wanted[sku]
        self.status[order_id] = "placed"
        self.lines[order_id] = lines
        self.by_key[key] = (order_id, lines)
        self.written += 1
        return order_id

    @rule(order_id=orders)
    def cancel(self, order_id: str | None) -> None:
        """Cancel an order, whatever its state."""
        if self.leave(order_id, "cancel", "cancelled") and order_id is not None:
            for sku, count in self.lines[order_id]:
                self.stock[sku] += count

    @rule(order_id=orders)
    def give_back(self, order_id: str | None) -> None:
        """Return an order, whatever its state."""
        self.leave(order_id, "return", "returned")

    def leave(self, order_id: str | None, verb: str, status: str) -> bool:
        """Move an order out of "placed" and say whether that was possible."""
        answer = self.client.post(f"/orders/{order_id}/{verb}")
        if order_id is None:
            assert answer.status_code == 404
            return False
        if self.status[order_id] != "placed":
            assert answer.status_code == 409
            return False
        assert answer.json()["status"] == status
        self.status[order_id] = status
        self.written += 1
        return True

    @invariant()
    def the_shelves_are_as_we_think(self) -> None:
        """Compare the stock."""
        assert {sku: stock(self.client, sku) for sku in SKUS} == self.stock

    @invariant()
    def every_order_is_as_we_think(self) -> None:
        """Compare the states."""
        for order_id, status in self.status.items():
            assert self.client.get(f"/orders/{order_id}").json()["status"] == status

    @invariant()
    def every_change_is_one_event(self) -> None:
        """Compare the number of events."""
        ids = [event["id"] for event in self.client.get("/admin/export").json()["events"]]
        assert ids == list(range(1, self.written + 1))


TestShopping = Shopping.TestCase
TestShopping.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
