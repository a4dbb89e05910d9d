"""The frozen shape of a scenario, as `scenario.yaml` and each `stage.yaml` tell it.

Checks and events are models of other layers; here they are values with an `id`, a `kind` and options. Their classes
come in as an argument of `reading.read`, so that this layer knows neither.
"""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - pydantic reads the annotations at run time
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

SLUG: Final = r"^[a-z0-9][a-z0-9-]{0,62}$"
DRAFT: Final = "> **Draft.** This stage is still being written: its checks are not proven, and may be wrong."
Slug = Annotated[str, Field(pattern=SLUG)]
Hints = dict[str, tuple[str, ...]]


class Told(BaseModel):
    """What all models here share: frozen, and an unknown key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, populate_by_name=True)


class Needs(Told):
    """What a stage needs of the learner's machine."""

    docker: bool = Field(default=False, description="Whether the stage can only be played with a Docker engine.")


class Milestone(Told):
    """A part of a stage that is reached in one sitting: at most four core checks, `minutes` of a learner's time."""

    id: Slug = Field(description="Its name in commands: lower case, digits and hyphens.")
    title: str = Field(description="What the learner reads when it is reached.")
    minutes: int = Field(ge=1, le=240, description="Minutes that a learner takes for it; the first milestone: at most ten.")
    checks: tuple[Slug, ...] = Field(min_length=1, description="The core checks that must pass; at most four.")


class Event(Told):
    """One scripted event: its kind (a name of the catalogue) and its options, already a model of that kind.

    `after` names a check: the event happens when that check has passed for the first time with the practice seed or live.
    `minutes` of company time go by before it happens (of a stage's events; those of a scene follow each other at once).
    """

    kind: str
    what: Any
    after: str = ""
    minutes: float = Field(default=0, ge=0, le=1440, description="Company minutes that go by before it happens.")

    @property
    def label(self) -> str:
        """The name by which checks and later events speak of it; may be empty."""
        return str(getattr(self.what, "label", "") or "")


class Scene(Told):
    """Events in order, played on a throwaway copy of the company. A `timed` scene is played alone, `sleepy` ones side by side."""

    id: Slug = Field(description="The name by which checks speak of the scene.")
    title: str = Field(default="", description="What the learner reads while it is played.")
    timed: bool = Field(default=False, description="Whether time is judged in it: such a scene is played alone on the machine.")
    sleepy: bool = Field(default=False, description="Whether it mostly waits: more such scenes are played at once than there are cores.")
    events: tuple[Event, ...] = Field(min_length=1, description="What happens, in order.")


class Solution(Told):
    """A reference solution: `files/` laid over the clone, then `solve.sh`; `live.sh` acts over SSH for live checks."""

    name: Slug
    path: Path
    mechanism: str = ""


class Refusal(Told):
    """One check that refuses a trap, and words that its message has; `sometimes`: with some seeds only."""

    check: Slug = Field(description="The id of the check that refuses the trap.")
    message: str = Field(description="Words that the check's message or evidence must have.")
    sometimes: bool = Field(default=False, description="Whether only some seeds show it.")


class TrapFile(Told):
    """What trap.yaml says: why it is wrong, what it is built on, and every check that refuses it."""

    why: str = Field(description="Why a sensible person would write it, and why it is wrong.")
    base: Slug = Field(description="The solution that it is built on.")
    refused_by: tuple[Refusal, ...] = Field(min_length=1, description="All checks that refuse it; another refusal fails the proof.")


class Trap(Told):
    """A plausible wrong solution: `base` solution plus a few changed lines, and *all* checks that refuse it."""

    name: Slug
    path: Path
    why: str
    base: Slug
    refused_by: tuple[Refusal, ...] = Field(min_length=1)


class Stage(Told):
    """One step of the evolution, whole: its texts, events, checks, hints, solutions and traps.

    `kept` are the ids of those checks that earlier stages brought (`keeps`, with what they require).
    """

    id: Slug
    code: str = Field(default="", description="A short sign for lists: 'C1'.")
    title: str = Field(description="The stage's name, as the learner reads it.")
    job: str = Field(description="One sentence: what the learner has to do.")
    needs: Needs = Field(default=Needs(), description="What the stage needs of the learner's machine.")
    skills: tuple[Slug, ...] = Field(default=(), description="The skills that the stage trains; a check may name its own.")
    teaches: tuple[Slug, ...] = Field(
        default=(), description="The skills that the stage is there for: its checks count twice for these in the learner's profile."
    )
    minutes: int = Field(ge=1, description="Minutes that a learner takes for the whole stage.")
    prove_minutes: float = Field(gt=0, description="Minutes that `lab author prove --slices` may take for it on two cores.")
    server_runs: str = Field(default="", description="The repository's ref that 'web1' runs when the stage starts; empty: no server.")
    team_tests: bool = Field(default=False, description="Whether the team's own tests are laid into the repository at the start.")
    customers: float = Field(default=0, ge=0, le=500, description="Customers' requests a second on the live company.")
    company_minutes_per_second: float = Field(default=1, gt=0, le=60, description="How fast company time goes while the stage is played.")
    events: tuple[Event, ...] = Field(
        default=(), description="What happens on the learner's live company, at the start or `after` a check."
    )
    game_day: tuple[Scene, ...] = Field(default=(), description="Scenes, each played on a throwaway copy of the company.")
    checks: tuple[Any, ...] = Field(min_length=1, description="The questions that are asked of what happened.")
    milestones: tuple[Milestone, ...] = Field(min_length=1, max_length=5, description="The stage's parts, in order: two to five.")
    hints: Hints = Field(default={}, description="For each check three steps: a question, the concept with its evidence, a sketch.")
    catch_up: tuple[Slug, ...] = Field(
        default=(), description="Stages whose first solution is laid before this one starts, for learners who did not play them."
    )
    status: Literal["draft", "ready"] = Field(
        default="ready", description="A draft plays with a banner, and one solution and one trap prove it; 'ready' needs the whole matrix."
    )
    keeps: tuple[str, ...] = Field(default=(), description="Checks of earlier stages that go on being checked, as 'STAGE/CHECK'.")
    kept: frozenset[str] = frozenset()
    briefing: str = ""
    debrief: str = ""
    instructor: str = ""
    skipped: tuple[Stage, ...] = ()
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
    def brief(self) -> str:
        """The briefing as learners read it: that of a draft begins with a banner."""
        return f"{DRAFT}\n\n{self.briefing}" if self.status == "draft" else self.briefing

    @property
    def start(self) -> Path:
        """The folder laid over the learner's repository when the stage starts; it may not exist."""
        return self.path / "start"

    @property
    def box(self) -> Path:
        """The folder of what lies in the stage's box, a container of its own; it may not exist."""
        return self.path / "box"


class Scenario(Told):
    """A company and its ordered stages. `digest` is the SHA-256 of all its files, in hexadecimal."""

    format: Literal[1] = Field(description="The version of this format.")
    id: Slug
    title: str = Field(description="The scenario's name, as lists show it.")
    company: str = Field(description="The company's name.")
    repository: Slug = Field(description="The repository that the company works on.")
    story: str = Field(description="Two sentences that a learner reads while the company is founded.")
    path: Path
    digest: str
    stages: tuple[Stage, ...] = Field(min_length=1, description="The folders of the stages, in order.")

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
