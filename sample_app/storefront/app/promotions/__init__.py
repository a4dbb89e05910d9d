"""Drop-in price rules: put a module here and it acts on every quote, with no other change.

A rule is a module with one function, `adjust(quote) -> quote`. All modules of this package that have
one are found at start and applied after pricing, in the order of their names. A `Quote` is frozen,
so a rule answers with a new one:

    # app/promotions/summer.py
    from dataclasses import replace

    def adjust(quote):
        return replace(quote, shipping=Decimal("0.00"), total=quote.total - quote.shipping)

There is no rule at present.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable

from app.pricing import Quote

Rule = Callable[[Quote], Quote]


def find_rules() -> tuple[Rule, ...]:
    """Return the `adjust` function of every module in this package, in the order of their names."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return tuple(module.adjust for module in modules if hasattr(module, "adjust"))


def apply_rules(quote: Quote, rules: Iterable[Rule]) -> Quote:
    """Return the quote after each rule in turn."""
    for rule in rules:
        quote = rule(quote)
    return quote
