"""What every event is: options that a scenario tells, and `play`, which does it and gives back what was seen."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping  # noqa: TC003 - pydantic reads the annotations at run time
from typing import TYPE_CHECKING, Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from lab.gameday.stagehand import Stagehand

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Entries = Annotated[tuple[Slug, ...], Field(min_length=1)]


class Happening(BaseModel, ABC):
    """One scripted event.

    `refers` names the fields that hold labels of earlier events, `vocabulary` the fields whose words are in the bank of
    commits or among the personas, `files` those that name a file of the stage; reading a scenario checks all. `needs_servers` has
    the scene start the servers.
    One that `waits` happens on the live company alone, when `when_due` says so.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    refers: ClassVar[tuple[str, ...]] = ()
    vocabulary: ClassVar[Mapping[str, str]] = {}
    needs_servers: ClassVar[bool] = False
    waits: ClassVar[bool] = False
    files: ClassVar[tuple[str, ...]] = ()

    label: str = Field(default="", alias="as", description="The name by which later events and checks speak of this one.")

    def is_served(self) -> bool:
        """Whether the scene needs the servers for it."""
        return self.needs_servers

    def when_due(self, wrong: int) -> Self | None:  # noqa: ARG002 - most events wait for nothing
        """The event as it is played now; None while it is too early. `wrong` totals were given since it was planned."""
        return self

    @property
    def stands_alone(self) -> bool:
        """Whether leaving it out changes nothing for the events that do not refer to it."""
        return False

    @abstractmethod
    def play(self, hand: Stagehand) -> object | None:
        """Do it. What comes back is the outcome of the label; None when there is nothing to see.

        Raises:
            LabError: it could not be played; whatever looks at it is blocked.
        """
