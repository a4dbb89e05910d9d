"""Whatever customers do, no piece is lost and none is sold twice."""

from uuid import uuid4

from fastapi.testclient import TestClient
from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test
from model import PRICES, STOCKED

HOW_MANY = {"one": lambda left: 1, "two": lambda left: 2, "all": lambda left: max(left, 1), "one too many": lambda left: left + 1}
TUBS = sorted(STOCKED.keys() - {"LAST"})
skus = some.sampled_from(TUBS)
amounts = some.sampled_from(sorted(HOW_MANY))


def stock(client: TestClient, sku: str) -> int:
    """How many pieces the shop says are left."""
    left: int = client.get(f"/products/{sku}").json()["stock"]
    return left


def order(client: TestClient, lines: dict[str, int], key: str) -> tuple[int, str]:
    """Order; give the status and the order's id."""
    body = {"lines": [{"sku": sku, "quantity": many} for sku, many in lines.items()], "country": "DE", "customer": "Noor"}
    answer = client.post("/orders", json=body, headers={"Idempotency-Key": key})
    return answer.status_code, answer.json().get("id", "")


def test_no_life_of_orders_loses_a_piece(client: TestClient) -> None:
    class Life(RuleBasedStateMachine):
        placed = Bundle("placed")

        def __init__(self) -> None:
            super().__init__()
            self.left = {sku: stock(client, sku) for sku in TUBS}

        @rule(target=placed, sku=skus, other=skus, many=amounts, more=amounts)
        def buy(self, sku: str, other: str, many: str, more: str) -> tuple[str, dict[str, int]]:
            lines = {other: HOW_MANY[more](self.left[other])} | {sku: HOW_MANY[many](self.left[sku])}
            key = uuid4().hex
            status, name = order(client, lines, key)
            if any(pieces > self.left[one] for one, pieces in lines.items()):
                assert status == 409
                return "", {}
            assert status == 201
            assert order(client, lines, key)[1] == name, "the same key and body is the same order"
            for one, pieces in lines.items():
                self.left[one] -= pieces
            return name, lines

        @rule(bought=consumes(placed))
        def cancel(self, bought: tuple[str, dict[str, int]]) -> None:
            name, lines = bought
            if name:
                assert client.post(f"/orders/{name}/cancel").json()["status"] == "cancelled"
                assert client.post(f"/orders/{name}/cancel").status_code == 409
                for sku, pieces in lines.items():
                    self.left[sku] += pieces

        @rule(bought=consumes(placed))
        def send_back(self, bought: tuple[str, dict[str, int]]) -> None:
            if bought[0]:
                assert client.post(f"/orders/{bought[0]}/return").json()["status"] == "returned"

        @invariant()
        def nothing_is_lost(self) -> None:
            assert {sku: stock(client, sku) for sku in TUBS} == self.left

    run_state_machine_as_test(Life, settings=settings(max_examples=6, stateful_step_count=6))


def test_the_last_piece_can_be_bought_and_no_more(client: TestClient) -> None:
    assert stock(client, "LAST") == STOCKED["LAST"]
    assert order(client, {"CUP": 1, "LAST": STOCKED["LAST"] + 1}, uuid4().hex)[0] == 409
    assert order(client, {"LAST": STOCKED["LAST"]}, uuid4().hex)[0] == 201
    assert stock(client, "LAST") == 0


def test_a_category_shows_its_own(client: TestClient) -> None:
    books = sorted(sku for sku, (category, _) in PRICES.items() if category == "books")
    shown = [product["sku"] for product in client.get("/products", params={"category": "books"}).json()["products"]]

    assert shown == books
    assert len(client.get("/products", params={"category": "books", "limit": 2}).json()["products"]) == 2
