"""Events of the learner's own tests and hooks: hidden bugs, rewrites, other days, and teammates who commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from lab.gameday.events.base import Entries, Happening, Slug
from lab.gameday.outcomes import CommitTried, Mutants, SuiteRuns

if TYPE_CHECKING:
    from lab.gameday.stagehand import Stagehand

Condition = Literal["as-it-is", "leap-day", "new-year", "auckland", "random-order", "side-by-side"]


class MutantsEvent(Happening):
    """The `test` verb is run on copies of the code, each with one hidden bug: `draw` of them by seed, or of `families`."""

    vocabulary: ClassVar = {"families": "mutants"}
    draw: int = Field(default=0, ge=0, le=40)
    families: tuple[Slug, ...] = ()

    @property
    def stands_alone(self) -> bool:
        """It is played on copies of the code."""
        return True

    def play(self, hand: Stagehand) -> Mutants:
        """First the clean code, then each bug alone."""
        return hand.suites.mutants(draw=self.draw, families=self.families)


class Refactors(Happening):
    """The `test` verb is run on rewrites of the code that change nothing for customers."""

    draw: int = Field(default=4, ge=1, le=12)

    @property
    def stands_alone(self) -> bool:
        """It is played on copies of the code."""
        return True

    def play(self, hand: Stagehand) -> SuiteRuns:
        """Each rewrite alone."""
        return hand.suites.refactors(draw=self.draw)


class Suite(Happening):
    """The `test` verb is run on the learner's own `main`, under each condition, `repeat` times."""

    conditions: tuple[Condition, ...] = ("as-it-is",)
    repeat: int = Field(default=1, ge=1, le=50)

    @property
    def stands_alone(self) -> bool:
        """It is played on copies of the code."""
        return True

    def play(self, hand: Stagehand) -> SuiteRuns:
        """Run it under each."""
        return hand.suites.under(self.conditions, repeat=self.repeat)


class CommitEvent(Happening):
    """A teammate clones, runs the `setup` verb, makes one change and commits it with the clone's own hooks.

    Of a bad change, the first of `commit` that the learner's own `test` verb notices is taken. `staging: bad-index`
    leaves the bug in the index and undoes it in the work tree; `bad-tree` is the other way round.
    """

    vocabulary: ClassVar = {"by": "personas", "commit": "bank"}
    by: Slug
    commit: Entries
    staging: Literal["all", "bad-index", "bad-tree"] = "all"
    where: Literal["root", "subdirectory", "worktree", "amend"] = "root"

    @property
    def stands_alone(self) -> bool:
        """It is played on a clone of its own."""
        return True

    def play(self, hand: Stagehand) -> CommitTried:
        """Commit, and see what the hook says."""
        return hand.suites.commit(by=self.by, entries=self.commit, staging=self.staging, where=self.where)
