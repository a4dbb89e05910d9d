"""Many customers at once, on both databases: nothing is sold twice."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import ModuleType
from typing import Any

from fastapi.testclient import TestClient

from .shopping import events, order, stock

CROWD = 16


def at_once(act: Callable[[int], Any], *, times: int = CROWD) -> list[Any]:
    """Return what each of `times` threads got, all let go at the same moment."""
    barrier = Barrier(times)

    def go(number: int) -> Any:
        barrier.wait()
        return act(number)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(go, range(times)))


def test_the_last_pieces_are_sold_once(client: TestClient) -> None:
    left = stock(client, "GD-004")
    order(client, ("GD-004", left - 5))

    answers = at_once(lambda _: order(client, ("GD-004", 1)).status_code)

    assert Counter(answers) == {201: 5, 409: CROWD - 5}
    assert stock(client, "GD-004") == 0
    assert len(events(client)) == 6


def test_one_key_from_many_places_is_one_order(client: TestClient) -> None:
    before = stock(client, "BK-001")

    answers = at_once(lambda _: order(client, ("BK-001", 1), key="one"))

    assert {answer.status_code for answer in answers} == {200, 201}
    assert sum(answer.status_code == 201 for answer in answers) == 1
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert stock(client, "BK-001") == before - 1
    assert len(events(client)) == 1


def test_lines_in_opposite_order_do_not_wait_for_each_other(client: TestClient) -> None:
    lines = [("BK-001", 1), ("KT-001", 1)]

    answers = at_once(lambda n: order(client, *(lines if n % 2 else lines[::-1])).status_code)

    assert set(answers) == {201}


def test_an_order_is_cancelled_once(client: TestClient) -> None:
    before = stock(client, "BK-001")
    order_id = order(client, ("BK-001", 3)).json()["id"]

    answers = at_once(lambda n: client.post(f"/orders/{order_id}/{'return' if n % 2 else 'cancel'}"))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: CROWD - 1}
    cancelled = client.get(f"/orders/{order_id}").json()["status"] == "cancelled"
    assert stock(client, "BK-001") == (before if cancelled else before - 3)


def test_events_have_no_gaps_and_come_in_order(client: TestClient) -> None:
    at_once(lambda _: order(client, ("BK-001", 1)))
    found = events(client)

    assert [event["id"] for event in found] == list(range(1, CROWD + 1))
    assert [event["at"] for event in found] == sorted(event["at"] for event in found)


def test_a_pool_that_is_used_up_says_so(app: ModuleType, client: TestClient) -> None:
    app.db.POOL_WAIT_SECONDS = 0.1
    pool = app.main.app.state.shop.database
    taken = [pool.reading() for _ in range(app.db.POOL_SIZE)]
    for transaction in taken:
        transaction.__enter__()

    answer = client.get("/products")

    for transaction in taken:
        transaction.__exit__(None, None, None)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert client.get("/products").status_code == 200
