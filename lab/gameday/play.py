"""The player: one scene on a throwaway copy of the company, from its first event to its facts."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable  # noqa: TC003 - a field of `Enough`
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lab import rooms
from lab.errors import LabError
from lab.gameday.facts import CannotJudge, Facts
from lab.gameday.outcomes import Unseen
from lab.gameday.pace import pace
from lab.gameday.stagehand import Stagehand

if TYPE_CHECKING:
    import threading

    from lab.company.company import Company
    from lab.gameday.events.base import Happening
    from lab.scenario.model import Scene


@dataclass(frozen=True)
class Enough:
    """When a scene may end early: `judged`, all that is wanted has been decided; `refused`, by refusals, which nothing takes back."""

    judged: Callable[[Facts], bool]
    refused: Callable[[Facts], bool]


def play_scene(
    scene: Scene,
    company: Company,
    *,
    seed: int,
    slots: threading.BoundedSemaphore,
    tell: Callable[[str], None],
    enough: Enough | None = None,
) -> Facts:
    """Play `scene` on a throwaway copy of `company` and give its facts; the copy is gone when this returns.

    `slots` are the places in which pipelines run, shared by all scenes; `tell` is called with what is being done. What
    could not be played is `Unseen` in the facts, with the reason; it never raises for that. With `enough`, the scene ends as
    soon as that says of the facts so far that all that is wanted has been decided, each pull request that does not merge
    is waited for before the next one is opened, and an event of many faults ends with the first that is refused.
    """
    with ExitStack() as stack:
        root = Path(tempfile.mkdtemp(prefix=rooms.prefix("scene")))
        stack.callback(shutil.rmtree, root, ignore_errors=True)
        try:
            copy = stack.enter_context(_copy(company, scene, root / "company", seed=seed, slots=slots))
            hand = stack.enter_context(Stagehand(copy, seed=seed, room=root / "company" / "room", tell=tell, is_hasty=enough is not None))
            before = _pace(copy)
            if enough:
                hand.refused = enough.refused
            is_whole = _play(scene, hand, enough.judged if enough else None)
            return replace(hand.facts(final=True), pace=max(before, _pace(copy)), is_whole=is_whole)
        except LabError as problem:
            return Facts(outcomes={event.label: Unseen(str(problem)) for event in scene.events if event.label})


def _copy(company: Company, scene: Scene, target: Path, *, seed: int, slots: threading.BoundedSemaphore) -> Company:
    """The throwaway company, running: with its servers only if an event of the scene needs them."""
    needs_servers = any(event.what.is_served() for event in scene.events)
    copy = company.copy(target, seed=seed, servers=None if needs_servers else ())
    copy.runner.turns = slots
    copy.start(customers=0)
    return copy


def _pace(company: Company) -> float:
    return pace(company.parts.toolchain.plain / "bin" / "python")


def _play(scene: Scene, hand: Stagehand, enough: Callable[[Facts], bool] | None) -> bool:
    """Play the events in their order; False when the scene was ended before its end."""
    watcher = _Watcher(hand, enough)
    for event in scene.events:
        happening: Happening = event.what
        hand.tell(f"{scene.id}: {event.kind.replace('_', ' ')} {event.label}".rstrip())
        try:
            outcome = happening.play(hand)
        except (LabError, CannotJudge) as problem:
            outcome = Unseen(str(problem))
        if event.label and outcome is not None:
            hand.outcomes[event.label] = outcome
        if watcher.has_enough_after(event.label):
            return False
    return watcher.close()


class _Watcher:
    """Sees to it that a scene ends when all that is wanted of it has been decided."""

    def __init__(self, hand: Stagehand, enough: Callable[[Facts], bool] | None) -> None:
        self._hand, self._enough = hand, enough
        self._seen = (-1, -1)
        self._has_enough = False

    def has_enough_after(self, label: str) -> bool:
        """Whether the event of this label, once it is over, was the last that is needed."""
        if self._enough and label and not self._hand.desk.merges(label):
            self._hand.desk.settle(only=label)
        return self.has_enough()

    def has_enough(self) -> bool:
        """Whether the facts so far decide; they are only looked at when there are new ones."""
        new = (self._hand.desk.over, len(self._hand.outcomes))
        if self._enough and not self._has_enough and new != self._seen:
            self._hand.desk.report(over=True)
            self._seen = (new[0], len(self._hand.outcomes))
            self._has_enough = self._enough(self._hand.facts())
        return self._has_enough

    def close(self) -> bool:
        """Wait for what teammates opened, and let its outcome be seen; False when it was not waited for to the end."""
        try:
            self._hand.desk.settle(until=self.has_enough)
        finally:
            self._hand.desk.report(over=self._has_enough)
        return not self._has_enough
