"""The shapes that cross the wire. Other teams build on them: add fields, never rename or retype one."""

from datetime import UTC, datetime
from typing import Annotated, Any

from harborline_money import text
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from app.outbox import Event
from app.pricing import Cart, CartLine, Quote
from app.tables import Product

WRITABLE = r"^[^\x00]*$"  # PostgreSQL can't store NUL; half a surrogate pair is never matched
LARGEST_ID = 2**63 - 1


def none_if_blank(value: object) -> object:
    """Return None for an empty query parameter, as in `?category=`, and else the value itself."""
    return None if value == "" else value


def in_utc(moment: datetime) -> datetime:
    """Return a moment in UTC, which is also what one without a time zone is taken for."""
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        message = "this moment is outside the calendar"
        raise ValueError(message) from error


Text = Annotated[str, Field(pattern=WRITABLE)]
OptionalText = Annotated[Text | None, BeforeValidator(none_if_blank)]
OptionalMoment = Annotated[Annotated[datetime, AfterValidator(in_utc)] | None, BeforeValidator(none_if_blank)]
OptionalId = Annotated[Annotated[int, Field(ge=0, le=LARGEST_ID)] | None, BeforeValidator(none_if_blank)]
Money = Annotated[str, Field(pattern=r"^\d+\.\d\d$", examples=["12.30"])]


class LineIn(BaseModel):
    """A wish for so many pieces of one product."""

    sku: Text
    quantity: int = Field(strict=True, ge=1, le=999)


class CartIn(BaseModel):
    """What a customer would like to have, and where."""

    lines: list[LineIn] = Field(min_length=1)
    country: Text
    coupon: Text | None = None

    def cart(self) -> Cart:
        """Return the cart that pricing works on."""
        lines = [CartLine(line.sku, line.quantity) for line in self.lines]
        return Cart(lines=lines, country=self.country, coupon=self.coupon)


class OrderIn(CartIn):
    """A cart that somebody means to buy."""

    customer: Text = Field(min_length=1, max_length=200)


class LineOut(BaseModel):
    """One line of a quote."""

    sku: str
    quantity: int
    unit_price: Money
    line_total: Money


class QuoteOut(BaseModel):
    """What a cart costs."""

    currency: str
    country: str
    lines: list[LineOut]
    subtotal: Money
    discount: Money
    shipping: Money
    tax: Money
    total: Money

    @classmethod
    def of(cls, quote: Quote) -> "QuoteOut":
        """Return a quote as other teams read it."""
        return cls(
            currency=quote.currency,
            country=quote.country,
            lines=[
                LineOut(
                    sku=line.sku,
                    quantity=line.quantity,
                    unit_price=text(line.unit_price),
                    line_total=text(line.total),
                )
                for line in quote.lines
            ],
            subtotal=text(quote.subtotal),
            discount=text(quote.discount),
            shipping=text(quote.shipping),
            tax=text(quote.tax),
            total=text(quote.total),
        )


class OrderOut(BaseModel):
    """An order and what became of it: placed, cancelled or returned (or, for a while, pending)."""

    id: str
    status: str
    quote: QuoteOut
    placed_at: str


class ProductOut(BaseModel):
    """A product in the list."""

    sku: str
    name: str
    category: str
    price: Money
    currency: str

    @classmethod
    def of(cls, product: Product) -> "ProductOut":
        """Return a product as other teams read it."""
        return cls(
            sku=product.sku,
            name=product.name,
            category=product.category,
            price=text(product.price),
            currency=product.currency,
        )


class ProductDetailOut(ProductOut):
    """A product alone, with the number of pieces left."""

    stock: int


class ProductsOut(BaseModel):
    """A list of products."""

    products: list[ProductOut]


class EventOut(BaseModel):
    """Something that happened to an order."""

    id: int
    type: str
    order_id: str
    at: str
    payload: dict[str, Any]

    @classmethod
    def of(cls, event: Event) -> "EventOut":
        """Return an event as other teams read it."""
        return cls.model_validate(event, from_attributes=True)


class ExportOut(BaseModel):
    """A page of events; `next_cursor` asks for the next page, and is null on the last."""

    events: list[EventOut]
    next_cursor: int | None


class VersionOut(BaseModel):
    """Which build answers, and since when."""

    sha: str
    build_id: str
    started_at: str


class StatusOut(BaseModel):
    """One word on how we are."""

    status: str
