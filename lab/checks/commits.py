"""Checks on hooks: what a teammate's `git commit` meets in a clone that was set up by the documented command."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from lab.checks.base import Check, Finding, failed, passed
from lab.checks.delivery import verb_trouble
from lab.gameday.outcomes import CommitTried

if TYPE_CHECKING:
    from lab.gameday.facts import Facts


def _unset(tried: CommitTried) -> Finding | None:
    trouble = verb_trouble(tried.setup)
    if trouble:
        return trouble
    if tried.setup.exit != 0:
        return failed(
            f"In {tried.by.capitalize()}'s fresh clone the `setup` verb should succeed, and it ended with {tried.setup.exit}.",
            look_at="harborline.yaml: 'setup'",
            evidence=tried.setup.output,
        )
    return None


class CommitsRefused(Check):
    """Bad commits are refused by the hook, and its output names the test that failed."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["commits_refused"]
    of: tuple[str, ...] = Field(min_length=1)
    names_test: bool = True

    def look(self, facts: Facts) -> Finding:
        """Look at each commit; a commit that the learner's own tests miss is said to be that."""
        for tried in facts.each_of(self.of, CommitTried):
            trouble = _unset(tried)
            if trouble:
                return trouble
            if tried.accepted:
                return self._accepted(tried)
            if self.names_test and not tried.failing:
                return failed(
                    f"{tried.by.capitalize()}'s commit was refused, as it should be, but nothing in the output names the failing test: "
                    f"{tried.by.capitalize()} does not know what to mend.",
                    look_at="what your hook prints",
                    evidence=tried.output,
                )
        tries = facts.all_of(self.of, CommitTried)
        return passed(
            f"{len(tries)} bad commit{'s were' if len(tries) > 1 else ' was'} refused: {'; '.join(tried.what for tried in tries)}."
        )

    def _accepted(self, tried: CommitTried) -> Finding:
        if not tried.detected:
            return failed(
                f"{tried.by.capitalize()}'s commit went through: {tried.what}. Your tests don't notice it, so no hook could.",
                look_at="tests/",
                evidence=tried.output,
            )
        return failed(
            f"{tried.by.capitalize()}'s commit should have been refused in {tried.where} ({tried.what}; your `test` "
            "verb notices it), and it went through.",
            look_at="the hook: does it run at all in a fresh clone, and on what is committed?",
            evidence=tried.output or "(the commit printed nothing)",
        )


class CommitsAccepted(Check):
    """Good commits are accepted, each within `within` seconds."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["commits_accepted"]
    of: tuple[str, ...] = Field(min_length=1)
    within: float = Field(gt=0, description="Real seconds for one commit, on a machine like the ones this was calibrated on.")

    def look(self, facts: Facts) -> Finding:
        """Look at each commit, first whether it went through, then how long it took."""
        for tried in facts.each_of(self.of, CommitTried):
            trouble = _unset(tried)
            if trouble:
                return trouble
            if not tried.accepted:
                return failed(
                    f"{tried.by.capitalize()}'s commit is good ({tried.what}) and should go through in {tried.where}, and it was refused.",
                    look_at="the failing test below: is it about the behaviour, or about how the code is written?",
                    evidence=tried.output,
                )
        tries = facts.all_of(self.of, CommitTried)
        slowest = max(tries, key=lambda tried: tried.seconds)
        allowed = self.within * facts.pace
        if slowest.seconds > allowed:
            return failed(
                f"A commit should take less than {allowed:.0f} s, and {slowest.by.capitalize()}'s "
                f"({slowest.what}) took {slowest.seconds:.1f} s. "
                "People switch off what makes them wait.",
                look_at="what your hook runs",
                evidence=slowest.output,
            )
        return passed(f"{len(tries)} good commit{'s' if len(tries) > 1 else ''} went through, the slowest in {slowest.seconds:.1f} s.")
