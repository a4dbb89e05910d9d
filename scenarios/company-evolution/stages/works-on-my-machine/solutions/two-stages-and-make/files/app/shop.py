"""The one place where the parts of the storefront are put together."""

from dataclasses import dataclass

from fastapi import Request

from app import promotions
from app.config import Settings
from app.db import Database
from app.payments import Payments
from app.pricing import Cart, Quote, price_cart
from app.tables import Tables, load_tables


@dataclass(frozen=True)
class Shop:
    """All that a request may need."""

    database: Database
    tables: Tables
    payments: Payments
    rules: tuple[promotions.Rule, ...]

    def quote(self, cart: Cart) -> Quote:
        """Return what a cart costs, promotions included. Raises CartError."""
        return promotions.apply_rules(price_cart(cart, self.tables), self.rules)


def open_shop(settings: Settings) -> Shop:
    """Return a shop. Its database is not touched: `app.readiness` sees to that."""
    return Shop(
        database=Database(settings.database_url),
        tables=load_tables(settings.data_dir),
        payments=Payments(url=settings.payments_url, key=settings.payments_key),
        rules=promotions.find_rules(),
    )


def shop_of(request: Request) -> Shop:
    """Return the shop that serves this request."""
    shop: Shop = request.app.state.shop
    return shop
