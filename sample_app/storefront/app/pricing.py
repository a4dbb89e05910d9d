"""What a cart costs: pure functions over the tables, all money as Decimal in whole currency units."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from app.errors import CartError
from app.tables import Bulk, Coupon, Product, Shipping, Tables, Tax

CENT = Decimal("0.01")
PERCENT = Decimal(100)
NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class CartLine:
    """A wish: so many pieces of one product."""

    sku: str
    quantity: int


@dataclass(frozen=True)
class Cart:
    """All wishes of one customer, where they go, and the coupon code if there is one."""

    lines: Sequence[CartLine]
    country: str
    coupon: str | None = None


@dataclass(frozen=True)
class QuoteLine:
    """One line with its price; `total` is after the bulk discount and before any coupon."""

    sku: str
    quantity: int
    unit_price: Decimal
    total: Decimal


@dataclass(frozen=True)
class Quote:
    """What a cart costs, every amount in whole cents."""

    currency: str
    country: str
    lines: tuple[QuoteLine, ...]
    subtotal: Decimal
    discount: Decimal
    shipping: Decimal
    tax: Decimal
    total: Decimal


def price_cart(cart: Cart, tables: Tables) -> Quote:
    """Return what a cart costs. Raises CartError for an unknown sku, country or coupon."""
    check_country(cart.country, tables)
    products = [find_product(line.sku, tables) for line in cart.lines]
    lines = tuple(price_line(product, line.quantity, tables.bulk) for product, line in zip(products, cart.lines, strict=True))
    subtotal = sum((line.total for line in lines), NOTHING)
    discount = NOTHING
    if cart.coupon is not None:
        coupon = find_coupon(cart.coupon, cart.country, subtotal, tables)
        discount = apply_coupon(subtotal, coupon)
    shipping = shipping_cost(subtotal - discount, cart.country, tables.shipping)
    rates = [tax_rate(cart.country, product.category, tables.tax) for product in products]
    tax = tax_on_lines([line.total for line in lines], rates, discount)
    return Quote(
        currency=products[0].currency,
        country=cart.country,
        lines=lines,
        subtotal=subtotal,
        discount=discount,
        shipping=shipping,
        tax=tax,
        total=subtotal - discount + shipping + tax,
    )


def round_to_cents(amount: Decimal) -> Decimal:
    """Return the amount in whole cents; half a cent goes up."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def check_country(country: str, tables: Tables) -> None:
    """Raise CartError unless we know both the tax and the shipping of a country."""
    if country not in tables.tax.rates or country not in tables.shipping.flat:
        message = f"we do not ship to country '{country}'"
        raise CartError(message)


def find_product(sku: str, tables: Tables) -> Product:
    """Return the product with this sku. Raises CartError when there is none."""
    product = tables.products.get(sku)
    if product is None:
        message = f"there is no product '{sku}'"
        raise CartError(message)
    return product


def price_line(product: Product, quantity: int, bulk: Bulk) -> QuoteLine:
    """Return the priced line for so many pieces of a product."""
    total = line_total(product.price, quantity, bulk)
    return QuoteLine(sku=product.sku, quantity=quantity, unit_price=product.price, total=total)


def line_total(price: Decimal, quantity: int, bulk: Bulk) -> Decimal:
    """Return the price of one line in whole cents, less the bulk discount from the limit on."""
    total = price * quantity
    if quantity >= bulk.limit:
        total = total - total * bulk.percent / PERCENT
    return round_to_cents(total)


def find_coupon(code: str, country: str, subtotal: Decimal, tables: Tables) -> Coupon:
    """Return the coupon with this code. Raises CartError when it is unknown or not valid here."""
    coupon = tables.coupons.get(code)
    if coupon is None or not is_coupon_valid(coupon, country, subtotal):
        message = f"coupon '{code}' is not valid for this cart"
        raise CartError(message)
    return coupon


def is_coupon_valid(coupon: Coupon, country: str, subtotal: Decimal) -> bool:
    """Return whether a coupon may be used in this country and for this value of goods."""
    if coupon.countries is not None and country not in coupon.countries:
        return False
    return subtotal >= coupon.minimum


def apply_coupon(subtotal: Decimal, coupon: Coupon) -> Decimal:
    """Return the discount in whole cents, never more than the subtotal."""
    if coupon.kind == "percent":
        return round_to_cents(subtotal * coupon.value / PERCENT)
    return min(coupon.value, subtotal)


def shipping_cost(goods: Decimal, country: str, shipping: Shipping) -> Decimal:
    """Return the cost of shipping goods of this value (after discount) to a country."""
    if shipping.free_from is not None and goods >= shipping.free_from:
        return NOTHING
    return shipping.flat[country]


def tax_rate(country: str, category: str, tax: Tax) -> Decimal:
    """Return the tax rate in percent for a category of products in a country."""
    kind = "reduced" if category in tax.reduced_categories else "standard"
    return tax.rates[country][kind]


def tax_on_lines(totals: Sequence[Decimal], rates: Sequence[Decimal], discount: Decimal) -> Decimal:
    """Return the tax in whole cents on line totals, each with its rate in percent.

    Each line bears its share of the discount, `discount * total / subtotal`, so all lines keep the
    same part of their price. The one division and the one rounding come last: nothing is lost before.
    """
    subtotal = sum(totals, NOTHING)
    if subtotal == NOTHING:
        return NOTHING
    before_discount = sum((total * rate for total, rate in zip(totals, rates, strict=True)), NOTHING)
    return round_to_cents(before_discount * (subtotal - discount) / (subtotal * PERCENT))
