"""Events of the live company: what people tell the learner, and the tags they publish."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field

from lab.gameday.events.base import Happening, Slug

if TYPE_CHECKING:
    from lab.gameday.stagehand import Stagehand


class Say(Happening):
    """Somebody tells the learner something; bare `lab` and `lab team` show it."""

    vocabulary: ClassVar = {"by": "personas"}
    by: Slug
    text: str

    def play(self, hand: Stagehand) -> None:
        """Write it into the ledger."""
        hand.company.ledger.append("say", actor=self.by, by=self.by, text=self.text)


class Complaint(Say):
    """Somebody tells the learner that customers complain, once so many of them got a `wrong` total; `{wrong}` is how many."""

    waits: ClassVar = True
    wrong: int = Field(default=3, ge=1, le=1000)

    def when_due(self, wrong: int) -> Self | None:
        """With the number in its text."""
        return self.model_copy(update={"text": self.text.replace("{wrong}", str(wrong))}) if wrong >= self.wrong else None


class PublishTag(Happening):
    """A tag that was made when the company was founded appears on the forge."""

    tag: Slug

    def play(self, hand: Stagehand) -> None:
        """Publish it."""
        hand.company.publish_tag(self.tag)
