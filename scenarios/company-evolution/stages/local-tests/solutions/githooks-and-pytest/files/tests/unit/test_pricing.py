"""What carts cost in our own shop. The tables are in our_shop.py, the sums are done by hand."""

from decimal import Decimal

import pytest
from our_shop import PRICES, Shop


def test_one_piece_costs_its_price(shop: Shop) -> None:
    lines = shop.quote(*((sku, 1) for sku in PRICES))["lines"]

    assert lines == [{"sku": sku, "quantity": 1, "unit_price": price, "line_total": price} for sku, (_, price) in PRICES.items()]


# -- bulk: from 4 pieces of one line on, 10 percent less ---------------------------------------------------------------


@pytest.mark.parametrize(("quantity", "subtotal"), [(3, "30.00"), (4, "36.00"), (5, "45.00")])
def test_the_bulk_discount_starts_at_the_limit(shop: Shop, quantity: int, subtotal: str) -> None:
    assert shop.quote(("BOOK", quantity))["subtotal"] == subtotal


def test_the_bulk_discount_is_for_one_line(shop: Shop) -> None:
    assert shop.quote(("BOOK", 2), ("LAMP", 2))["subtotal"] == "60.00"


@pytest.mark.parametrize(
    ("sku", "quantity", "total"),
    [("PIN", 5, "4.73"), ("NAIL", 4, "3.67")],  # 4.725 and 3.672
)
def test_half_a_cent_of_a_line_goes_up_and_less_goes_down(shop: Shop, sku: str, quantity: int, total: str) -> None:
    assert shop.quote((sku, quantity))["subtotal"] == total


# -- shipping: 5.00 to DE, 7.50 to AT, free from 40.00 -----------------------------------------------------------------


@pytest.mark.parametrize(("country", "cost"), [("DE", "5.00"), ("AT", "7.50")])
def test_shipping_depends_on_the_country(shop: Shop, country: str, cost: str) -> None:
    assert shop.quote(("BOOK", 1), country=country)["shipping"] == cost


@pytest.mark.parametrize(("lines", "cost"), [([("DEAR", 1)], "5.00"), ([("LAMP", 2)], "0.00"), ([("CHAIR", 1)], "0.00")])
def test_shipping_is_free_from_the_limit_on(shop: Shop, lines: list[tuple[str, int]], cost: str) -> None:
    assert shop.quote(*lines)["shipping"] == cost


@pytest.mark.parametrize(("lines", "coupon", "cost"), [([("LAMP", 2)], "TENTH", "5.00"), ([("CHAIR", 1)], "FIVE", "0.00")])
def test_it_is_what_is_paid_that_makes_shipping_free(shop: Shop, lines: list[tuple[str, int]], coupon: str, cost: str) -> None:
    assert shop.quote(*lines, coupon=coupon)["shipping"] == cost


# -- tax: 20 and 10 percent in DE, 30 and 5 in AT; books have the reduced rate -----------------------------------------


@pytest.mark.parametrize(
    ("sku", "country", "tax"),
    [("BOOK", "DE", "1.00"), ("BOOK", "AT", "0.50"), ("LAMP", "DE", "4.00"), ("LAMP", "AT", "6.00")],
)
def test_tax_depends_on_the_country_and_on_what_it_is(shop: Shop, sku: str, country: str, tax: str) -> None:
    assert shop.quote((sku, 1), country=country)["tax"] == tax


def test_the_next_customer_pays_the_tax_of_their_own_country(shop: Shop) -> None:
    taxes = [shop.quote(("BOOK", 2), ("LAMP", 1), country=country)["tax"] for country in ("DE", "AT", "DE")]

    assert taxes == ["6.00", "7.00", "6.00"]


@pytest.mark.parametrize(
    ("lines", "coupon", "tax"),
    [
        ([("BOOK", 1), ("LAMP", 1)], "TENTH", "4.50"),  # (1.00 + 4.00) * 27/30
        ([("BOOK", 1), ("LAMP", 1)], "FIVE", "4.17"),  # (1.00 + 4.00) * 25/30
        ([("BOOK", 1)], "GIFT", "0.00"),
    ],
)
def test_tax_is_on_what_is_left_after_the_discount(shop: Shop, lines: list[tuple[str, int]], coupon: str, tax: str) -> None:
    assert shop.quote(*lines, coupon=coupon)["tax"] == tax


@pytest.mark.parametrize(
    ("lines", "tax"),
    [
        ([("NOTE", 1)], "0.00"),  # 0.004
        ([("NOTE", 1), ("CARD", 1)], "0.01"),  # 0.008, not twice 0.00
        ([("STAMP", 1)], "0.03"),  # 0.025
        ([("STAMP", 3)], "0.08"),  # 0.075
        ([("NAIL", 1)], "0.20"),  # 0.204
    ],
)
def test_tax_is_rounded_once_and_half_a_cent_goes_up(shop: Shop, lines: list[tuple[str, int]], tax: str) -> None:
    assert shop.quote(*lines)["tax"] == tax


# -- coupons -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "coupon", "discount"),
    [
        ([("LAMP", 1)], None, "0.00"),
        ([("LAMP", 1)], "TENTH", "2.00"),
        ([("ODD", 1)], "TENTH", "2.01"),  # 2.005
        ([("ODD", 1), ("NAIL", 1)], "TENTH", "2.11"),  # 2.107
        ([("ODD", 1), ("PIN", 1), ("NOTE", 1)], "TENTH", "2.11"),  # 2.114
        ([("CHAIR", 1)], "FIVE", "5.00"),
        ([("BOOK", 1)], "GIFT", "10.00"),  # never more than the goods cost
    ],
)
def test_what_a_coupon_takes_off(shop: Shop, lines: list[tuple[str, int]], coupon: str | None, discount: str) -> None:
    assert shop.quote(*lines, coupon=coupon)["discount"] == discount


@pytest.mark.parametrize(
    ("coupon", "country", "is_valid"),
    [("TENTH", "DE", True), ("TENTH", "AT", False), ("FIVE", "DE", True), ("FIVE", "AT", True)],
)
def test_a_coupon_is_for_its_countries(shop: Shop, coupon: str, country: str, *, is_valid: bool) -> None:
    answer = shop.ask(("CHAIR", 1), country=country, coupon=coupon)

    assert answer.status_code == (200 if is_valid else 422)


@pytest.mark.parametrize(
    ("lines", "coupon", "is_valid"),
    [
        ([("ALMOST", 1)], "TENTH", False),
        ([("LAMP", 1)], "TENTH", True),
        ([("ALMOST", 1), ("BOOK", 1)], "FIVE", False),
        ([("LAMP", 1), ("BOOK", 1)], "FIVE", True),
    ],
)
def test_a_coupon_is_good_from_its_minimum_on(shop: Shop, lines: list[tuple[str, int]], coupon: str, *, is_valid: bool) -> None:
    assert shop.ask(*lines, coupon=coupon).status_code == (200 if is_valid else 422)


# -- the sum, and what is no cart --------------------------------------------------------------------------------------


@pytest.mark.parametrize("coupon", [None, "TENTH", "FIVE", "GIFT"])
def test_a_quote_adds_up(shop: Shop, coupon: str | None) -> None:
    for sku in PRICES:
        quote = shop.quote((sku, 3), ("ODD", 1), ("BOOK", 1), coupon=coupon)
        subtotal, discount, shipping, tax = (Decimal(quote[name]) for name in ("subtotal", "discount", "shipping", "tax"))

        assert subtotal == sum(Decimal(line["line_total"]) for line in quote["lines"])
        assert Decimal(quote["total"]) == subtotal - discount + shipping + tax
        assert (quote["currency"], quote["country"]) == ("EUR", "DE")


@pytest.mark.parametrize(("quantity", "status"), [(-1, 422), (0, 422), (1, 200), (999, 200), (1000, 422)])
def test_how_many_pieces_a_line_may_have(shop: Shop, quantity: int, status: int) -> None:
    assert shop.ask(("BOOK", quantity)).status_code == status


@pytest.mark.parametrize(
    ("lines", "country", "coupon"),
    [([], "DE", None), ([("NOWHERE", 1)], "DE", None), ([("BOOK", 1)], "XX", None), ([("LAMP", 5)], "DE", "NOSUCH")],
)
def test_what_is_no_cart_is_refused(shop: Shop, lines: list[tuple[str, int]], country: str, coupon: str | None) -> None:
    assert shop.ask(*lines, country=country, coupon=coupon).status_code == 422
