"""What can go wrong for a customer, and the HTTP status that says so.

StorefrontError
├── CartError            422  the cart can't be priced: sku, country or coupon
├── UnknownProduct       404
├── UnknownOrder         404
├── KeyReused            409  the Idempotency-Key belongs to another order
├── OutOfStock           409
├── IllegalMove          409  the order is not in the state that this needs
├── PaymentDeclined      402
├── PaymentUnavailable   503  nobody knows whether it was paid: ask again with the same key
└── Overloaded           503  no database connection came free in time
"""


class StorefrontError(Exception):
    """A request that can't be met, with a sentence for the customer as its text."""

    status = 500


class CartError(StorefrontError):
    """The cart can't be priced."""

    status = 422


class UnknownProduct(StorefrontError):
    """There is no product with this sku."""

    status = 404


class UnknownOrder(StorefrontError):
    """There is no order with this id."""

    status = 404


class KeyReused(StorefrontError):
    """The Idempotency-Key came before, with another body."""

    status = 409


class OutOfStock(StorefrontError):
    """The shelf holds less than the order asks for."""

    status = 409


class IllegalMove(StorefrontError):
    """The order is not in the state from which this could be done."""

    status = 409


class PaymentDeclined(StorefrontError):
    """The payment provider said no."""

    status = 402


class PaymentUnavailable(StorefrontError):
    """The payment provider gave no answer, so the charge may or may not have happened."""

    status = 503


class Overloaded(StorefrontError):
    """All connections to the database stayed in use."""

    status = 503
