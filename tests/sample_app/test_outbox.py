"""GET /admin/export, on both databases."""

import time
from datetime import UTC, datetime, timedelta, timezone
from types import ModuleType
from typing import Any

import pytest
from fastapi.testclient import TestClient

from .shopping import CUSTOMER, events, order


def test_each_step_of_an_order_is_an_event(client: TestClient) -> None:
    first, second = (order(client, ("BK-001", 2), country="FR").json()["id"] for _ in range(2))
    client.post(f"/orders/{first}/cancel")
    client.post(f"/orders/{second}/return")

    found = events(client)

    assert [(event["id"], event["type"], event["order_id"]) for event in found] == [
        (1, "order.placed", first),
        (2, "order.placed", second),
        (3, "order.cancelled", first),
        (4, "order.returned", second),
    ]
    assert found[0]["payload"] == {
        "day": found[0]["at"][:10],
        "customer": CUSTOMER,
        "country": "FR",
        "currency": "EUR",
        "total": "33.72",
        "lines": [{"sku": "BK-001", "quantity": 2}],
    }


def test_pages_of_a_hundred_follow_each_other(app: ModuleType, client: TestClient) -> None:
    write_events(app, 205)

    sizes, seen, cursor = [], [], None
    while True:
        page = client.get("/admin/export", params={"cursor": cursor} if cursor else {}).json()
        sizes.append(len(page["events"]))
        seen += [event["id"] for event in page["events"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert sizes == [100, 100, 5]
    assert seen == list(range(1, 206))


def test_a_full_last_page_is_followed_by_an_empty_one(app: ModuleType, client: TestClient) -> None:
    write_events(app, 100)
    assert client.get("/admin/export").json()["next_cursor"] == 100
    assert client.get("/admin/export?cursor=100").json() == {"events": [], "next_cursor": None}


def test_a_page_can_be_read_again(client: TestClient) -> None:
    order(client, ("BK-001", 1))
    client.get("/admin/export?cursor=1")
    assert len(events(client)) == 1


def test_since_leaves_out_what_is_older(app: ModuleType, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    noon = datetime(2024, 5, 1, 12, tzinfo=UTC)
    for minutes in (0, 1, 1, 2):
        monkeypatch.setattr(app.clock, "now", lambda minutes=minutes: noon + timedelta(minutes=minutes))
        write_events(app, 1)

    def ids(since: str) -> list[int]:
        found = client.get("/admin/export", params={"since": since}).json()["events"]
        return [event["id"] for event in found]

    assert ids("2024-05-01T12:01:00Z") == [2, 3, 4]
    assert ids("2024-05-01T12:01:00.000001Z") == [4]
    assert ids("2024-05-01T14:01:00+02:00") == [2, 3, 4]
    assert ids("2024-05-01T12:01:00") == [2, 3, 4]
    assert ids("2024-05-01") == [1, 2, 3, 4]
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("query", ["since=yesterday", "cursor=-1", "cursor=x", f"cursor={2**63}"])
def test_a_parameter_that_makes_no_sense_is_422(client: TestClient, query: str) -> None:
    assert client.get(f"/admin/export?{query}").status_code == 422


@pytest.mark.parametrize("query", ["since=&cursor=", f"cursor={2**63 - 1}", "cursor=0", "since=0001-01-01T00:00:00Z"])
def test_a_parameter_at_the_edge_is_fine(client: TestClient, query: str) -> None:
    assert client.get(f"/admin/export?{query}").status_code == 200


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_outside_the_calendar_does_not_make_it_fail(client: TestClient, since: str) -> None:
    assert client.get("/admin/export", params={"since": since}).status_code < 500


def test_an_event_of_a_late_evening_elsewhere_is_of_the_utc_day(
    app: ModuleType, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    auckland = timezone(timedelta(hours=13))
    monkeypatch.setattr(app.clock, "now", lambda: datetime(2025, 1, 1, 12, 59, tzinfo=auckland))

    order(client, ("BK-001", 1))

    (event,) = events(client)
    assert event["payload"]["day"] == "2024-12-31"
    assert event["at"] == "2024-12-31T23:59:00.000000Z"


def test_the_lag_is_the_age_of_the_oldest_event_that_is_not_confirmed(
    app: ModuleType, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = datetime(2024, 5, 1, 12, tzinfo=UTC)
    moment = noon
    monkeypatch.setattr(app.clock, "now", lambda: moment)
    assert lag(client) == 0
    write_events(app, 1)
    moment = noon + timedelta(seconds=60)
    write_events(app, 1)
    assert lag(client) == 60
    client.get("/admin/export")
    assert lag(client) == 60
    client.get("/admin/export?cursor=1")
    assert lag(client) == 0
    moment = noon + timedelta(seconds=90)
    assert lag(client) == 30
    client.get("/admin/export?cursor=999")
    assert lag(client) == 30
    client.get("/admin/export?cursor=2")
    client.get("/admin/export?cursor=1")
    assert lag(client) == 0


def lag(client: TestClient) -> float:
    lines = client.get("/metrics").text.splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("storefront_outbox_lag_seconds ")))


def write_events(app: ModuleType, count: int) -> None:
    with app.main.app.state.shop.database.writing() as connection:
        for _ in range(count):
            app.outbox.record(connection, "order.placed", "1", {})


def test_events_vanish_with_the_transaction_that_failed(app: ModuleType, client: TestClient) -> None:
    class Stop(Exception):
        pass

    def fail() -> Any:
        with app.main.app.state.shop.database.writing() as connection:
            app.outbox.record(connection, "order.placed", "1", {})
            raise Stop

    with pytest.raises(Stop):
        fail()
    assert events(client) == []
