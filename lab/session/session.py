"""One workspace and the parts that work on it: what every use case gets."""
# ruff: noqa: PLC0415 - heavy parts are loaded where they are needed: a status uses none

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from lab.errors import WrongState
from lab.ledger.progress import Progress, StageProgress, progress
from lab.ledger.store import Ledger

if TYPE_CHECKING:
    from lab.scenario.model import Scenario, Stage
    from lab.session.parts import Parts
    from lab.session.workspace import Workspace


SECOND: Final = "grading-2"


@dataclass(frozen=True)
class Session:
    """A workspace that is open. `parts` is only touched by use cases that need more than the ledger.

    `told` is its scenario where somebody has read it already.
    """

    workspace: Workspace
    parts: Parts
    told: Scenario | None = None

    @cached_property
    def ledger(self) -> Ledger:
        """The live company's ledger."""
        return Ledger(self.workspace.ledger)

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario as it was when the workspace was made, or moved on last.

        Raises:
            ScenarioWrong: its kept copy was changed into something wrong.
        """
        if self.told:
            return self.told
        if not self.workspace.kept_scenario.is_dir():  # a `lab update` was killed in the one moment where it is away
            from lab.session import locks, updating

            with locks.hold(self.workspace.id, locks.CHANGE, command="lab", patience=10.0):
                updating.restore(self.workspace)
        return self.parts.read(self.workspace.kept_scenario)

    def progress(self) -> Progress:
        """How far the learner is now."""
        return progress(self.ledger)

    def current(self) -> StageProgress:
        """The stage that is played.

        Raises:
            WrongState: none was opened, because `lab start` was interrupted.
        """
        stage = self.progress().current
        if stage is None:
            raise WrongState(
                "No stage has been opened in this workspace yet.", remedy=f"Finish its start: lab start --dir '{self.workspace.root}'."
            )
        return stage

    def stage(self, id: str) -> Stage:  # noqa: A002 - the word of scenario.yaml
        """A stage as the scenario tells it.

        Raises:
            WrongState: the kept scenario lacks it.
        """
        try:
            return self.scenario.stage(id)
        except KeyError as problem:
            raise WrongState(f"The scenario of this workspace has no stage '{id}'.", remedy="`lab status` lists its stages.") from problem

    def seed(self, kind: str) -> int:
        """The seed of a kind of play: the workspace's own for `live`, and one for each of practice and the gradings."""
        return seed_of(self.workspace.seed, kind)

    def main(self) -> str:
        """The commit that is graded: the forge's `main`.

        Raises:
            WrongState: the forge has no `main`.
        """
        repository = self.workspace.repository
        sha = self.parts.forge(self.workspace).head(repository)
        if sha is None:
            raise WrongState(
                f"The forge's '{repository}' has no branch 'main', and 'main' is what is graded.",
                remedy="Push yours again: git push origin HEAD:main; or `lab reset`.",
            )
        return sha

    def heads(self) -> dict[str, str]:
        """The forge's branches and their commits."""
        from lab.company.git import Git

        path = self.parts.forge(self.workspace).path(self.workspace.repository)
        lines = Git(path).lines("for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/heads")
        return {name: sha for sha, _, name in (line.partition(" ") for line in lines)}


def seed_of(seed: int, kind: str) -> int:
    """A seed for `kind`, different for each and fixed for a workspace; `live` is the workspace's own.

    The second grading's is odd and all others are even, so that an event which draws one half of its kinds by an even
    seed and the other by an odd one has been through all of them once both gradings are over.
    """
    if kind == "live":
        return seed
    import hashlib

    drawn = int.from_bytes(hashlib.sha256(f"{seed}:{kind}".encode()).digest()[:6], "big")
    return drawn - drawn % 2 + (kind == SECOND)
