"""What a cart costs, worked out again from the JSON tables with exact fractions; no code of the storefront."""

from fractions import Fraction
from typing import Any


class Refused(Exception):
    """The cart can't be priced."""


def cents(amount: Fraction) -> int:
    """Whole cents of an amount that is not negative; half a cent goes up."""
    hundredfold = amount * 100
    whole = hundredfold.numerator // hundredfold.denominator
    return whole + (1 if hundredfold - whole >= Fraction(1, 2) else 0)


def written(amount: Fraction) -> str:
    total = cents(amount)
    return f"{total // 100}.{total % 100:02d}"


def expected_quote(cart: dict[str, Any], tables: dict[str, Any]) -> dict[str, Any]:
    """Return the body of the answer to POST /quotes; raise Refused where the answer is 422."""
    country = cart["country"]
    if country not in tables["tax"]["rates"] or country not in tables["shipping"]["flat"]:
        raise Refused
    lines, bare_totals, rates = [], [], []
    for wish in cart["lines"]:
        found = [product for product in tables["products"] if product["sku"] == wish["sku"]]
        if not found:
            raise Refused
        price = Fraction(found[0]["price"])
        bare = price * wish["quantity"]
        if not wish["quantity"] < tables["bulk"]["limit"]:
            bare *= 1 - Fraction(tables["bulk"]["percent"]) / 100
        bare = Fraction(cents(bare), 100)
        is_reduced = found[0]["category"] in tables["tax"]["reduced_categories"]
        rates.append(Fraction(tables["tax"]["rates"][country]["reduced" if is_reduced else "standard"]))
        bare_totals.append(bare)
        lines.append({**wish, "unit_price": written(price), "line_total": written(bare)})
    subtotal = sum(bare_totals, Fraction(0))
    discount = expected_discount(cart.get("coupon"), country, subtotal, tables["coupons"])
    shipping = Fraction(tables["shipping"]["flat"][country])
    free_from = tables["shipping"]["free_from"]
    if free_from is not None and not subtotal - discount < Fraction(free_from):
        shipping = Fraction(0)
    tax = Fraction(0)
    for bare, rate in zip(bare_totals, rates, strict=True):
        share = discount * bare / subtotal if subtotal else Fraction(0)
        tax += (bare - share) * rate / 100
    tax = Fraction(cents(tax), 100)
    return {
        "currency": "EUR",
        "country": country,
        "lines": lines,
        "subtotal": written(subtotal),
        "discount": written(discount),
        "shipping": written(shipping),
        "tax": written(tax),
        "total": written(subtotal - discount + shipping + tax),
    }


def expected_discount(code: str | None, country: str, subtotal: Fraction, coupons: dict[str, Any]) -> Fraction:
    if code is None:
        return Fraction(0)
    coupon = coupons.get(code)
    if coupon is None:
        raise Refused
    if coupon["countries"] is not None and country not in coupon["countries"]:
        raise Refused
    if subtotal < Fraction(coupon["minimum"]):
        raise Refused
    if coupon["kind"] == "percent":
        return Fraction(cents(subtotal * Fraction(coupon["value"]) / 100), 100)
    return min(Fraction(coupon["value"]), subtotal)
