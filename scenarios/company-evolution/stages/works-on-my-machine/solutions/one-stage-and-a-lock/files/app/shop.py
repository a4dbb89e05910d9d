"""The one place where the parts of the storefront are put together."""

from dataclasses import dataclass, field
from threading import Event

from fastapi import Request

from app import inventory, migrate, promotions
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
    ready: Event = field(default_factory=Event)

    def quote(self, cart: Cart) -> Quote:
        """Return what a cart costs, promotions included. Raises CartError."""
        return promotions.apply_rules(price_cart(cart, self.tables), self.rules)

    def prepare(self) -> bool:
        """Bring the schema up to date and every product onto the shelf; False while there is no database."""
        if not self.ready.is_set():
            try:
                migrate.apply_all(self.database)
                with self.database.writing() as connection:
                    inventory.add_products(connection, self.tables.products.values())
            except self.database.errors:
                return False
            self.ready.set()
        return True

    def is_ready(self) -> bool:
        """Return whether a customer who comes now can be served."""
        try:
            with self.database.reading() as connection:
                connection.row("SELECT 1")
        except self.database.errors:
            return False
        return self.prepare()


def open_shop(settings: Settings) -> Shop:
    """Return a shop. Where its database is there, it is ready for customers when this returns."""
    shop = Shop(
        database=Database(settings.database_url),
        tables=load_tables(settings.data_dir),
        payments=Payments(url=settings.payments_url, key=settings.payments_key),
        rules=promotions.find_rules(),
    )
    shop.prepare()
    return shop


def shop_of(request: Request) -> Shop:
    """Return the shop that serves this request."""
    shop: Shop = request.app.state.shop
    return shop
