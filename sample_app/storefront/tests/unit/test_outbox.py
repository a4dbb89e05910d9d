"""The outbox, on a database of its own."""

from pathlib import Path

from app import migrate, outbox
from app.db import Database


def test_an_event_can_be_read(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/storefront.db")
    migrate.apply_all(database)

    with database.writing() as connection:
        outbox.record(connection, "order.placed", "17", {"total": "12.30"})
        (event,) = outbox.read_page(connection, None, 0)

    assert event.order_id == "17"
