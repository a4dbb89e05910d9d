"""Checks on pipelines: red for the bug, green for its twin, and for nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from lab.checks.base import Check, Finding, failed, passed
from lab.gameday.outcomes import PullRequest

if TYPE_CHECKING:
    from lab.gameday.facts import Facts

TEST_NAME = re.compile(r"\b(test_\w+|\w+Test\w*|test[A-Z]\w+)\b|::\w+")
GRACE_SECONDS = 5.0


def said(pull: PullRequest) -> str:
    """What the pipeline said about a pull request, as an excerpt."""
    lines = [f"#{pull.number} {pull.title}"]
    lines += [f"{'✓' if job.result == 'success' else '✗'} {job.name}: {job.result} ({job.seconds:.1f} s)" for job in pull.jobs]
    if pull.reason:
        lines.append(pull.reason)
    for job in pull.failing[:1]:
        lines += [f"step '{job.failing_step}':", *job.tail.splitlines()[-8:]]
    return "\n".join(lines)


def unanswered(pull: PullRequest) -> Finding | None:
    """The finding when no pipeline answered at all."""
    if pull.verdict != "none":
        return None
    why = f" {pull.reason}" if pull.reason else ""
    return failed(
        f"A pull request should get a red or a green answer, and #{pull.number} ('{pull.title}') got none: no job ran for it.{why}",
        look_at=".github/workflows/: which events does it run on?",
        evidence=said(pull),
    )


class PipelineVerdict(Check):
    """The pipeline of each of these pull requests says `verdict`.

    With `twins`, a red one must be red because of its change: its twin (same files, author and message, the bug undone) is green.
    """

    refers: ClassVar[tuple[str, ...]] = ("of", "twins")
    type: Literal["pipeline_verdict"]
    of: tuple[str, ...] = Field(min_length=1)
    verdict: Literal["success", "failure"]
    twins: tuple[str, ...] = ()

    def look(self, facts: Facts) -> Finding:
        """Look at every pull request, in order."""
        for pull in facts.each_of(self.of, PullRequest):
            trouble = unanswered(pull) or (self._green(pull) if self.verdict == "success" else self._red(pull))
            if trouble:
                return trouble
        for twin in facts.each_of(self.twins, PullRequest):
            if twin.verdict != "green":
                return failed(
                    f"#{twin.number} ('{twin.title}') changes the same files as a bad commit, without the bug, and "
                    "should be green; it is red. "
                    "A pipeline that is red for everything tells nobody anything.",
                    look_at="the failing step below",
                    evidence=said(twin),
                )
        pulls = facts.all_of(self.of, PullRequest)
        word = "green" if self.verdict == "success" else "red"
        return passed(f"{len(pulls)} pull request{'s are' if len(pulls) > 1 else ' is'} {word}: {'; '.join(pull.what for pull in pulls)}.")

    def _green(self, pull: PullRequest) -> Finding | None:
        if pull.verdict == "green":
            return None
        return failed(
            f"#{pull.number} is good ({pull.what}) and should be green, and the pipeline says red.",
            look_at="the failing step below",
            evidence=said(pull),
        )

    def _red(self, pull: PullRequest) -> Finding | None:
        if pull.verdict == "red":
            return None
        if pull.detected is False:
            return failed(
                f"Nobody tests this: {pull.what}. #{pull.number} is green, and your `test` verb, run by hand, is green too.",
                look_at="tests/",
                evidence=said(pull),
            )
        return failed(
            f"#{pull.number} should be red ({pull.what}), and the pipeline says green.",
            look_at="the workflow: what would have to happen for this step to fail?",
            evidence=said(pull),
        )


class HangStopped(Check):
    """A pipeline that hangs is ended by its own time limit, not by ours."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["hang_stopped"]
    of: str

    def look(self, facts: Facts) -> Finding:
        """Look at how long it ran: in this scene a minute of `timeout-minutes` counts as a second."""
        pull = facts.of(self.of, PullRequest)
        trouble = unanswered(pull)
        if trouble:
            return trouble
        if pull.verdict != "red":
            return failed(
                f"#{pull.number} has a test that never ends, and the pipeline says {pull.verdict}.",
                look_at="the workflow",
                evidence=said(pull),
            )
        if pull.is_capped:
            return failed(
                f"#{pull.number} has a test that never ends. Your workflow sets no time limit, so the runner stopped "
                "it at its own; on GitHub that is six hours.",
                look_at=".github/workflows/: 'timeout-minutes'",
                evidence=said(pull),
            )
        return passed(f"A test that never ends was stopped after {pull.feedback:.0f} s, by a limit of the workflow's own.")


class NamesFailingTest(Check):
    """A red result names the failing test in the last 50 lines of the failing step."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["names_failing_test"]
    of: tuple[str, ...] = Field(min_length=1)

    def look(self, facts: Facts) -> Finding:
        """Look at the failing step's last lines."""
        for pull in facts.each_of(self.of, PullRequest):
            trouble = unanswered(pull)
            if trouble:
                return trouble
            if pull.verdict != "red":
                return failed(
                    f"#{pull.number} should be red ({pull.what}), and is {pull.verdict}.", look_at="the workflow", evidence=said(pull)
                )
            if not any(TEST_NAME.search(job.tail) for job in pull.failing):
                return failed(
                    f"#{pull.number} is red, and the last 50 lines of the failing step name no test: its author has to guess.",
                    look_at="the command of that step: how much of the output does it swallow?",
                    evidence=said(pull),
                )
        return passed("Every red result names the test that failed.")


class FeedbackInTime(Check):
    """The pipeline answers within `alone` seconds for one pull request, and within `burst` seconds for several at once."""

    refers: ClassVar[tuple[str, ...]] = ("alone", "burst")
    type: Literal["feedback_in_time"]
    alone: str
    burst: tuple[str, ...] = ()
    alone_within: float = Field(gt=0)
    burst_within: float = Field(default=240, gt=0)

    def look(self, facts: Facts) -> Finding:
        """Look at the one alone, then at the slowest of the burst."""
        for label, limit in ((self.alone, self.alone_within), *((label, self.burst_within) for label in self.burst)):
            pull = facts.of(label, PullRequest)
            trouble = unanswered(pull)
            if trouble:
                return trouble
            allowed = limit * facts.pace
            if pull.feedback > allowed:
                return failed(
                    f"#{pull.number} should have its answer within {allowed:.0f} s, and waited {pull.feedback:.0f} s.",
                    look_at="`lab log`: which step takes so long?",
                    evidence=said(pull),
                )
        return passed(f"The answer came after {facts.of(self.alone, PullRequest).feedback:.0f} s.")
