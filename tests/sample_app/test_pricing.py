"""Prices, compared with an exact recomputation over open input, and at every boundary by hand."""

from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .recomputation import Refused, expected_quote

COUNTRIES = ("DE", "FR", "CH")
CATEGORIES = ("books", "kitchen")


def money(low: int, high: int) -> st.SearchStrategy[str]:
    return st.integers(low, high).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")


PERCENT = st.integers(0, 300).map(lambda tenths: f"{tenths / 10:g}")
COUPON = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["percent", "amount"]),
        "value": money(1, 3000),
        "countries": st.none() | st.lists(st.sampled_from(COUNTRIES), unique=True),
        "minimum": money(0, 10_000),
    }
)


@st.composite
def tables_and_cart(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    prices = draw(st.lists(money(0, 9999), min_size=1, max_size=4))
    products = [
        {
            "sku": f"P{number}",
            "name": "thing",
            "category": draw(st.sampled_from(CATEGORIES)),
            "price": price,
            "currency": "EUR",
            "stock": 1,
        }
        for number, price in enumerate(prices)
    ]
    tables: dict[str, Any] = {
        "products": products,
        "tax": {
            "rates": {country: {"standard": draw(PERCENT), "reduced": draw(PERCENT)} for country in COUNTRIES},
            "reduced_categories": ["books"],
        },
        "coupons": {"ONE": draw(COUPON), "TWO": draw(COUPON)},
        "shipping": {
            "flat": {country: draw(money(0, 1000)) for country in COUNTRIES},
            "free_from": draw(st.none() | money(1, 20_000)),
        },
        "bulk": {"limit": draw(st.integers(2, 20)), "percent": draw(PERCENT)},
    }
    limit = tables["bulk"]["limit"]
    quantities = st.integers(1, 999) | st.sampled_from([limit - 1, limit, limit + 1])
    skus = st.sampled_from([product["sku"] for product in products])
    lines = st.lists(st.fixed_dictionaries({"sku": skus, "quantity": quantities}), min_size=1, max_size=6)
    cart = {
        "lines": draw(lines),
        "country": draw(st.sampled_from(COUNTRIES)),
        "coupon": draw(st.sampled_from([None, "ONE", "TWO", "NONE"])),
    }
    return tables, cart


def parsed(pure: ModuleType, tables: dict[str, Any]) -> Any:
    reader = pure.tables
    return reader.Tables(
        products=reader.products_of(tables["products"]),
        tax=reader.tax_of(tables["tax"]),
        coupons=reader.coupons_of(tables["coupons"]),
        shipping=reader.shipping_of(tables["shipping"]),
        bulk=reader.bulk_of(tables["bulk"]),
    )


def quoted(pure: ModuleType, tables: dict[str, Any], cart: dict[str, Any]) -> Any:
    body = pure.schemas.CartIn.model_validate(cart)
    return pure.pricing.price_cart(body.cart(), parsed(pure, tables))


@given(tables_and_cart())
def test_every_cart_costs_what_the_recomputation_says(pure: ModuleType, case: Any) -> None:
    tables, cart = case
    try:
        expected = expected_quote(cart, tables)
    except Refused:
        with pytest.raises(pure.errors.CartError):
            quoted(pure, tables, cart)
    else:
        quote = pure.schemas.QuoteOut.of(quoted(pure, tables, cart))
        assert quote.model_dump() == expected


@given(tables_and_cart())
def test_no_amount_is_below_zero_and_the_parts_add_up(pure: ModuleType, case: Any) -> None:
    tables, cart = case
    try:
        quote = quoted(pure, tables, cart)
    except pure.errors.CartError:
        return
    amounts = (quote.subtotal, quote.discount, quote.shipping, quote.tax, quote.total)
    assert all(amount >= 0 and amount.as_tuple().exponent == -2 for amount in amounts)
    assert quote.discount <= quote.subtotal == sum(line.total for line in quote.lines)
    assert quote.total == quote.subtotal - quote.discount + quote.shipping + quote.tax


@given(tables_and_cart(), st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_no_total(pure: ModuleType, case: Any, random: Any) -> None:
    tables, cart = case
    shuffled = {**cart, "lines": random.sample(cart["lines"], len(cart["lines"]))}
    try:
        quote = quoted(pure, tables, cart)
    except pure.errors.CartError:
        return
    assert quoted(pure, tables, shuffled).total == quote.total


@pytest.mark.parametrize(("quantity", "expected"), [(1, "1.00"), (9, "9.00"), (10, "9.50"), (11, "10.45"), (999, "949.05")])
def test_the_bulk_discount_begins_at_its_limit(pure: ModuleType, quantity: int, expected: str) -> None:
    bulk = pure.tables.Bulk(limit=10, percent=Decimal(5))
    assert pure.pricing.line_total(Decimal("1.00"), quantity, bulk) == Decimal(expected)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("0.005", "0.01"), ("0.015", "0.02"), ("0.025", "0.03"), ("1.00499", "1.00"), ("2.675", "2.68")],
)
def test_half_a_cent_goes_up(pure: ModuleType, amount: str, expected: str) -> None:
    assert str(pure.pricing.round_to_cents(Decimal(amount))) == expected


@pytest.mark.parametrize(("goods", "expected"), [("99.99", "4.90"), ("100.00", "0.00"), ("100.01", "0.00")])
def test_shipping_is_free_from_its_limit(pure: ModuleType, goods: str, expected: str) -> None:
    shipping = pure.tables.Shipping(flat={"DE": Decimal("4.90")}, free_from=Decimal("100.00"))
    assert pure.pricing.shipping_cost(Decimal(goods), "DE", shipping) == Decimal(expected)


def test_shipping_is_never_free_without_a_limit(pure: ModuleType) -> None:
    shipping = pure.tables.Shipping(flat={"DE": Decimal("4.90")}, free_from=None)
    assert pure.pricing.shipping_cost(Decimal(9999), "DE", shipping) == Decimal("4.90")


@pytest.mark.parametrize(
    ("country", "subtotal", "is_valid"),
    [("DE", "20.00", True), ("DE", "19.99", False), ("NL", "20.00", False), ("NL", "500.00", False)],
)
def test_a_coupon_has_countries_and_a_minimum(pure: ModuleType, country: str, subtotal: str, *, is_valid: bool) -> None:
    coupon = pure.tables.Coupon("X", "percent", Decimal(5), frozenset({"DE", "FR"}), Decimal("20.00"))
    assert pure.pricing.is_coupon_valid(coupon, country, Decimal(subtotal)) is is_valid


def test_a_coupon_for_no_country_is_valid_nowhere(pure: ModuleType) -> None:
    coupon = pure.tables.Coupon("X", "percent", Decimal(5), frozenset(), Decimal(0))
    assert not pure.pricing.is_coupon_valid(coupon, "DE", Decimal(100))


def test_tax_is_rounded_once_and_not_line_by_line(pure: ModuleType) -> None:
    totals, rates = [Decimal("0.02")] * 3, [Decimal(20)] * 3
    assert pure.pricing.tax_on_lines(totals, rates, Decimal("0.00")) == Decimal("0.01")


def test_tax_on_exactly_half_a_cent_goes_up_whatever_the_shares_are(pure: ModuleType) -> None:
    totals, rates = [Decimal("10.00"), Decimal("20.00")], [Decimal(5)] * 2
    assert pure.pricing.tax_on_lines(totals, rates, Decimal("9.90")) == Decimal("1.01")  # 1.005
