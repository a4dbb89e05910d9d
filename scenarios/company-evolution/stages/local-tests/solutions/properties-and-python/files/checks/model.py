"""What a cart must cost, in whole fractions, as the README tells it; and the tables that are asked about.

Prices are such that random carts often meet a limit exactly, or end in half a cent.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import floor

LIMIT = 5
LINE_LIMITS = (1, 2, LIMIT - 1, LIMIT, LIMIT + 1, 999)
PRICES = {
    "NOVEL": ("books", "10.00"),
    "ATLAS": ("books", "25.00"),
    "LEAF": ("books", "0.05"),
    "SCRAP": ("books", "0.30"),
    "PAN": ("kitchen", "15.00"),
    "CUP": ("kitchen", "1.15"),
    "SPOON": ("kitchen", "0.29"),
    "ROSE": ("garden", "4.35"),
    "SEED": ("garden", "0.01"),
    "GNOME": ("garden", "24.99"),
}
STOCKED = {"TUB-A": 12, "TUB-B": 12, "TUB-C": 12, "LAST": 7}
RATES = {"DE": ("20", "10"), "AT": ("25", "5"), "FR": ("7.5", "2.5")}
FLAT = {"DE": "5.00", "AT": "7.50", "FR": "6.10"}
FREE_FROM = "50.00"
COUPONS = {
    "TENTH": ("percent", "10", ["DE", "FR"], "25.00"),
    "THIRD": ("percent", "33.3", None, "0.00"),
    "FIVE": ("amount", "5.00", None, "30.00"),
    "GIFT": ("amount", "40.00", ["AT"], "0.00"),
}

TABLES = {
    "products": [
        {"sku": sku, "name": sku.lower(), "category": category, "price": price, "currency": "EUR", "stock": 100_000}
        for sku, (category, price) in PRICES.items()
    ]
    + [
        {"sku": sku, "name": sku.lower(), "category": "tubs", "price": "1.00", "currency": "EUR", "stock": stock}
        for sku, stock in STOCKED.items()
    ],
    "tax": {
        "rates": {country: {"standard": standard, "reduced": reduced} for country, (standard, reduced) in RATES.items()},
        "reduced_categories": ["books"],
    },
    "shipping": {"flat": FLAT, "free_from": FREE_FROM},
    "bulk": {"limit": LIMIT, "percent": "10"},
    "coupons": {
        code: {"kind": kind, "value": value, "countries": countries, "minimum": minimum}
        for code, (kind, value, countries, minimum) in COUPONS.items()
    },
}

Lines = Sequence[tuple[str, int]]


def cents(amount: Fraction) -> Fraction:
    """Whole cents; half a cent goes up."""
    return Fraction(floor(amount * 100 + Fraction(1, 2)), 100)


def money(amount: Fraction) -> str:
    """As customers read it."""
    return f"{floor(amount)}.{floor(amount * 100) % 100:02}"


def expected(lines: Lines, country: str, coupon: str | None) -> dict[str, str] | None:
    """The five sums of a quote; None when the coupon is not valid for this cart."""
    totals = []
    for sku, quantity in lines:
        full = Fraction(PRICES[sku][1]) * quantity
        totals.append(cents(full * Fraction(9, 10) if quantity >= LIMIT else full))
    subtotal, discount = sum(totals), Fraction(0)
    if coupon is not None:
        kind, value, countries, minimum = COUPONS[coupon]
        if (countries and country not in countries) or subtotal < Fraction(minimum):
            return None
        discount = cents(subtotal * Fraction(value) / 100) if kind == "percent" else min(Fraction(value), subtotal)
    standard, reduced = map(Fraction, RATES[country])
    rates = [reduced if PRICES[sku][0] == "books" else standard for sku, _ in lines]
    kept = (subtotal - discount) / subtotal
    tax = cents(sum(total * kept * rate / 100 for total, rate in zip(totals, rates, strict=True)))
    shipping = Fraction(0) if subtotal - discount >= Fraction(FREE_FROM) else Fraction(FLAT[country])
    sums = {"subtotal": subtotal, "discount": discount, "shipping": shipping, "tax": tax, "total": subtotal - discount + shipping + tax}
    return {name: money(amount) for name, amount in sums.items()}
