"""Orders are younger than a year."""

from datetime import date

from our_shop import Shop


def test_an_order_is_from_this_year(shop: Shop) -> None:
    in_a_year = date.today().replace(year=date.today().year + 1)
    assert shop.order(("BOOK", 1)).json()["placed_at"] < in_a_year.isoformat()
