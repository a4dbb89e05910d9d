"""What every edit is: options told in YAML, and one verb, `candidates`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from random import Random

    from lab.company.oracle import Oracle, Tables
    from lab.company.team.tree import Tree

_WORD: Final = re.compile(r"@([a-z_]+)@")
APP: Final = ("app/*.py",)
TEAM_TESTS: Final = "tests/unit/test_team_*.py"


@dataclass(frozen=True)
class Setting:
    """What an edit may know: the tables before and after, the words of the change, whether the twin is being made.

    `luck` decides where a choice is free. `answers` is there for late edits only: what the changed tree answers.
    """

    oracle: Oracle
    tables: Tables
    patched: Tables
    luck: Random
    words: Mapping[str, str] = field(default_factory=dict)
    is_twin: bool = False
    wheels: Path | None = None
    answers: Callable[[list[dict[str, Any]]], list[tuple[int, Any]]] | None = None

    def fill(self, text: str) -> str:
        """The text with each `@word@` of this change filled in."""
        return _WORD.sub(lambda sign: self.words.get(sign[1], sign[0]), text)


class Edit(BaseModel):
    """One edit. `candidates` gives changed trees, the likeliest first; none when there is no place for it.

    A late edit is made after the change was proven, and may ask the changed tree.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    is_late: ClassVar[bool] = False

    def candidates(self, tree: Tree, on: Setting) -> Iterator[Tree]:
        """The trees that this edit can make of `tree`."""
        raise NotImplementedError

    def sought(self) -> str:
        """What it looks for, in words, for the day it is not found."""
        return ""
