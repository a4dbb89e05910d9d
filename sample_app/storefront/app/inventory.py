"""The stock room: how many pieces of each product are left, and who gets them."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from app.db import Connection
from app.errors import OutOfStock
from app.tables import Product


class StockLine(Protocol):
    """Anything that names a product and a number of pieces of it."""

    @property
    def sku(self) -> str:
        """The product."""

    @property
    def quantity(self) -> int:
        """The number of pieces."""


def add_products(connection: Connection, products: Iterable[Product]) -> None:
    """Give every product that is new here its first stock; what is here keeps the stock it has."""
    for product in products:
        connection.change(
            "INSERT INTO stock (sku, category, stock) VALUES (?, ?, ?) ON CONFLICT (sku) DO UPDATE SET category = excluded.category",
            product.sku,
            product.category,
            product.stock,
        )


def list_skus(connection: Connection, category: str | None, limit: int) -> list[str]:
    """Return at most `limit` skus in alphabetical order, of one category or of all (None)."""
    if category is None:
        rows = connection.rows("SELECT sku FROM stock ORDER BY sku LIMIT ?", limit)
    else:
        rows = connection.rows("SELECT sku FROM stock WHERE category = ? ORDER BY sku LIMIT ?", category, limit)
    return [sku for (sku,) in rows]


def stock_of(connection: Connection, sku: str) -> int:
    """Return the number of pieces left of a product; 0 for one that was never here."""
    row = connection.row("SELECT stock FROM stock WHERE sku = ?", sku)
    return int(row[0]) if row else 0


def reserve(connection: Connection, lines: Sequence[StockLine]) -> None:
    """Take the pieces of all lines off the shelf, or none of them.

    Raises OutOfStock, upon which the caller's transaction must be undone.
    """
    for line in in_lock_order(lines):
        taken = connection.change(
            "UPDATE stock SET stock = stock - ? WHERE sku = ? AND stock >= ?",
            line.quantity,
            line.sku,
            line.quantity,
        )
        if taken == 0:
            message = f"there are not enough pieces of '{line.sku}' left"
            raise OutOfStock(message)


def release(connection: Connection, lines: Sequence[StockLine]) -> None:
    """Put the pieces of all lines back on the shelf."""
    for line in in_lock_order(lines):
        connection.change("UPDATE stock SET stock = stock + ? WHERE sku = ?", line.quantity, line.sku)


def in_lock_order(lines: Sequence[StockLine]) -> list[StockLine]:
    """Return the lines by sku: whoever locks rows in one order never waits in a circle."""
    return sorted(lines, key=lambda line: line.sku)
