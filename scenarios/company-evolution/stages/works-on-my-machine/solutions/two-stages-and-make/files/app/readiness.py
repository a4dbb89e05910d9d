"""When the shop may be shown to customers: a task that goes on trying until the database has everything."""

import asyncio
import logging

from app import inventory, migrate
from app.shop import Shop

PAUSE_SECONDS = 0.5

log = logging.getLogger(__name__)


class Readiness:
    """Whether a shop's database has its schema and its products, and whether it is still there."""

    def __init__(self, shop: Shop) -> None:
        """Take the shop; nothing is tried yet."""
        self._shop = shop
        self._is_prepared = False

    async def keep_trying(self) -> None:
        """Try until it has worked once."""
        while True:
            if await asyncio.to_thread(self.try_once):
                return
            await asyncio.sleep(PAUSE_SECONDS)

    def try_once(self) -> bool:
        """Bring the schema up to date and the products onto the shelf; False when there is no database."""
        try:
            migrate.apply_all(self._shop.database)
            with self._shop.database.writing() as connection:
                inventory.add_products(connection, self._shop.tables.products.values())
        except self._shop.database.errors as problem:
            log.warning("no database yet", extra={"problem": type(problem).__name__})
            return False
        self._is_prepared = True
        return True

    def __bool__(self) -> bool:
        """Return whether customers may come now."""
        if not self._is_prepared:
            return False
        try:
            with self._shop.database.reading() as connection:
                return connection.row("SELECT 1") is not None
        except self._shop.database.errors:
            return False
