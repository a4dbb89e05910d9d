"""Checks on the gate: what gets onto `main`, what does not, and by which ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from lab.checks.base import Check, Finding, failed, passed
from lab.checks.pipelines import said
from lab.gameday.outcomes import Injection, PullRequest, Pushed

if TYPE_CHECKING:
    from lab.gameday.facts import Facts

READABLE = 20


class OnMain(Check):
    """Good pull requests are on `main` at the end, each within `within` seconds of its push."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["on_main"]
    of: tuple[str, ...] = Field(min_length=1)
    within: float = Field(default=240, gt=0, description="Real seconds from push to `main`.")

    def look(self, facts: Facts) -> Finding:
        """Name what keeps the first one out."""
        for pull in facts.each_of(self.of, PullRequest):
            if not pull.on_main:
                why = pull.blockers[0] if pull.blockers else "nothing that the forge could name"
                return failed(
                    f"#{pull.number} is good ({pull.what}) and should be on main, and it is not. What keeps it out: {why}",
                    look_at=".github/rulesets/ and the pipeline's result",
                    evidence="\n".join([said(pull), *pull.reviews]),
                )
            allowed = self.within * facts.pace
            if pull.until_main is not None and pull.until_main > allowed:
                return failed(
                    f"#{pull.number} is on main after {pull.until_main:.0f} s, and {allowed:.0f} s are allowed.",
                    look_at="`lab log`",
                    evidence=said(pull),
                )
        pulls = facts.all_of(self.of, PullRequest)
        return passed(
            f"{len(pulls)} good pull request{'s are' if len(pulls) > 1 else ' is'} on main: {'; '.join(pull.what for pull in pulls)}."
        )


class KeptOffMain(Check):
    """Bad pull requests are not on `main` at the end."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["kept_off_main"]
    of: tuple[str, ...] = Field(min_length=1)
    by: Literal["anything", "review"] = "anything"

    def look(self, facts: Facts) -> Finding:
        """Name the first that got in, and what it was let in by."""
        for pull in facts.each_of(self.of, PullRequest):
            if pull.on_main:
                asked = f"required checks: {', '.join(pull.required)}" if pull.required else "no ruleset asks for any check"
                reviewed = f"; reviews: {'; '.join(pull.reviews)}" if pull.reviews else "; nobody was asked to review it"
                return failed(
                    f"#{pull.number} must not get onto main ({pull.what}), and it did ({asked}{reviewed}).",
                    look_at=".github/rulesets/ and CODEOWNERS" if self.by == "review" else ".github/rulesets/",
                    evidence=said(pull),
                )
        return passed(f"Kept off main: {'; '.join(pull.what for pull in facts.all_of(self.of, PullRequest))}.")


class PushRefused(Check):
    """A direct push to `main` is refused by the forge, with a message that a person can read."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["push_refused"]
    of: tuple[str, ...] = Field(min_length=1)

    def look(self, facts: Facts) -> Finding:
        """Look at each push."""
        for push in facts.each_of(self.of, Pushed):
            kind = "force-push" if push.forced else "direct push"
            if push.accepted:
                return failed(
                    f"{push.by.capitalize()}'s {kind} to '{push.to}' should be refused, and the forge took it.",
                    look_at=".github/rulesets/",
                    evidence=push.message,
                )
            if len(push.message.strip()) < READABLE:
                return failed(f"{push.by.capitalize()}'s {kind} was refused without a word.", look_at="`lab log`", evidence=push.message)
        return passed(f"{len(self.of)} pushes past the pull request were refused.")


class NothingInjected(Check):
    """Text that a stranger chose (a branch's name, a title, a message) was never run as a command."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["nothing_injected"]
    of: str

    def look(self, facts: Facts) -> Finding:
        """Look for the files that the injected commands would have made."""
        injection = facts.of(self.of, Injection)
        if injection.ran:
            return failed(
                f"A command ran on your runner that somebody wrote into {injection.ran[0]}.",
                look_at="`${{ github.… }}` inside a `run:`; pass it by `env:` instead",
                evidence="\n".join(injection.texts),
            )
        return passed("Nothing that strangers wrote into names and messages was run.")
