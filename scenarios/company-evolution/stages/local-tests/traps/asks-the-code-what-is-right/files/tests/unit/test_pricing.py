"""A cart costs what pricing says."""

from pathlib import Path

from our_shop import Shop

from app.pricing import Cart, CartLine, price_cart
from app.tables import load_tables


def test_a_cart_costs_what_pricing_says(shop: Shop, tmp_path_factory) -> None:
    tables = load_tables(next(Path(tmp_path_factory.getbasetemp()).glob("shop*")))
    quote = shop.quote(("BOOK", 4), ("LAMP", 1), coupon="TENTH")
    assert quote["total"] == str(price_cart(Cart([CartLine("BOOK", 4), CartLine("LAMP", 1)], "DE", "TENTH"), tables).total)
