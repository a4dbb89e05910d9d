"""One request to the engine as the company's socket judges it, and how it says no."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self


class NotLetThrough(Exception):
    """The request is not passed on. The sentence reaches whoever asked, as a refusal of the engine's."""


@dataclass(frozen=True)
class Asked:
    """A request: `path` without the API's version, `query` in order, `body` the JSON that came with it (None: it was not read)."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None

    def value(self, name: str) -> str:
        """The first value of a name in the query, as the engine reads it; empty if there is none."""
        return next((value for key, value in self.query if key == name), "")

    def values(self, name: str) -> tuple[str, ...]:
        """All values of a name in the query."""
        return tuple(value for key, value in self.query if key == name)

    def with_value(self, name: str, value: str) -> Self:
        """The same with one value for a name, whatever it had before."""
        kept = tuple(pair for pair in self.query if pair[0] != name)
        return replace(self, query=(*kept, (name, value)))
