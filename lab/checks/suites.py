"""Checks on the learner's own tests: whether they notice, and whether they stay quiet when nothing is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from lab.checks.base import Check, Finding, failed, passed
from lab.gameday.outcomes import Mutants, SuiteRun, SuiteRuns

if TYPE_CHECKING:
    from lab.gameday.facts import Facts

SHOWN = 4


def unusable(suite: SuiteRun) -> Finding | None:
    """The finding when the suite can't be used as a measure: no verb, no end, or red on good code."""
    if suite.run.problem:
        return failed(suite.run.problem, look_at="harborline.yaml")
    if suite.run.exit is None:
        return failed(
            f"The `test` verb was still running after {suite.run.seconds:.0f} s and was stopped.",
            look_at="your tests",
            evidence=suite.run.output,
        )
    if not suite.is_green:
        return failed(
            f"The `test` verb should pass on your own `main`, and it ended with {suite.run.exit}.",
            look_at="your tests",
            evidence=suite.run.output,
        )
    return None


class MutantsNoticed(Check):
    """The suite goes red for at least `at_least` of the hidden bugs, each put alone into a copy of the code."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["mutants_noticed"]
    of: str
    at_least: int = Field(ge=1)

    def look(self, facts: Facts) -> Finding:
        """Name the behaviours that nobody tests, never a count alone."""
        mutants = facts.of(self.of, Mutants)
        trouble = unusable(mutants.clean)
        if trouble:
            return trouble
        total = len(mutants.noticed) + len(mutants.missed)
        if len(mutants.noticed) >= self.at_least:
            return passed(f"Your tests noticed {len(mutants.noticed)} of {total} bugs.", evidence="\n".join(mutants.noticed))
        rest = len(mutants.missed) - SHOWN
        more = f"\n… and {rest} more" if rest > 0 else ""
        return failed(
            f"{mutants.missed[0]} Your tests noticed {len(mutants.noticed)} of {total} bugs that were put into "
            f"copies of your code, and {self.at_least} are asked for.",
            look_at="tests/: which test would have to exist?",
            evidence="\n".join(mutants.missed[:SHOWN]) + more,
        )


class SuiteGreen(Check):
    """The suite passes under every one of the conditions that it was run under."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["suite_green"]
    of: str
    because: str = Field(description="What the conditions have in common: 'nothing customers see has changed'.")

    def look(self, facts: Facts) -> Finding:
        """Name the first condition under which it failed."""
        runs = facts.of(self.of, SuiteRuns)
        for suite in runs.red:
            if suite.run.problem:
                return failed(suite.run.problem, look_at="harborline.yaml")
            how = "did not end" if suite.run.exit is None else f"ended with {suite.run.exit}"
            return failed(
                f"Your tests should pass {suite.condition}, because {self.because}; the `test` verb {how}. "
                f"({len(runs.red)} of {len(runs.each)} runs failed.)",
                look_at="the failing test below: what does it rest on?",
                evidence=suite.run.output,
            )
        return passed(f"Your tests passed all {len(runs.each)} runs: {'; '.join(dict.fromkeys(suite.condition for suite in runs.each))}.")
