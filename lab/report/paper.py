"""What text is put on: whether there is colour, which signs can be shown, and how wide a line may be."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TextIO

from lab.report import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

SIGNS: Final = {"passed": "✓", "failed": "✗", "waiting": "…", "blocked": "⊘", "": " "}
WORDS: Final = {"": "not yet"}
_COLOURS: Final = {
    "passed": "32",
    "failed": "31",
    "waiting": "33",
    "blocked": "35",
    "bold": "1",
    "dim": "2",
    "command": "36",
}
_WIDEST: Final = 100


@dataclass(frozen=True)
class Paper:
    """A way to show text. `width` 0 means that lines are never broken (a pipe)."""

    colour: bool = False
    unicode: bool = True
    width: int = 0

    @classmethod
    def of(cls, stream: TextIO | None) -> Paper:
        """What suits a stream: NO_COLOR, TERM=dumb, pipes and ASCII terminals are respected."""
        encoding = (getattr(stream, "encoding", None) or "ascii").lower()
        try:
            "✓⊘…".encode(encoding)
            knows = True
        except (UnicodeEncodeError, LookupError):
            knows = False
        is_screen = bool(stream and not stream.closed and stream.isatty())
        dumb = os.environ.get("TERM", "") in {"dumb", ""}
        return cls(
            colour=is_screen and not dumb and not os.environ.get("NO_COLOR"),
            unicode=knows,
            width=min(_columns(stream), _WIDEST) if is_screen else 0,
        )

    def paint(self, text: str, kind: str) -> str:
        """The text in the colour of `kind`, or as it is."""
        code = _COLOURS.get(kind)
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and code else text

    def verdict(self, verdict: str) -> str:
        """The sign and the word of a verdict, nine columns wide; the word alone where signs can't be shown."""
        word = WORDS.get(verdict, verdict)
        shown = f"{SIGNS.get(verdict, ' ')} {word:<7}" if self.unicode else f"{word:<9}"
        return self.paint(shown, verdict)

    def fold(self, text: str, *, indent: str = "", first: str | None = None) -> list[str]:
        """Foreign text as lines, broken at the paper's width; each begins with `indent`, the first with `first`."""
        lines: list[str] = []
        for part in plain.clean(text).splitlines() or [""]:
            lead = first if first is not None and not lines else indent
            lines += self._broken(part, lead, indent)
        return lines

    def _broken(self, part: str, lead: str, indent: str) -> list[str]:
        if not self.width or len(lead) + len(part) <= self.width:
            return [(lead + part).rstrip()]
        import textwrap  # noqa: PLC0415 - only where a line is too long

        filler = textwrap.TextWrapper(self.width, lead, indent, break_long_words=False, break_on_hyphens=False)
        return filler.wrap(part) or [lead.rstrip()]

    def done(self, lines: Iterable[str]) -> str:
        """The lines as one text that ends with a newline."""
        text = "\n".join(lines)
        return (text if self.unicode else plain.ascii_only(text)) + "\n"


PLAIN: Final = Paper()


def _columns(stream: TextIO | None) -> int:
    try:
        return os.get_terminal_size((stream or sys.__stdout__).fileno()).columns or _WIDEST  # type: ignore[union-attr]  # None is caught below
    except (OSError, ValueError, AttributeError):
        return int(os.environ.get("COLUMNS", "0") or 0) or _WIDEST
