"""Foreign words made safe to show: learners' branches, commit messages and logs never reach the terminal raw (S31)."""

from __future__ import annotations

import re
from typing import Final

from lab.company.clock import duration as span
from lab.company.clock import stamp

__all__ = ["ascii_only", "clean", "clock", "count", "line", "short", "span"]

_SEQUENCES: Final = re.compile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|[@-Z\\\\-_])")
_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_ASCII: Final = str.maketrans(
    {
        "\u2026": "...",
        "\u00b7": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2192": "->",
        "\u00d7": "x",
        "\u2713": "+",
        "\u2717": "x",
        "\u2298": "!",
        "\u2502": "|",
        "\u20ac": "EUR",
        "\u00a0": " ",
    }
)


def clean(text: object) -> str:
    """The text without terminal escapes, control characters (but newline and tab) and direction marks."""
    shown = _CONTROLS.sub("", _SEQUENCES.sub("", str(text).replace("\r\n", "\n").replace("\r", "\n")))
    return _SURROGATES.sub("\ufffd", shown)


def line(text: object) -> str:
    """The same on one line."""
    return " ".join(clean(text).split())


def ascii_only(text: str) -> str:
    """The text for a terminal that knows only ASCII; what has no likeness becomes '?'."""
    return text.translate(_ASCII).encode("ascii", "replace").decode("ascii")


def short(sha: str | None) -> str:
    """The first seven letters of a commit's name, as git shows them."""
    return (sha or "")[:7]


def clock(minute: float | None) -> str:
    """Company time in words: minute 184 is '12:04'; empty for None."""
    return "" if minute is None else stamp(minute)


def count(number: int, one: str, many: str = "") -> str:
    """`1 commit`, `2 commits`; thousands are set apart."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
