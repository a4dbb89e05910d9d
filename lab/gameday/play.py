"""The player: one scene on a throwaway copy of the company, from its first event to its facts."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lab.errors import LabError
from lab.gameday.facts import CannotJudge, Facts
from lab.gameday.outcomes import Unseen
from lab.gameday.pace import pace
from lab.gameday.stagehand import Stagehand

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from lab.company.company import Company
    from lab.gameday.desk import Desk
    from lab.gameday.events.base import Happening
    from lab.scenario.model import Scene


def play_scene(scene: Scene, company: Company, *, seed: int, slots: threading.BoundedSemaphore, tell: Callable[[str], None]) -> Facts:
    """Play `scene` on a throwaway copy of `company` and give its facts; the copy is gone when this returns.

    `slots` are the places in which pipelines run, shared by all scenes; `tell` is called with what is being done. What
    could not be played is
    `Unseen` in the facts, with the reason; it never raises for that.
    """
    with ExitStack() as stack:
        root = Path(tempfile.mkdtemp(prefix="lab-scene-"))
        stack.callback(shutil.rmtree, root, ignore_errors=True)
        try:
            copy = stack.enter_context(_copy(company, scene, root / "company", seed=seed, slots=slots))
            hand = stack.enter_context(Stagehand(copy, seed=seed, room=root / "company" / "room", tell=tell))
            before = _pace(copy)
            _play(scene, hand)
            return replace(hand.facts(final=True), pace=max(before, _pace(copy)))
        except LabError as problem:
            return Facts(outcomes={event.label: Unseen(str(problem)) for event in scene.events if event.label})


def _copy(company: Company, scene: Scene, target: Path, *, seed: int, slots: threading.BoundedSemaphore) -> Company:
    """The throwaway company, running: with its servers only if an event of the scene needs them."""
    needs_servers = any(event.what.needs_servers for event in scene.events)
    copy = company.copy(target, seed=seed, servers=None if needs_servers else ())
    copy.runner.turns = slots
    copy.start(customers=0)
    return copy


def _pace(company: Company) -> float:
    return pace(company.parts.toolchain.plain / "bin" / "python")


def _play(scene: Scene, hand: Stagehand) -> None:
    for event in scene.events:
        happening: Happening = event.what
        hand.tell(f"{scene.id}: {event.kind.replace('_', ' ')} {event.label}".rstrip())
        try:
            outcome = happening.play(hand)
        except (LabError, CannotJudge) as problem:
            outcome = Unseen(str(problem))
        if event.label and outcome is not None:
            hand.outcomes[event.label] = outcome
    _close(hand.desk)


def _close(desk: Desk) -> None:
    """Wait for what teammates opened, and let its outcome be seen."""
    try:
        desk.settle()
    finally:
        desk.report()
