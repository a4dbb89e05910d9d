"""Events that an author brings along: a script of their own, an acceptance suite of their own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from lab.gameday import probes
from lab.gameday.events.base import Happening, Slug

if TYPE_CHECKING:
    from lab.gameday.outcomes import AcceptanceRun, ScriptRun
    from lab.gameday.stagehand import Stagehand

LIMIT = 60.0


class ScriptEvent(Happening):
    """A script of the stage is run, in a fresh clone of `main` or on a server, and its exit code and output are kept.

    `LAB_SEED` is in its environment: what is drawn from it differs between practice and grading. In a clone it also finds
    the company's Python, `SSH_CONFIG` and `DOOR_URL`; with `site`, the servers and the shop are running meanwhile.
    """

    files: ClassVar = ("run",)
    run: str = Field(description="The script, by its path from the stage's folder.")
    at: Slug = Field(default=probes.CLONE, description="'clone', 'box' (of a stage that has one), or the name of a server.")
    arguments: tuple[str, ...] = Field(default=(), description="Words that the script is called with.")
    site: bool = Field(default=False, description="Whether the servers run meanwhile; they always do for a script that runs on one.")
    limit: float = Field(default=LIMIT, gt=0, le=600, description="Real seconds after which it is ended.")
    folder: Path = Field(default=Path(), exclude=True)

    def is_served(self) -> bool:
        """Whether the scene needs the servers."""
        return self.site or self.at not in {probes.CLONE, probes.BOX}

    def play(self, hand: Stagehand) -> ScriptRun:
        """Run it to its end or its limit."""
        return probes.run_script(hand, self.folder / self.run, at=self.at, arguments=self.arguments, limit=self.limit)


class PytestEvent(Happening):
    """A pytest suite of the stage is run from a copy of its folder, with the company's Python.

    It finds the site in `DOOR_URL`, a fresh clone of `main` in `CLONE` and the seed in `LAB_SEED`; httpx and hypothesis are there.
    """

    files: ClassVar = ("suite",)
    suite: str = Field(description="The folder of the suite, by its path from the stage's folder.")
    site: bool = Field(default=True, description="Whether the servers run meanwhile.")
    limit: float = Field(default=LIMIT, gt=0, le=600, description="Real seconds after which it is ended.")
    folder: Path = Field(default=Path(), exclude=True)

    def is_served(self) -> bool:
        """Whether the scene needs the servers."""
        return self.site

    def play(self, hand: Stagehand) -> AcceptanceRun:
        """Run all of it."""
        return probes.run_suite(hand, self.folder / self.suite, limit=self.limit)
