"""Who owns which files, as a CODEOWNERS file says it: the last line that matches a path decides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lab.company.forge.globs import owned_path

PLACES: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
_WORD: Final = re.compile(r"(?:\\.|[^\s\\])+")


@dataclass(frozen=True)
class Line:
    """One line: the owners (names without '@', teams as 'org/team') of the paths that match; no owners un-owns them."""

    pattern: str
    owners: tuple[str, ...]
    number: int


@dataclass(frozen=True)
class CodeOwners:
    """A CODEOWNERS file; without lines where there is none."""

    file: str = PLACES[0]
    lines: tuple[Line, ...] = ()

    def line_for(self, path: str) -> Line | None:
        """The line that decides about a path, or None if nobody owns it."""
        for line in reversed(self.lines):
            if owned_path(line.pattern).fullmatch(path):
                return line if line.owners else None
        return None


def read(file: str, text: str) -> CodeOwners:
    """The owners in a file. As on GitHub a line that it cannot use (negation, ranges, no such handle) is passed over."""
    lines = (_line(number, line) for number, line in enumerate(text.splitlines(), 1))
    return CodeOwners(file, tuple(line for line in lines if line))


def _line(number: int, text: str) -> Line | None:
    words = _WORD.findall(text)
    words = words[: next((at for at, word in enumerate(words) if word.startswith("#")), len(words))]
    if not words or words[0].startswith("!") or re.search(r"[\[\]]|\*\*\*", words[0]):
        return None
    owners = [_owner(word) for word in words[1:]]
    return None if None in owners else Line(words[0], tuple(filter(None, owners)), number)


def _owner(word: str) -> str | None:
    """The actor behind `@name`, `@org/team` or a mail address; None if it is none of these."""
    if word.startswith("@"):
        return word[1:] or None
    name, at, _ = word.partition("@")
    return name if at and name else None
