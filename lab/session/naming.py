"""A learner's name in a class, and the seed that comes of it: everybody has another one, and whoever has the key knows it."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from typing import Final

from lab.errors import UsageProblem

LIMIT: Final = 10**9
LONGEST: Final = 80


def normal(name: str) -> str:
    """The name as it is kept: no odd spaces, one way of writing each letter.

    Raises:
        UsageProblem: nothing is left of it, it is too long, or it can't be printed.
    """
    told = " ".join(unicodedata.normalize("NFC", name).split())
    if not told or len(told) > LONGEST or not told.isprintable():
        raise UsageProblem(f"A name has 1 to {LONGEST} characters that can be printed.", remedy="For example: lab start --as 'Ada L.'")
    return told


def seed(name: str, key: str) -> int:
    """The seed of a name in the class whose key is `key`: HMAC-SHA-256, so that no name tells another's."""
    told = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    drawn = hmac.new(key.encode(), told.encode(), hashlib.sha256).digest()
    return int.from_bytes(drawn[:8], "big") % LIMIT
