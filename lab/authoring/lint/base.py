"""What a rule is: a name that stays, the reason, an example of each kind, and one verb, `look`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal

from lab.errors import Problem
from lab.scenario.marked import Marked, Where, read_marked

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lab.scenario.model import Scenario, Stage

Level = Literal["mistake", "advice"]


@dataclass(frozen=True)
class Example:
    """A change to the scenario that `lab author new` writes: the content of one of its files, once bad and once good.

    Of a YAML file the keys given here take the place of its own; None means that the file is not there.
    """

    file: str
    bad: str
    good: str | None


class Told:
    """A stage with its files, as a rule sees it. `root` is the author's own folder, in which messages name files."""

    def __init__(self, scenario: Scenario, stage: Stage, root: Path) -> None:
        self.scenario = scenario
        self.stage = stage
        self.root = root

    @property
    def folder(self) -> Path:
        """The stage's folder, as its author wrote it."""
        return self.root / "stages" / self.stage.id

    @cached_property
    def document(self) -> Marked:
        """stage.yaml with its lines."""
        return read_marked(self.folder / "stage.yaml", name=self.named("stage.yaml"))

    def named(self, path: str) -> str:
        """What messages call a file of the stage."""
        return f"stages/{self.stage.id}/{path}"

    def at(self, where: Where, message: str) -> Problem:
        """A problem at a place of stage.yaml."""
        return Problem(self.named("stage.yaml"), self.document.line(where), message)

    def of(self, path: str, message: str, *, line: int = 0) -> Problem:
        """A problem of another file of the stage."""
        return Problem(self.named(path), line, message)


class Rule(ABC):
    """One rule for a stage. The docstring says what it asks; `why` is the reason, for people.

    A `mistake` makes the command fail; `advice` is told and changes nothing.
    """

    id: ClassVar[str]
    level: ClassVar[Level] = "mistake"
    why: ClassVar[str]
    example: ClassVar[Example]

    @abstractmethod
    def look(self, told: Told) -> Iterable[Problem]:
        """Every place where the stage breaks the rule."""
