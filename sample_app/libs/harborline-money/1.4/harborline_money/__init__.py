"""How Harborline writes an amount of money."""

from decimal import ROUND_HALF_UP, Decimal

__all__ = ["text"]

CENT = Decimal("0.01")


def text(amount: Decimal) -> str:
    """Return an amount in whole currency units with two digits, as in "12.30"."""
    return f"{amount.quantize(CENT, rounding=ROUND_HALF_UP):f}"
