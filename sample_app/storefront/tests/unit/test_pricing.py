"""What a cart costs, with tables of our own."""

from decimal import Decimal

import pytest

from app.errors import CartError
from app.pricing import Cart, CartLine, line_total, price_cart, shipping_cost, tax_rate
from app.tables import Bulk, Coupon, Product, Shipping, Tables, Tax

TABLES = Tables(
    products={
        "BOOK": Product("BOOK", "A book", "books", Decimal("20.00"), "EUR", 5),
        "PAN": Product("PAN", "A pan", "kitchen", Decimal("50.00"), "EUR", 5),
    },
    tax=Tax(
        rates={"DE": {"standard": Decimal(20), "reduced": Decimal(10)}},
        reduced_categories=frozenset({"books"}),
    ),
    coupons={"TENOFF": Coupon("TENOFF", "amount", Decimal("10.00"), None, Decimal("50.00"))},
    shipping=Shipping(flat={"DE": Decimal("5.00")}, free_from=Decimal("200.00")),
    bulk=Bulk(limit=10, percent=Decimal(5)),
)


def cart(*lines: tuple[str, int], coupon: str | None = None) -> Cart:
    """Return a German cart."""
    return Cart([CartLine(sku, quantity) for sku, quantity in lines], "DE", coupon)


def test_a_line_costs_price_times_quantity() -> None:
    assert line_total(Decimal("20.00"), 3, TABLES.bulk) == Decimal("60.00")


def test_twenty_pieces_are_cheaper() -> None:
    assert line_total(Decimal("20.00"), 20, TABLES.bulk) == Decimal("380.00")


def test_a_small_cart_pays_shipping() -> None:
    assert shipping_cost(Decimal("20.00"), "DE", TABLES.shipping) == Decimal("5.00")


def test_books_have_the_reduced_rate() -> None:
    assert tax_rate("DE", "books", TABLES.tax) == Decimal(10)


def test_a_quote_adds_up() -> None:
    quote = price_cart(cart(("BOOK", 1), ("PAN", 2)), TABLES)

    assert quote.subtotal == Decimal("120.00")
    assert quote.shipping == Decimal("5.00")
    assert quote.tax == Decimal("22.00")
    assert quote.total == Decimal("147.00")


def test_a_coupon_takes_ten_off() -> None:
    quote = price_cart(cart(("PAN", 2), coupon="TENOFF"), TABLES)

    assert quote.discount == Decimal("10.00")


def test_an_unknown_product_is_refused() -> None:
    with pytest.raises(CartError):
        price_cart(cart(("LAMP", 1)), TABLES)
