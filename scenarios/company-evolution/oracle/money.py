"""The money rules in whole cents and exact fractions; the app does them in Decimal, so no slip is shared."""

from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any

Tables = dict[str, Any]
Lines = list[tuple[str, int]]
HALF = Fraction(1, 2)


class NotSold(Exception):
    """The cart can't be priced: an unknown name, or a coupon that is not valid for it."""


@dataclass(frozen=True)
class Sum:
    """What a cart costs, in cents. `exact` holds each amount as it was before it was rounded, in cents."""

    lines: tuple[int, ...]
    subtotal: int
    discount: int
    shipping: int
    tax: int
    exact: tuple[Fraction, ...]
    taxes_by_line: tuple[Fraction, ...]

    @property
    def goods(self) -> int:
        """The goods after the discount."""
        return self.subtotal - self.discount

    @property
    def total(self) -> int:
        """What the customer pays."""
        return self.goods + self.shipping + self.tax

    @property
    def is_calm(self) -> bool:
        """Whether any sane way of rounding gives this same total."""
        by_line = sum(half_up(tax) for tax in self.taxes_by_line)
        return not self.is_tie and by_line == self.tax and not self.is_lost_in_float

    @property
    def is_lost_in_float(self) -> bool:
        """Whether binary floating point loses a cent of the total: `int(float("8.20") * 100)` is 819."""
        return int(float(text(self.total)) * 100) != self.total

    @property
    def is_tie(self) -> bool:
        """Whether half a cent had to be rounded somewhere."""
        return any(amount % 1 == HALF for amount in self.exact)


def dice(*parts: object) -> random.Random:
    """A source of luck that is the same for the same parts."""
    return random.Random("/".join(map(str, parts)))  # noqa: S311 - a game's dice, no secret


def cents(amount: str) -> int:
    """Cents of a money text: "12.90" is 1290."""
    whole, _, part = amount.partition(".")
    return int(whole) * 100 + int((part + "00")[:2])


def text(amount: int) -> str:
    """Money text of cents: 1290 is "12.90"."""
    return f"{amount // 100}.{amount % 100:02d}"


def half_up(amount: Fraction) -> int:
    """Round to whole cents; half a cent goes up."""
    return floor(amount + HALF)


def product(tables: Tables, sku: str) -> dict[str, Any] | None:
    """The product of that sku."""
    return next((one for one in tables["products"] if one["sku"] == sku), None)


def line_exact(tables: Tables, sku: str, quantity: int) -> Fraction:
    """One line in cents, bulk discount taken off, before rounding."""
    found = product(tables, sku)
    if found is None:
        raise NotSold(f"there is no product '{sku}'")
    amount = Fraction(cents(found["price"]) * quantity)
    if quantity >= tables["bulk"]["limit"]:
        amount -= amount * Fraction(str(tables["bulk"]["percent"])) / 100
    return amount


def rate(tables: Tables, sku: str, country: str) -> Fraction:
    """The tax rate of a product in a country, in percent."""
    found = product(tables, sku) or {}
    kind = "reduced" if found.get("category") in tables["tax"]["reduced_categories"] else "standard"
    return Fraction(str(tables["tax"]["rates"][country][kind]))


def discount_exact(tables: Tables, code: str, country: str, subtotal: int) -> Fraction:
    """What a coupon takes off, in cents, before rounding."""
    coupon = tables["coupons"].get(code)
    if coupon is None:
        raise NotSold(f"there is no coupon '{code}'")
    if coupon["countries"] is not None and country not in coupon["countries"]:
        raise NotSold(f"coupon '{code}' is not for {country}")
    if subtotal < cents(coupon["minimum"]):
        raise NotSold(f"coupon '{code}' needs {coupon['minimum']}")
    if coupon["kind"] == "percent":
        return subtotal * Fraction(str(coupon["value"])) / 100
    return Fraction(min(cents(coupon["value"]), subtotal))


def add_up(tables: Tables, lines: Lines, country: str, coupon: str | None = None) -> Sum:
    """What a cart costs.

    Raises:
        NotSold: the shop refuses the cart.
    """
    if country not in tables["tax"]["rates"] or country not in tables["shipping"]["flat"]:
        raise NotSold(f"nothing is sent to '{country}'")
    exact_lines = [line_exact(tables, sku, quantity) for sku, quantity in lines]
    line_totals = [half_up(amount) for amount in exact_lines]
    subtotal = sum(line_totals)
    exact_discount = discount_exact(tables, coupon, country, subtotal) if coupon else Fraction(0)
    discount = half_up(exact_discount)
    kept = Fraction(subtotal - discount, subtotal) if subtotal else Fraction(1)
    taxes = [total * kept * rate(tables, sku, country) / 100 for total, (sku, _) in zip(line_totals, lines, strict=True)]
    free_from = tables["shipping"]["free_from"]
    is_free = free_from is not None and subtotal - discount >= cents(free_from)
    return Sum(
        lines=tuple(line_totals),
        subtotal=subtotal,
        discount=discount,
        shipping=0 if is_free else cents(tables["shipping"]["flat"][country]),
        tax=half_up(sum(taxes, Fraction(0))),
        exact=(*exact_lines, exact_discount, sum(taxes, Fraction(0))),
        taxes_by_line=tuple(taxes),
    )
