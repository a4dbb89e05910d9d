"""The payment provider, played by a small server: slow, broken, and sometimes saying no."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from fastapi.testclient import TestClient

from .fresh import imported
from .shopping import events, order, stock


class FakeProvider:
    """Answers each charge with the next of `answers`, the last one for ever; None hangs up, when `gives_up` is set."""

    def __init__(self) -> None:
        """Accept every charge until told otherwise."""
        self.answers: list[int | None] = [200]
        self.gives_up = threading.Event()
        self.charges: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.url = ""

    def next_answer(self) -> int | None:
        """Return the status to answer with."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    """Give a provider that accepts every charge until told otherwise."""
    fake = FakeProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fake.charges.append((dict(self.headers), body | {"path": self.path}))
            answer = fake.next_answer()
            if answer is None:
                fake.gives_up.wait(60)
                return
            self.send_response(answer)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield fake
    fake.gives_up.set()
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def shop_with(provider: FakeProvider, environment: dict[str, str], *, patience: float = 0.2) -> Iterator[TestClient]:
    """Give a customer of a shop that waits `patience` seconds for each answer of the provider."""
    settings = {"PAYMENTS_URL": f"{provider.url}/", "PAYMENTS_KEY": "canary-key"}
    with imported({**environment, **settings}) as app, TestClient(app.main.app) as client:
        app.payments.TIMEOUT_SECONDS = patience
        yield client


def test_a_charge_carries_the_total_and_the_order_as_its_key(provider: FakeProvider, environment: dict[str, str]) -> None:
    with shop_with(provider, environment) as client:
        placed = order(client, ("BK-001", 1), key="one").json()
        order(client, ("BK-001", 1), key="one")

    ((headers, body),) = provider.charges
    assert body == {"path": "/charges", "order_id": placed["id"], "amount": "18.70", "currency": "EUR"}
    assert headers["Idempotency-Key"] == placed["id"]
    assert headers["Authorization"] == "Bearer canary-key"


@pytest.mark.parametrize("answers", [[500, 503, 200], [None, 200], [429, 200]])
def test_a_failure_is_tried_again_with_the_same_key(provider: FakeProvider, environment: dict[str, str], answers: list[int | None]) -> None:
    provider.answers = list(answers)
    with shop_with(provider, environment) as client:
        assert order(client, ("BK-001", 1)).status_code == 201
    keys = [headers["Idempotency-Key"] for headers, _ in provider.charges]
    assert len(keys) == len(answers)
    assert len(set(keys)) == 1


def test_a_declined_payment_is_402_for_good_and_releases_the_stock(provider: FakeProvider, environment: dict[str, str]) -> None:
    provider.answers = [402]
    with shop_with(provider, environment) as client:
        before = stock(client, "BK-001")
        answers = [order(client, ("BK-001", 1), key="one").status_code for _ in range(2)]

        assert answers == [402, 402]
        assert len(provider.charges) == 1
        assert stock(client, "BK-001") == before
        assert events(client) == []


@pytest.mark.parametrize("answer", [500, None])
def test_without_an_answer_the_order_waits_and_the_next_try_goes_on(
    provider: FakeProvider, environment: dict[str, str], answer: int | None
) -> None:
    provider.answers = [answer]
    with shop_with(provider, environment) as client:
        before = stock(client, "BK-001")
        began = time.monotonic()
        first = order(client, ("BK-001", 1), key="one")

        assert time.monotonic() - began < 30
        assert first.status_code == 503
        assert first.headers["Retry-After"] == "1"
        assert stock(client, "BK-001") == before - 1
        assert events(client) == []

        provider.answers = [200]
        second = order(client, ("BK-001", 1), key="one")

        assert second.json()["status"] == "placed"
        assert stock(client, "BK-001") == before - 1
        assert [event["type"] for event in events(client)] == ["order.placed"]
        assert {body["order_id"] for _, body in provider.charges} == {second.json()["id"]}


def test_a_slow_provider_does_not_hold_up_other_customers(provider: FakeProvider, environment: dict[str, str]) -> None:
    provider.answers = [None, 200]
    with shop_with(provider, environment, patience=60) as client, ThreadPoolExecutor() as others:
        try:
            waiting = others.submit(order, client, ("BK-001", 1))
            while not provider.charges:
                time.sleep(0.01)
            assert client.get("/products/BK-001").status_code == 200
            assert order(client, ("BK-001", 1)).status_code == 201
            assert not waiting.done()
        finally:
            provider.gives_up.set()
        assert waiting.result().status_code == 201


def test_a_provider_that_is_not_there_is_503(sqlite_environment: dict[str, str]) -> None:
    nobody = FakeProvider()
    nobody.url = "http://127.0.0.1:9"
    with shop_with(nobody, sqlite_environment) as client:
        assert order(client, ("BK-001", 1)).status_code == 503


def test_pauses_grow_and_are_spread(sqlite_environment: dict[str, str]) -> None:
    with imported(sqlite_environment) as app:
        first = {app.payments.pause_before(1) for _ in range(50)}
        second = {app.payments.pause_before(2) for _ in range(50)}
    assert len(first) > 1
    assert 0.1 <= min(first) <= max(first) <= 0.2 <= min(second) <= max(second) <= 0.4
