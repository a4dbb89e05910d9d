"""Rules for hints: a question first, and never the answer too early."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, ClassVar, Final

from lab.authoring.lint.base import Example, Rule, Told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lab.errors import Problem

TELLING: Final = 24
WRITTEN: Final = 100_000
"""Bytes: what is larger, nobody wrote by hand."""
SHORTEST: Final = 12
_FILE: Final = "stages/first/stage.yaml"
_GOOD: Final = """\
hints:
  greets-by-name: ["Where does the name come from?", "A program finds the words that it was called with.", "echo \\"Hello, $1.\\""]
  refuses-nobody: ["What if there is no name?", "Look at the exit code: echo $?", "Test for an empty word, and exit with 2."]
"""


class HintAsks(Rule):
    """The first step of each hint asks a question."""

    id = "hint-asks"
    why = "A learner who finds the next step alone keeps it. A question shows where to look without taking the looking away."
    example: ClassVar = Example(_FILE, _GOOD.replace("Where does the name come from?", "Use the first word."), _GOOD)

    def look(self, told: Told) -> Iterator[Problem]:
        """Look for the question mark."""
        for name, steps in told.stage.hints.items():
            if "?" not in steps[0]:
                yield told.at(("hints", name), f"the first step of the hint for '{name}' asks nothing")


class HintEmpty(Rule):
    """Each step of a hint says something: twelve characters at least, and no two steps the same."""

    id = "hint-empty"
    why = "Somebody who asks for help and gets three dots does not ask again."
    example: ClassVar = Example(_FILE, _GOOD.replace("A program finds the words that it was called with.", "Hm ..."), _GOOD)

    def look(self, told: Told) -> Iterator[Problem]:
        """Measure each step."""
        for name, steps in told.stage.hints.items():
            for number, step in enumerate(steps, 1):
                if len(step.strip()) < SHORTEST or step in steps[: number - 1]:
                    yield told.at(("hints", name), f"step {number} of the hint for '{name}' says nothing new")


class HintGivesAway(Rule):
    """The first two steps of a hint hold no line of a reference solution."""

    id = "hint-gives-away"
    why = "The third step is the sketch. Before it, a line that can be pasted ends the thinking."
    example: ClassVar = Example(
        _FILE, _GOOD.replace("A program finds the words that it was called with.", 'echo \\"Hello, $1. Nice to see you.\\"'), _GOOD
    )

    def look(self, told: Told) -> Iterator[Problem]:
        """Look for lines of 24 characters or more."""
        lines = {line for solution in told.stage.solutions for line in _lines(solution.path)}
        for name, steps in told.stage.hints.items():
            for number, step in enumerate(steps[:2], 1):
                given = next((line for line in lines if line in step), "")
                if given:
                    yield told.at(("hints", name), f"step {number} of the hint for '{name}' holds a line of a solution: '{given[:60]}'")


@cache
def _lines(solution: Path) -> frozenset[str]:
    """What a solution has of lines that would give it away."""
    found: set[str] = set()
    for path in [*solution.glob("files/**/*"), *solution.glob("*.sh"), *solution.glob("live/*.sh")]:
        if path.is_file() and path.stat().st_size < WRITTEN:
            stripped = (line.strip() for line in path.read_text(encoding="utf-8", errors="replace").splitlines())
            found |= {line for line in stripped if len(line) >= TELLING and not line.startswith(("#", "import ", "from "))}
    return frozenset(found)
