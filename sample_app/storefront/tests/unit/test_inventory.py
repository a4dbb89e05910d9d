"""The stock room, on a database of its own."""

from decimal import Decimal
from pathlib import Path

import pytest

from app import inventory, migrate
from app.db import Database
from app.pricing import CartLine
from app.tables import Product


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """Give a migrated database with five pans."""
    database = Database(f"sqlite:///{tmp_path}/storefront.db")
    migrate.apply_all(database)
    with database.writing() as connection:
        inventory.add_products(connection, [Product("PAN", "A pan", "kitchen", Decimal(50), "EUR", 5)])
    return database


def test_what_is_reserved_is_gone(database: Database) -> None:
    with database.writing() as connection:
        inventory.reserve(connection, [CartLine("PAN", 2)])

        assert inventory.stock_of(connection, "PAN") == 3
