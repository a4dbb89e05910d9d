"""Events of the live company: what people tell the learner, and the tags they publish."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

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


class PublishTag(Happening):
    """A tag that was made when the company was founded appears on the forge."""

    tag: Slug

    def play(self, hand: Stagehand) -> None:
        """Publish it."""
        hand.company.publish_tag(self.tag)
