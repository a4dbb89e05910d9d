"""How the tables change: each recipe gives a patch and the words that a commit message needs.

A patch is JSON: mappings are merged, null removes, a product is named by its sku.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from .asking import FEATURES, lacking
from .money import Tables, cents, dice, text

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

Patch = dict[str, Any]
Words = dict[str, str]
ATTEMPTS = 60
NEW_NAMES = ("Second Edition", "New Batch", "Large", "Harbour Series", "Gift Box")


class NoChange(Exception):
    """A change that these tables do not allow."""


def apply_patch(tables: Tables, patch: Patch) -> Tables:
    """The tables after a patch; the ones given stay as they are."""
    return _merged(deepcopy(tables), patch)  # type: ignore[no-any-return]  # a mapping merged with a mapping is one


def _merged(old: Any, new: Any) -> Any:
    if isinstance(old, list) and isinstance(new, dict):
        by_sku = {one["sku"]: one for one in old}
        return list(_merged(by_sku, new).values())
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    for key, value in new.items():
        if value is None and key != "free_from":
            old.pop(key, None)
        else:
            old[key] = _merged(old[key], value) if key in old else value
    return old


def _price_rise(tables: Tables, luck: Random) -> tuple[Patch, Words]:
    category = luck.choice(sorted({one["category"] for one in tables["products"]}))
    percent = luck.randint(2, 6)
    prices = {
        one["sku"]: {"price": text(-(-cents(one["price"]) * (100 + percent) // 500) * 5)}
        for one in tables["products"]
        if one["category"] == category
    }
    return {"products": prices}, {"category": category, "percent": str(percent)}


def _price_cut(tables: Tables, luck: Random) -> tuple[Patch, Words]:
    one = luck.choice(tables["products"])
    price = text(cents(one["price"]) * luck.randint(80, 95) // 500 * 5)
    return {"products": {one["sku"]: {"price": price}}}, {"sku": one["sku"], "name": one["name"], "price": price, "old": one["price"]}


def _product_text(tables: Tables, luck: Random) -> tuple[Patch, Words]:
    one = luck.choice(tables["products"])
    name = f"{one['name'].split(',')[0]}, {luck.choice(NEW_NAMES)}"
    return {"products": {one["sku"]: {"name": name}}}, {"sku": one["sku"], "name": name, "old": one["name"]}


def _tax_rate(tables: Tables, luck: Random) -> tuple[Patch, Words]:
    country = luck.choice(sorted(tables["tax"]["rates"]))
    kind = luck.choice(("standard", "standard", "reduced"))
    old = str(tables["tax"]["rates"][country][kind])
    new = f"{float(old) + luck.choice((-1, -0.5, 0.5, 1, 2)):g}"
    return {"tax": {"rates": {country: {kind: new}}}}, {"country": country, "kind": kind, "old": old, "rate": new}


def _free_shipping(tables: Tables, luck: Random) -> tuple[Patch, Words]:
    old = tables["shipping"]["free_from"]
    values = [value for value in range(40, 126, 5) if text(value * 100) != old]
    value = luck.choice(values)
    return {"shipping": {"free_from": text(value * 100)}}, {"limit": str(value), "old": str(old)}


def _friday(tables: Tables, luck: Random) -> tuple[Patch, Words]:
    value = luck.choice((40, 45, 50, 55, 60))
    return {"shipping": {"free_from": text(value * 100)}}, {"limit": str(value), "old": str(tables["shipping"]["free_from"])}


def _shipping_cost(tables: Tables, luck: Random) -> tuple[Patch, Words]:
    country = luck.choice(sorted(tables["shipping"]["flat"]))
    old = tables["shipping"]["flat"][country]
    new = text(cents(old) + luck.choice((-40, -30, 30, 50, 60)))
    return {"shipping": {"flat": {country: new}}}, {"country": country, "cost": new, "old": old}


def _coupon_minimum(tables: Tables, luck: Random) -> tuple[Patch, Words]:
    code = luck.choice([code for code, one in tables["coupons"].items() if cents(one["minimum"])])
    old = tables["coupons"][code]["minimum"]
    new = text(cents(old) + luck.choice((-500, 500, 1000)))
    return {"coupons": {code: {"minimum": new}}}, {"coupon": code, "minimum": new, "old": old}


def _bulk_percent(tables: Tables, luck: Random) -> tuple[Patch, Words]:
    percent = luck.choice([one for one in (5, 6, 10, 15) if one != tables["bulk"]["percent"]])
    return {"bulk": {"percent": percent}}, {"percent": str(percent), "limit": str(tables["bulk"]["limit"])}


RECIPES: dict[str, Callable[[Tables, Random], tuple[Patch, Words]]] = {
    "price-rise": _price_rise,
    "price-cut": _price_cut,
    "product-text": _product_text,
    "tax-rate": _tax_rate,
    "free-shipping": _free_shipping,
    "friday": _friday,
    "shipping-cost": _shipping_cost,
    "coupon-minimum": _coupon_minimum,
    "bulk-percent": _bulk_percent,
}


def change(name: str, tables: Tables, seed: int, *, is_last: bool = True) -> dict[str, Any]:
    """The change `name`: `{"patch": …, "words": …}`. `feature:NAME` brings an endpoint, `-feature:NAME` removes it.

    It is rolled again until it changes something and, unless more changes follow (`is_last`), every behaviour can be asked about.
    """
    sign, _, feature = name.rpartition("feature:")
    if feature in FEATURES and name.endswith(f"feature:{feature}"):
        return {"patch": {"features": {feature: None if sign == "-" else True}}, "words": {"feature": feature}}
    for attempt in range(ATTEMPTS):
        patch, words = RECIPES[name](tables, dice("change", name, seed, attempt))
        changed = apply_patch(tables, patch)
        if changed != tables and not (is_last and lacking(changed)):
            return {"patch": patch, "words": words}
    raise NoChange(f"the change '{name}' of seed {seed} can't be made to these tables")
