"""Order events for other systems, written in the order's own transaction so that none is lost.

Readers get each event at least once, in the order of its id.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app import clock
from app.db import Connection

PAGE_SIZE = 100


@dataclass(frozen=True)
class Event:
    """Something that happened to an order; `at` is a stamp of clock.py."""

    id: int
    type: str
    order_id: str
    at: str
    payload: dict[str, Any]


def record(connection: Connection, kind: str, order_id: str, payload: Mapping[str, Any]) -> None:
    """Write an event of the present moment; its payload gains the UTC day for the daily reports.

    Ids have no gaps and become visible in order, so a reader that is past an id has missed nothing.
    """
    connection.wait_for_turn("outbox")
    at = clock.now()
    connection.change(
        "INSERT INTO outbox (id, type, order_id, at, payload) SELECT COALESCE(MAX(id), 0) + 1, ?, ?, ?, ? FROM outbox",
        kind,
        order_id,
        clock.stamp(at),
        json.dumps({"day": day_of(at), **payload}),
    )


def day_of(moment: datetime) -> str:
    """Return the UTC day of an aware moment, as in "2024-05-01"."""
    return moment.astimezone(UTC).date().isoformat()


def read_page(connection: Connection, since: datetime | None, cursor: int) -> list[Event]:
    """Return the first PAGE_SIZE events after the id `cursor` that are not older than `since`."""
    rows = connection.rows(
        "SELECT id, type, order_id, at, payload FROM outbox WHERE id > ? AND at >= ? ORDER BY id LIMIT ?",
        cursor,
        clock.stamp(since) if since else "",
        PAGE_SIZE,
    )
    return [
        Event(id=number, type=kind, order_id=order_id, at=at, payload=json.loads(payload)) for number, kind, order_id, at, payload in rows
    ]


def confirm(connection: Connection, cursor: int) -> None:
    """Note that a reader has all events up to the id `cursor`; older news changes nothing."""
    connection.change(
        "UPDATE outbox_progress SET confirmed = ? WHERE confirmed < ? AND EXISTS (SELECT 1 FROM outbox WHERE id = ?)",
        cursor,
        cursor,
        cursor,
    )


def lag_seconds(connection: Connection) -> float:
    """Return the age in seconds of the oldest event that no reader has confirmed; 0 if there is none."""
    row = connection.row("SELECT at FROM outbox WHERE id > (SELECT confirmed FROM outbox_progress) ORDER BY id LIMIT 1")
    if row is None:
        return 0.0
    return (clock.now() - clock.moment_of(row[0])).total_seconds()
