"""What the use cases need of the rest of the house, as one interface; `wiring.py` is the real one, tests bring fakes.

Wherever a `tell` is asked for, it is called now and then with a whole sentence on what is being done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from lab.checks.base import Check, Finding
    from lab.company.forge.forge import Forge
    from lab.report.facts import TeammateLine
    from lab.scenario.model import Scenario, Stage
    from lab.session.workspace import Workspace


@dataclass(frozen=True)
class Asked:
    """What one game day is asked: checks of a stage, with one seed. `fresh` passes over what is remembered."""

    stage: Stage
    checks: tuple[Check, ...]
    seed: int
    fresh: bool = False


@dataclass(frozen=True)
class SceneEnded:
    """One scene was played, or remembered: the findings of its checks before `requires`; `seconds` is real time."""

    scene: str
    findings: Mapping[str, Finding]
    seconds: float
    is_cached: bool = False


class Parts(Protocol):
    """The rest of the house: scenarios, the toolchain, companies, game days, the resident process."""

    def names(self) -> tuple[str, ...]:
        """The scenarios that are installed."""

    def find(self, name: str) -> Path:
        """The folder of a scenario.

        Raises:
            UsageProblem: there is none.
        """

    def read(self, path: Path) -> Scenario:
        """Read a scenario.

        Raises:
            ScenarioWrong: with every mistake.
        """

    def prepare(self, tell: Callable[[str], None]) -> None:
        """Have the toolchain ready; seconds when it is, a minute when it must be built.

        Raises:
            WorldUnavailable: no network, no disk.
        """

    def copy_environment(self, target: Path) -> None:
        """Put the learner's Python environment in `target`."""

    def variables(self, workspace: Workspace) -> dict[str, str]:
        """What an entered shell has in its environment."""

    def found(self, workspace: Workspace, scenario: Scenario) -> None:
        """Make the company in the workspace: its ledger, its repositories with their history, its servers."""

    def forge(self, workspace: Workspace) -> Forge:
        """The live company's forge."""

    def open_stage(self, workspace: Workspace, scenario: Scenario, stage: Stage, tell: Callable[[str], None]) -> None:
        """Perform a stage's start on the live company, up to its `stage.opened`. What runs is ended first; `wake` comes after.

        Raises:
            LabError: a step could not be done; it may be repeated from the state before.
        """

    def play(
        self,
        workspace: Workspace,
        scenario: Scenario,
        asked: Asked,
        *,
        on_scene: Callable[[SceneEnded], None],
        tell: Callable[[str], None],
    ) -> None:
        """Play the scenes that these checks need on copies of the company; `on_scene` hears of each as it ends."""

    def look_live(self, workspace: Workspace, checks: Sequence[Check], answers: Mapping[str, str]) -> dict[str, Finding]:
        """Look at the live company now; `answers` are what the learner answered to questions, by check."""

    def settled(self, checks: Sequence[Check], raw: Mapping[str, Finding], known: Iterable[str]) -> dict[str, Finding]:
        """The findings with `requires` applied; the checks named in `known` passed before."""

    def after_pass(self, workspace: Workspace, scenario: Scenario, stage: Stage, check: str) -> None:
        """Play the stage's events that waited for this check's first pass."""

    def wake(self, workspace: Workspace) -> None:
        """Have the company's resident process running."""

    def sleep(self, workspace: Workspace) -> None:
        """End the resident process and everything it started; nothing is left when this returns."""

    def door(self, workspace: Workspace) -> str:
        """The address that customers use; empty while it is not known."""

    def box(self, workspace: Workspace, tell: Callable[[str], None]) -> str:
        """The container of the stage's box, made now if there is none.

        Raises:
            WrongState: the stage has no box.
            WorldUnavailable: there is no Docker engine.
        """

    def rebuild_servers(self, workspace: Workspace) -> None:
        """Put every server back into the stage's start state, nothing of the learner's left on it."""

    def apply_solution(self, stage: Stage, tree: Path) -> None:
        """Lay the stage's first reference solution over a clone."""

    def personas(self, workspace: Workspace) -> tuple[TeammateLine, ...]:
        """The simulated colleagues."""

    def servers(self, workspace: Workspace) -> tuple[str, ...]:
        """The names of the company's servers."""

    def rerun(self, workspace: Workspace, run: str) -> str:
        """Queue a run again, on the same commit; gives the new run's name."""

    def cancel(self, workspace: Workspace, run: str) -> None:
        """Have a run ended.

        Raises:
            WrongState: it has finished already.
        """
