"""Carts that show one behaviour and no other: found by search in the tables, whatever their numbers are."""

from __future__ import annotations

from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from .money import HALF, Lines, NotSold, Sum, Tables, add_up, cents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from fractions import Fraction
    from random import Random

Cart = tuple[Lines, str, str | None]
TRIES = 500


def is_round_down(amount: Fraction) -> bool:
    """Half a cent that both half-to-even and binary floats would lose."""
    return amount % 1 == HALF and amount // 1 % 2 == 0 and round(float(amount) / 100, 2) < float(amount + HALF) / 100 - 0.001


class Search:
    """Looks for carts in one table set, with one source of luck."""

    def __init__(self, tables: Tables, luck: Random) -> None:
        self.tables = tables
        self.luck = luck
        self.limit = int(tables["bulk"]["limit"])
        self.countries = sorted(tables["tax"]["rates"])
        self.skus = [one["sku"] for one in tables["products"]]
        reduced = tables["tax"]["reduced_categories"]
        self.books = [one["sku"] for one in tables["products"] if one["category"] in reduced]
        self.others = [sku for sku in self.skus if sku not in self.books]

    def coupons(self, *, kind: str = "", narrow: bool | None = None) -> list[str]:
        """The codes of a kind; `narrow` asks for those with (or without) a list of countries."""
        found = self.tables["coupons"].items()
        return [code for code, one in found if kind in ("", one["kind"]) and (narrow is None or (one["countries"] is not None) == narrow)]

    def where(self, code: str) -> list[str]:
        """The countries in which a coupon is good."""
        return list(self.tables["coupons"][code]["countries"] or self.countries)

    def add_up(self, cart: Cart) -> Sum | None:
        """What the cart costs, or None if the shop refuses it."""
        try:
            return add_up(self.tables, *cart)
        except NotSold:
            return None

    def is_calm(self, cart: Cart) -> bool:
        """Whether any sane way of rounding gives this cart the same total; a refused one is calm."""
        found = self.add_up(cart)
        return found is None or found.is_calm

    def roll(
        self, *, most: int = 3, skus: list[str] | None = None, quantity: tuple[int, int] | None = None, coupons: list[str] | None = None
    ) -> Cart:
        """Any cart of up to `most` lines, by default each below the bulk limit."""
        low, high = quantity or (1, self.limit - 1)
        chosen = self.luck.sample(skus or self.skus, self.luck.randint(1, most))
        code = self.luck.choice(coupons) if coupons else None
        country = self.luck.choice(self.where(code) if code else self.countries)
        return [(sku, self.luck.randint(low, high)) for sku in chosen], country, code

    def like(self, roll: Callable[[], Cart], wanted: Callable[[Sum], bool], *, calm: bool = True) -> Iterator[Cart]:
        """Rolled carts that are sold and `wanted`; `calm` ones do not depend on how anything is rounded."""
        for _ in range(TRIES):
            cart = roll()
            found = self.add_up(cart)
            if found and wanted(found) and (found.is_calm or not calm):
                yield cart

    @cached_property
    def groups(self) -> dict[int, list[tuple[tuple[str, int], ...]]]:
        """One or two lines below the bulk limit, by what they cost in cents, in an order that luck decides."""
        price = {one["sku"]: cents(one["price"]) for one in self.tables["products"]}
        singles: list[tuple[tuple[str, int], ...]] = [((sku, n),) for sku in self.skus for n in range(1, self.limit)]
        groups = singles + [(*a, *b) for a in singles for b in singles if a[0][0] < b[0][0]]
        self.luck.shuffle(groups)
        by_value: dict[int, list[tuple[tuple[str, int], ...]]] = {}
        for group in groups:
            by_value.setdefault(sum(price[sku] * n for sku, n in group), []).append(group)
        return by_value

    def worth(self, goods: int, country: str, code: str | None = None) -> Iterator[Cart]:
        """Carts whose subtotal is exactly `goods` cents, none of whose lines reaches the bulk limit."""
        for value, found in self.groups.items():
            for other in self.groups.get(goods - value, [])[:3]:
                cart = list(found[0] + other)
                if len({sku for sku, _ in cart}) == len(cart):
                    sold = self.add_up((cart, country, code))
                    if sold and sold.is_calm:
                        yield cart, country, code
        for group in self.groups.get(goods, []):
            yield list(group), country, code


def _bulk(search: Search, quantity: Callable[[int], int]) -> Iterator[Cart]:
    more = quantity(search.limit)
    return search.like(lambda: search.roll(most=1, quantity=(more, more)), lambda _: True)


def _ties(search: Search) -> Iterator[Cart]:
    for country in search.luck.sample(search.countries, len(search.countries)):
        for sku in search.luck.sample(search.skus, len(search.skus)):
            for n in range(search.limit, search.limit + 12):
                found = search.add_up(([(sku, n)], country, None))
                if found and is_round_down(found.exact[0]):
                    yield [(sku, n)], country, None
                    break


def _coupon_ties(search: Search) -> Iterator[Cart]:
    codes = search.coupons(kind="percent")
    return search.like(lambda: search.roll(coupons=codes), lambda found: is_round_down(found.exact[-2]), calm=False)


def _shipping_edge(search: Search) -> Iterator[Cart]:
    free_from = search.tables["shipping"]["free_from"]
    if free_from is None:
        return
    for country in search.luck.sample(search.countries, len(search.countries)):
        yield from islice(search.worth(cents(free_from), country), 2)


def _shipping_discount(search: Search) -> Iterator[Cart]:
    free_from = search.tables["shipping"]["free_from"]
    if free_from is not None:
        limit = cents(free_from)
        yield from search.like(lambda: search.roll(coupons=search.coupons()), lambda found: found.goods < limit <= found.subtotal)


def _minimum(search: Search) -> Iterator[Cart]:
    for code in search.coupons():
        minimum = cents(search.tables["coupons"][code]["minimum"])
        if minimum:
            yield from islice(search.worth(minimum, search.luck.choice(search.where(code)), code), 2)


def _below_minimum(search: Search) -> Iterator[Cart]:
    for code in search.coupons():
        minimum = cents(search.tables["coupons"][code]["minimum"])
        plain = (search.roll(most=2) for _ in range(TRIES))
        near = (cart for cart in plain if minimum * 0.8 <= (search.add_up(cart) or add_up(search.tables, *cart)).subtotal < minimum)
        yield from ((lines, search.luck.choice(search.where(code)), code) for lines, _, _ in islice(near, 2))


def _wrong_country(search: Search) -> Iterator[Cart]:
    for code in search.coupons(narrow=True):
        outside = [country for country in search.countries if country not in search.where(code)]
        minimum = cents(search.tables["coupons"][code]["minimum"])
        for lines, _, _ in islice(_from(search, minimum), 3):
            yield lines, search.luck.choice(outside), code


def _from(search: Search, minimum: int) -> Iterator[Cart]:
    return search.like(search.roll, lambda found: found.subtotal >= minimum)


def _capped(search: Search) -> Iterator[Cart]:
    for code in search.coupons(kind="amount"):
        value = cents(search.tables["coupons"][code]["value"])
        yield from _below(search, code, value)


def _below(search: Search, code: str, value: int) -> Iterator[Cart]:
    few = (1, 2)
    return search.like(lambda: search.roll(most=1, quantity=few, coupons=[code]), lambda found: found.subtotal < value, calm=False)


def everywhere(search: Search, wanted: Callable[[Sum], bool] = lambda _: True, **options: Any) -> Iterator[Lines]:
    """Lines that are calm in every country."""
    for lines, _, _ in search.like(lambda: search.roll(**options), wanted):
        if all(search.is_calm((lines, country, None)) for country in search.countries):
            yield lines


def _per_country(search: Search, wanted: Callable[[Sum], bool] = lambda _: True) -> Iterator[Cart]:
    for lines in islice(everywhere(search, wanted, most=2), 1):
        yield from ((lines, country, None) for country in search.countries)


def _is_dropped(amount: Fraction) -> bool:
    return 0 < amount % 1 < HALF


FOUND: dict[str, Callable[[Search], Iterator[Cart]]] = {
    "plain": lambda s: s.like(lambda: s.roll(most=2, quantity=(1, 3)), lambda _: True),
    "bulk-boundary": lambda s: _bulk(s, lambda limit: limit),
    "bulk-below": lambda s: _bulk(s, lambda limit: limit - 1),
    "bulk-above": lambda s: _bulk(s, lambda limit: limit + s.luck.randint(1, 9)),
    "rounding-line": _ties,
    "rounding-tax": lambda s: s.like(lambda: s.roll(most=2), lambda found: is_round_down(found.exact[-1]), calm=False),
    "rounding-coupon": _coupon_ties,
    "float-cents": lambda s: s.like(s.roll, lambda found: found.is_lost_in_float and not found.is_tie, calm=False),
    "tax-down": lambda s: s.like(lambda: s.roll(most=2), lambda found: _is_dropped(found.exact[-1])),
    "tax-once": lambda s: s.like(
        s.roll,
        lambda found: sum(map(round, found.taxes_by_line)) != found.tax and not found.is_tie and not found.is_lost_in_float,
        calm=False,
    ),
    "tax-standard": lambda s: s.like(lambda: s.roll(skus=s.others), lambda _: True),
    "tax-reduced": lambda s: s.like(lambda: s.roll(skus=s.books), lambda _: True),
    "tax-country": _per_country,
    "coupon-percent": lambda s: s.like(lambda: s.roll(coupons=s.coupons(kind="percent")), lambda _: True),
    "coupon-amount": lambda s: s.like(lambda: s.roll(coupons=s.coupons(kind="amount")), lambda found: found.goods > 0),
    "coupon-cap": _capped,
    "coupon-country": _wrong_country,
    "coupon-everywhere": lambda s: s.like(lambda: s.roll(coupons=s.coupons(narrow=False)), lambda _: True),
    "coupon-minimum": _minimum,
    "coupon-below-minimum": _below_minimum,
    "coupon-tax": lambda s: s.like(lambda: s.roll(coupons=s.coupons()), lambda found: found.discount > 0 and found.goods > 0),
    "shipping-boundary": _shipping_edge,
    "shipping-below": lambda s: s.like(lambda: s.roll(most=1, quantity=(1, 3)), lambda found: found.shipping > 0),
    "shipping-discount": _shipping_discount,
    "shipping-country": lambda s: _per_country(s, lambda found: found.shipping > 0),
    "quantity-most": lambda s: s.like(lambda: s.roll(most=1, quantity=(999, 999)), lambda _: True),
}


def carts(tables: Tables, focus: str, luck: Random, *, most: int) -> list[Cart]:
    """Up to `most` carts that show the behaviour `focus`; none where the tables have no such cart."""
    return list(islice(FOUND[focus](Search(tables, luck)), most))
