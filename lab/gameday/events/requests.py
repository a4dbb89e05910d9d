"""Events of the gate: pull requests with their twins, direct pushes, and names that are commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import model_validator

from lab.gameday.events.base import Happening, Slug

if TYPE_CHECKING:
    from lab.gameday.outcomes import Injection, Pushed
    from lab.gameday.stagehand import Stagehand


class PullRequestEvent(Happening):
    """A teammate opens a pull request with one change of `commit`, or with the twin of an earlier one.

    A twin has the same files, author and message, with the bug undone. `merge` lets it merge by itself once required
    checks and reviews stand. `wait` waits for its end before the next event. `minute_is_a_second` makes a minute of
    `timeout-minutes` last a second, for a change that hangs.
    """

    refers: ClassVar = ("twin_of",)
    vocabulary: ClassVar = {"by": "personas", "commit": "bank"}
    by: str = ""
    commit: tuple[Slug, ...] = ()
    twin_of: str = ""
    merge: bool = False
    wait: bool = False
    minute_is_a_second: bool = False

    @model_validator(mode="before")
    @classmethod
    def _either(cls, value: Any) -> Any:
        if isinstance(value, dict) and bool(value.get("twin_of")) == bool(value.get("commit")):
            raise ValueError("a pull request has either 'commit' with 'by', or 'twin_of'")
        return value

    @property
    def stands_alone(self) -> bool:
        """What is waited for is there for the sake of what follows."""
        return not self.wait

    def play(self, hand: Stagehand) -> None:
        """Open it; what became of it is seen when the scene ends."""
        if self.minute_is_a_second:
            hand.desk.shorten_minutes()
        if self.twin_of:
            hand.desk.open_twin(self.label, of=self.twin_of, merge=self.merge)
        else:
            hand.desk.open(self.label, by=self.by, entries=self.commit, merge=self.merge)
        if self.wait:
            hand.desk.settle(only=self.label)


class PushEvent(Happening):
    """A teammate pushes one change straight to a branch; with `force`, after throwing away its newest commit."""

    vocabulary: ClassVar = {"by": "personas", "commit": "bank"}
    by: Slug
    commit: tuple[Slug, ...]
    to: str = "main"
    force: bool = False
    no_verify: bool = False

    @property
    def stands_alone(self) -> bool:
        """A push that is refused leaves nothing, and one that is taken is the finding of whoever refers to it."""
        return True

    def play(self, hand: Stagehand) -> Pushed:
        """Push, and keep what the forge answered."""
        return hand.push(by=self.by, entries=self.commit, to=self.to, force=self.force)


class Revert(Happening):
    """A teammate takes back the newest commit of `main` that `whose` made, and pushes that."""

    vocabulary: ClassVar = {"by": "personas", "whose": "personas"}
    by: Slug
    whose: Slug

    def play(self, hand: Stagehand) -> Pushed:
        """Revert, push, and keep what the forge answered."""
        return hand.revert(by=self.by, whose=self.whose)


class InjectionEvent(Happening):
    """A stranger opens pull requests whose branch, title and message are shell commands that would make a file."""

    vocabulary: ClassVar = {"by": "personas"}
    by: Slug

    def play(self, hand: Stagehand) -> Injection:
        """Open them, wait for their pipelines, and look for the files."""
        return hand.desk.inject(by=self.by)
