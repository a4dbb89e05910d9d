"""The life of an order.

    pending ──> placed ──> cancelled
       └─> declined └────> returned

An order is pending only between the moment its stock is set aside and the moment it is paid. When
the provider gives no answer it stays so, and the customer's next try with the same key goes on from
there. Nothing waits for the provider inside a transaction.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from app import clock, inventory, outbox
from app.db import Connection
from app.errors import IllegalMove, KeyReused, PaymentDeclined, UnknownOrder
from app.schemas import OrderIn, OrderOut, QuoteOut
from app.shop import Shop

RETURN_PERIOD = timedelta(days=30)


@dataclass(frozen=True)
class Order:
    """An order; its quote is what the customer saw, whatever prices do later."""

    id: str
    customer: str
    status: str
    quote: QuoteOut
    placed_at: datetime

    def out(self) -> OrderOut:
        """Return the order as other teams read it."""
        placed_at = clock.stamp(self.placed_at)
        return OrderOut(id=self.id, status=self.status, quote=self.quote, placed_at=placed_at)


def place(shop: Shop, wish: OrderIn, key: str) -> tuple[Order, bool]:
    """Return the order for this idempotency key, and whether it is a new one.

    Raises KeyReused when the key came with another body, CartError, OutOfStock and both payment errors.
    """
    with shop.database.reading() as connection:
        earlier = find_by_key(connection, key, fingerprint_of(wish))
    if earlier is not None:
        return settle(shop, earlier), False
    quote = QuoteOut.of(shop.quote(wish.cart()))
    with shop.database.writing() as connection:
        order, is_new = claim(connection, wish, key, quote)
    return settle(shop, order), is_new


def fingerprint_of(wish: OrderIn) -> str:
    """Return a text that is the same for two bodies that mean the same."""
    return hashlib.sha256(wish.model_dump_json().encode()).hexdigest()


def find_by_key(connection: Connection, key: str, fingerprint: str) -> Order | None:
    """Return the order that was placed with this key, or None. Raises KeyReused for another body."""
    row = connection.row("SELECT fingerprint, order_id FROM idempotency_keys WHERE key = ?", key)
    if row is None:
        return None
    if row[0] != fingerprint:
        message = "this Idempotency-Key was used for another order"
        raise KeyReused(message)
    return find(connection, row[1])


def claim(connection: Connection, wish: OrderIn, key: str, quote: QuoteOut) -> tuple[Order, bool]:
    """Take the key and the stock for a new, pending order; or return the order that has the key."""
    order = Order(uuid4().hex, wish.customer, "pending", quote, clock.now())
    fingerprint = fingerprint_of(wish)
    is_mine = connection.change(
        "INSERT INTO idempotency_keys (key, fingerprint, order_id) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING",
        key,
        fingerprint,
        order.id,
    )
    if not is_mine:
        return find_by_key(connection, key, fingerprint) or order, False
    inventory.reserve(connection, quote.lines)
    connection.change(
        "INSERT INTO orders (id, customer, status, quote, placed_at) VALUES (?, ?, ?, ?, ?)",
        order.id,
        order.customer,
        order.status,
        order.quote.model_dump_json(),
        clock.stamp(order.placed_at),
    )
    return order, True


def settle(shop: Shop, order: Order) -> Order:
    """Return a pending order after payment, any other as it is. Raises both payment errors."""
    if order.status == "declined":
        message = "the payment was declined"
        raise PaymentDeclined(message)
    if order.status != "pending":
        return order
    quote = order.quote
    try:
        shop.payments.charge(order_id=order.id, amount=quote.total, currency=quote.currency)
    except PaymentDeclined:
        with shop.database.writing() as connection:
            if move(connection, order, "pending", "declined"):
                inventory.release(connection, quote.lines)
        raise
    with shop.database.writing() as connection:
        if move(connection, order, "pending", "placed"):
            outbox.record(connection, "order.placed", order.id, payload_of(order))
    return replace(order, status="placed")


def cancel(shop: Shop, order_id: str) -> Order:
    """Cancel a placed order and release its stock. Raises UnknownOrder or IllegalMove."""
    with shop.database.writing() as connection:
        order = find(connection, order_id)
        if not move(connection, order, "placed", "cancelled"):
            raise not_possible(connection, order_id, "cancelled")
        inventory.release(connection, order.quote.lines)
        outbox.record(connection, "order.cancelled", order.id, payload_of(order))
    return replace(order, status="cancelled")


def take_back(shop: Shop, order_id: str) -> Order:
    """Return a placed order of the last 30 days; its pieces are not sold again.

    Raises UnknownOrder or IllegalMove.
    """
    with shop.database.writing() as connection:
        order = find(connection, order_id)
        if order.status == "placed" and not is_returnable(order.placed_at, clock.now()):
            message = f"order '{order_id}' was placed more than {RETURN_PERIOD.days} days ago"
            raise IllegalMove(message)
        if not move(connection, order, "placed", "returned"):
            raise not_possible(connection, order_id, "returned")
        outbox.record(connection, "order.returned", order.id, payload_of(order))
    return replace(order, status="returned")


def is_returnable(placed_at: datetime, now: datetime) -> bool:
    """Return whether an order of that moment may still be returned now."""
    return now - placed_at <= RETURN_PERIOD


def find(connection: Connection, order_id: str) -> Order:
    """Return the order with this id. Raises UnknownOrder."""
    row = connection.row("SELECT customer, status, quote, placed_at FROM orders WHERE id = ?", order_id)
    if row is None:
        message = f"there is no order '{order_id}'"
        raise UnknownOrder(message)
    customer, status, quote, placed_at = row
    return Order(
        id=order_id,
        customer=customer,
        status=status,
        quote=QuoteOut.model_validate_json(quote),
        placed_at=clock.moment_of(placed_at),
    )


def move(connection: Connection, order: Order, before: str, after: str) -> bool:
    """Move an order from one status to another; of several who try, one gets True."""
    sql = "UPDATE orders SET status = ? WHERE id = ? AND status = ?"
    return connection.change(sql, after, order.id, before) == 1


def not_possible(connection: Connection, order_id: str, wanted: str) -> IllegalMove:
    """Return the reason why an order can't become what was wanted."""
    status = find(connection, order_id).status
    return IllegalMove(f"order '{order_id}' is {status}; only a placed order can be {wanted}")


def payload_of(order: Order) -> Mapping[str, Any]:
    """Return what an event tells about an order."""
    return {
        "customer": order.customer,
        "country": order.quote.country,
        "currency": order.quote.currency,
        "total": order.quote.total,
        "lines": [{"sku": line.sku, "quantity": line.quantity} for line in order.quote.lines],
    }
