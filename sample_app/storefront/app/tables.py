"""The tables of the shop (products, tax, coupons, shipping, bulk) as frozen values, read from DATA_DIR."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, TypeVar

Table = TypeVar("Table")


class TableError(Exception):
    """A file in DATA_DIR does not have the shape that the storefront needs."""


@dataclass(frozen=True)
class Product:
    """Something we sell; `price` is for one piece, `stock` the number of pieces we begin with."""

    sku: str
    name: str
    category: str
    price: Decimal
    currency: str
    stock: int


@dataclass(frozen=True)
class Tax:
    """Rates in percent, by country and then by kind: "standard" or "reduced"."""

    rates: Mapping[str, Mapping[str, Decimal]]
    reduced_categories: frozenset[str]


@dataclass(frozen=True)
class Coupon:
    """A discount; `value` in percent or in money by its kind, `countries` None means everywhere."""

    code: str
    kind: Literal["percent", "amount"]
    value: Decimal
    countries: frozenset[str] | None
    minimum: Decimal


@dataclass(frozen=True)
class Shipping:
    """Flat cost by country in money; free from this value of goods on, or never when None."""

    flat: Mapping[str, Decimal]
    free_from: Decimal | None


@dataclass(frozen=True)
class Bulk:
    """From `limit` pieces in one line on, the line costs `percent` less."""

    limit: int
    percent: Decimal


@dataclass(frozen=True)
class Tables:
    """All that pricing needs to know."""

    products: Mapping[str, Product]
    tax: Tax
    coupons: Mapping[str, Coupon]
    shipping: Shipping
    bulk: Bulk


def load_tables(folder: Path) -> Tables:
    """Return the tables in a folder. Raises TableError, naming the file, or FileNotFoundError."""
    return Tables(
        products=_read(folder / "products.json", products_of),
        tax=_read(folder / "tax.json", tax_of),
        coupons=_read(folder / "coupons.json", coupons_of),
        shipping=_read(folder / "shipping.json", shipping_of),
        bulk=_read(folder / "bulk.json", bulk_of),
    )


def _read(path: Path, parse: Callable[[Any], Table]) -> Table:
    text = path.read_text(encoding="utf-8")
    try:
        return parse(json.loads(text, parse_float=Decimal))
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        message = f"'{path}' can't be read as a table: {error!r}."
        raise TableError(message) from error


def products_of(data: Any) -> dict[str, Product]:
    """Return the products by sku, in the order of their skus."""
    products = [Product(**{**entry, "price": Decimal(entry["price"])}) for entry in data]
    if len({product.currency for product in products}) != 1:
        message = "all products must be sold in one and the same currency"
        raise ValueError(message)
    return {product.sku: product for product in sorted(products, key=lambda product: product.sku)}


def tax_of(data: Any) -> Tax:
    """Return the tax table."""
    rates = {country: {kind: Decimal(percent) for kind, percent in kinds.items()} for country, kinds in data["rates"].items()}
    return Tax(rates=rates, reduced_categories=frozenset(data["reduced_categories"]))


def coupons_of(data: Any) -> dict[str, Coupon]:
    """Return the coupons by code."""
    return {code: _coupon_of(code, entry) for code, entry in data.items()}


def _coupon_of(code: str, entry: Any) -> Coupon:
    if entry["kind"] not in ("percent", "amount"):
        message = f"coupon '{code}' is of kind '{entry['kind']}', not 'percent' or 'amount'"
        raise ValueError(message)
    countries = entry["countries"]
    return Coupon(
        code=code,
        kind=entry["kind"],
        value=Decimal(entry["value"]),
        countries=None if countries is None else frozenset(countries),
        minimum=Decimal(entry["minimum"]),
    )


def shipping_of(data: Any) -> Shipping:
    """Return the shipping table."""
    free_from = data["free_from"]
    return Shipping(
        flat={country: Decimal(cost) for country, cost in data["flat"].items()},
        free_from=None if free_from is None else Decimal(free_from),
    )


def bulk_of(data: Any) -> Bulk:
    """Return the bulk rule."""
    return Bulk(limit=int(data["limit"]), percent=Decimal(data["percent"]))
