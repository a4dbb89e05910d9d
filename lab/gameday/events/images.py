"""Events of containers: images are built, run, asked, stopped, looked through, and moved to."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from lab.gameday.events.base import Happening
from lab.gameday.imaging import ImageTried
from lab.gameday.loaded import MEGABYTE, under_load
from lab.gameday.probing import conditions_of, look_for_secrets, run_under, start_without_database, stop_while_answering
from lab.gameday.rebuilt import rebuild
from lab.gameday.shelf import shelf_of
from lab.gameday.twice import build_twice

if TYPE_CHECKING:
    from lab.gameday.imaging import BuiltAgain, Lives, Loaded, Readiness, Rebuilt, Secrets, Shelf, Stopped
    from lab.gameday.stagehand import Stagehand


class ImageEvent(Happening):
    """The `build` verb is run in a fresh clone of `main`, and customers ask a container of what comes of it."""

    def play(self, hand: Stagehand) -> ImageTried:
        """One build, one run."""
        return hand.dock.tried(hand.dock.build())


class ShelfEvent(Happening):
    """Once every pipeline has ended: what the registry has of the merges of these pull requests."""

    refers: ClassVar = ("of",)
    of: tuple[str, ...] = Field(min_length=1)

    def play(self, hand: Stagehand) -> Shelf:
        """Wait, then look."""
        return shelf_of(hand, self.of)


class BuildTwice(Happening):
    """`main` is built twice from nothing; in between a new release of one of its packages comes out (which one: by the seed)."""

    def play(self, hand: Stagehand) -> BuiltAgain:
        """Build, release, build."""
        return build_twice(hand)


class StopEvent(Happening):
    """A container of an image is told to stop while it reads a request that takes three seconds."""

    refers: ClassVar = ("of",)
    of: str

    def play(self, hand: Stagehand) -> Stopped:
        """Ask, signal, wait."""
        return stop_while_answering(hand.dock, hand.facts().of(self.of, ImageTried))


class WithoutDatabase(Happening):
    """A container starts whose database is not there yet; then it is."""

    refers: ClassVar = ("of",)
    of: str

    def play(self, hand: Stagehand) -> Readiness:
        """Start, ask, let it come, ask again."""
        return start_without_database(hand.dock, hand.facts().of(self.of, ImageTried))


class RunUnder(Happening):
    """An image is run under each of several conditions, and customers ask it each time."""

    refers: ClassVar = ("of",)
    of: str
    conditions: tuple[Literal["no-capabilities", "other-user", "read-only", "staging", "production"], ...] = Field(min_length=1)

    def play(self, hand: Stagehand) -> Lives:
        """One after the other; the numbers and names among them are drawn by the seed."""
        return run_under(hand.dock, hand.facts().of(self.of, ImageTried), [conditions_of(name, hand.random) for name in self.conditions])


class LookForSecrets(Happening):
    """`main` is built on a desk where secrets lie about, and the image is looked through as whoever pulls it may."""

    def play(self, hand: Stagehand) -> Secrets:
        """Lay them out, build, search."""
        return look_for_secrets(hand)


class RebuildEvent(Happening):
    """`main` is built, a teammate changes one line of one file in `app/` (which: by the seed), and it is built again."""

    def play(self, hand: Stagehand) -> Rebuilt:
        """Build, change, build, and look for what is new."""
        return rebuild(hand)


class LoadEvent(Happening):
    """Eight customers at once ask a container of an image for prices, for `seconds`; it has `memory` megabytes and no swap."""

    refers: ClassVar = ("of",)
    of: str
    memory: int = Field(default=256, gt=0, description="Megabytes.")
    seconds: float = Field(default=15, gt=0, description="Real seconds.")

    def play(self, hand: Stagehand) -> Loaded:
        """Start it, and let them come."""
        return under_load(hand.dock, hand.facts().of(self.of, ImageTried), memory=self.memory * MEGABYTE, seconds=self.seconds)
