"""The frozen shape of a scenario, as `scenario.yaml` and each `stage.yaml` tell it.

Checks and events are models of other layers; here they are values with an `id`, a `kind` and options. Their classes
come in as an argument of `reading.read`, so that this layer knows neither.
"""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - pydantic reads the annotations at run time
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

SLUG: Final = r"^[a-z0-9][a-z0-9-]{0,62}$"
Slug = Annotated[str, Field(pattern=SLUG)]
Hints = dict[str, tuple[str, ...]]


class Told(BaseModel):
    """What all models here share: frozen, and an unknown key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, populate_by_name=True)


class Needs(Told):
    """What a stage needs of the learner's machine."""

    docker: bool = False


class Milestone(Told):
    """A part of a stage that is reached in one sitting: at most four core checks, `minutes` of a learner's time."""

    id: Slug
    title: str
    minutes: int = Field(ge=1, le=240)
    checks: tuple[Slug, ...] = Field(min_length=1)


class Event(Told):
    """One scripted event: its kind (a name of the catalogue) and its options, already a model of that kind.

    `after` names a live check: the event happens when that check has passed for the first time.
    """

    kind: str
    what: Any
    after: str = ""

    @property
    def label(self) -> str:
        """The name by which checks and later events speak of it; may be empty."""
        return str(getattr(self.what, "label", "") or "")


class Scene(Told):
    """Events in order, played on a throwaway copy of the company. A `timed` scene is played alone on the machine."""

    id: Slug
    title: str = ""
    timed: bool = False
    events: tuple[Event, ...] = Field(min_length=1)


class Solution(Told):
    """A reference solution: `files/` laid over the clone, then `solve.sh`; `live.sh` acts over SSH for live checks."""

    name: Slug
    path: Path
    mechanism: str = ""


class Refusal(Told):
    """One check that refuses a trap, and words that its message has; `sometimes`: with some seeds only."""

    check: Slug
    message: str
    sometimes: bool = False


class Trap(Told):
    """A plausible wrong solution: `base` solution plus a few changed lines, and *all* checks that refuse it."""

    name: Slug
    path: Path
    why: str
    base: Slug
    refused_by: tuple[Refusal, ...] = Field(min_length=1)


class Stage(Told):
    """One step of the evolution, whole: its texts, events, checks, hints, solutions and traps."""

    id: Slug
    code: str = ""
    title: str
    job: str
    needs: Needs = Needs()
    skills: tuple[Slug, ...] = ()
    minutes: int = Field(ge=1)
    prove_minutes: float = Field(gt=0)
    server_runs: str = ""
    team_tests: bool = False
    customers: float = Field(default=0, ge=0, le=500)
    events: tuple[Event, ...] = ()
    game_day: tuple[Scene, ...] = ()
    checks: tuple[Any, ...] = Field(min_length=1)
    milestones: tuple[Milestone, ...] = Field(min_length=1, max_length=5)
    hints: Hints = {}
    keeps: tuple[str, ...] = ()
    briefing: str = ""
    debrief: str = ""
    path: Path
    solutions: tuple[Solution, ...] = ()
    traps: tuple[Trap, ...] = ()

    def check(self, id: str) -> Any:  # noqa: A002 - the word of stage.yaml
        """The check of that id.

        Raises:
            KeyError: the stage has none.
        """
        return {check.id: check for check in self.checks}[id]

    def scene(self, id: str) -> Scene:  # noqa: A002 - the word of stage.yaml
        """The scene of that id.

        Raises:
            KeyError: the game day has none.
        """
        return {scene.id: scene for scene in self.game_day}[id]

    def milestone_of(self, check: str) -> Milestone | None:
        """The milestone that asks for `check`; None for a stretch check."""
        return next((milestone for milestone in self.milestones if check in milestone.checks), None)

    @property
    def start(self) -> Path:
        """The folder laid over the learner's repository when the stage starts; it may not exist."""
        return self.path / "start"


class Scenario(Told):
    """A company and its ordered stages. `digest` is the SHA-256 of all its files, in hexadecimal."""

    format: Literal[1]
    id: Slug
    title: str
    company: str
    repository: Slug
    story: str
    path: Path
    digest: str
    stages: tuple[Stage, ...] = Field(min_length=1)

    def stage(self, id: str) -> Stage:  # noqa: A002 - the word of scenario.yaml
        """The stage of that id.

        Raises:
            KeyError: the scenario has none.
        """
        return {stage.id: stage for stage in self.stages}[id]

    def after(self, id: str) -> Stage | None:  # noqa: A002 - the word of scenario.yaml
        """The stage that follows `id`; None for the last."""
        ids = [stage.id for stage in self.stages]
        place = ids.index(id) + 1
        return self.stages[place] if place < len(ids) else None
