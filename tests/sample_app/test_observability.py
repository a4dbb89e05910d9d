"""What those who run it see: health, version, metrics, and that no failure goes unseen."""

from types import ModuleType

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from .shopping import cart, order


def test_the_process_says_it_is_alive_and_ready(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_the_version_is_the_one_that_was_built(client: TestClient) -> None:
    version = client.get("/version").json()

    assert version.keys() == {"sha", "build_id", "started_at"}
    assert version["sha"] == "a1b2c3"


@pytest.mark.parametrize("path", ["/healthz", "/nothing", "/products?limit=0", "/orders/nothing", "/openapi.json"])
def test_every_answer_tells_its_version(client: TestClient, path: str) -> None:
    assert client.get(path).headers["X-Version"] == "a1b2c3"


def test_a_failure_inside_is_a_500_that_tells_its_version_and_nothing_else(
    app: ModuleType, client: TestClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(app.inventory, "list_skus", lambda *_: 1 / 0)

    answer = client.get("/products")

    assert answer.status_code == 500
    assert answer.json() == {"detail": "Internal Server Error"}
    assert answer.headers["X-Version"] == "a1b2c3"
    assert "ZeroDivisionError" in capsys.readouterr().out
    assert sample(client, "storefront_requests_total", route="/products", status="5xx") == 1


def sample(client: TestClient, name: str, **labels: str) -> float:
    text = client.get("/metrics").text
    return sum(
        found.value
        for family in text_string_to_metric_families(text)
        for found in family.samples
        if found.name == name and labels.items() <= found.labels.items()
    )


def test_requests_are_counted_by_template_method_and_class(client: TestClient) -> None:
    for sku in ("BK-001", "BK-002", "NONE"):
        client.get(f"/products/{sku}")
    order(client, ("BK-001", 1))

    count = "storefront_requests_total"
    assert sample(client, count, route="/products/{sku}", method="GET", status="2xx") == 2
    assert sample(client, count, route="/products/{sku}", method="GET", status="4xx") == 1
    assert sample(client, count, route="/orders", method="POST", status="2xx") == 1
    assert sample(client, "storefront_request_seconds_count", route="/products/{sku}") == 3
    assert sample(client, "storefront_requests_in_flight") == 1


def test_strangers_can_not_make_up_labels(client: TestClient) -> None:
    for number in range(5):
        client.get(f"/made/up/{number}")
        client.request(f"MADE{number}", "/healthz")

    labels = [
        (found.labels["route"], found.labels["method"])
        for family in text_string_to_metric_families(client.get("/metrics").text)
        for found in family.samples
        if found.name == "storefront_requests_total"
    ]
    assert set(labels) == {("unmatched", "GET"), ("/healthz", "OTHER")}


def test_metrics_answer_without_a_database(app: ModuleType, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> float:
        raise app.main.app.state.shop.database.errors[0]

    monkeypatch.setattr(app.outbox, "lag_seconds", fail)
    answer = client.get("/metrics")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "storefront_outbox_lag_seconds NaN" in answer.text


def test_a_wrong_request_is_not_repeated_in_the_answer(client: TestClient) -> None:
    body = {**cart(("BK-001", 0)), "customer": "canary@example.org", "country": 7}
    answer = client.post("/orders", json=body, headers={"Idempotency-Key": "1"})

    assert answer.status_code == 422
    assert "canary" not in answer.text
    assert {tuple(problem["loc"]) for problem in answer.json()["detail"]} == {
        ("body", "lines", 0, "quantity"),
        ("body", "country"),
    }


def test_a_connection_that_died_is_replaced(app: ModuleType, client: TestClient) -> None:
    pool = app.main.app.state.shop.database
    client.get("/products")
    raw = pool._slots.get_nowait()
    raw.close()
    pool._slots.put(raw)

    assert client.get("/products").status_code == 200
