"""A stage cut down to what some of its checks need: a smaller stage, which a day plays as it plays any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab.scenario.model import Event, Scene, Stage


def with_required(stage: Stage, named: Iterable[str]) -> frozenset[str]:
    """These checks (by id) and all that they require, however far back."""
    todo, wanted = list(named), set[str]()
    while todo:
        name = todo.pop()
        if name not in wanted:
            wanted.add(name)
            todo += stage.check(name).requires
    return frozenset(wanted)


def sliced(stage: Stage, named: Iterable[str]) -> Stage:
    """The stage with only the events that the named checks, or what they require, refer to.

    An event stays if a wanted check or a later event that stays refers to it, or if it does not stand alone. Of the other
    checks those stay whose events are all still there: they are judged too, and a trap that they refuse unnamed is a hole.
    A scene keeps its turn of being alone on the machine only where a wanted check judges by the clock.
    """
    wanted = [stage.check(name) for name in with_required(stage, named)]
    scenes = tuple(_cut(scene, [check for check in wanted if check.scene == scene.id]) for scene in stage.game_day)
    kept = {scene.id: {event.label for event in scene.events} for scene in scenes if scene}
    is_live = any(check.on == "live" for check in wanted)
    checks = tuple(check for check in stage.checks if (is_live if check.on == "live" else labels(check) <= kept.get(check.scene, set())))
    judged = tuple(check for check in checks if check.on == "live" or check.scene in kept)
    return stage.model_copy(update={"game_day": tuple(scene for scene in scenes if scene), "checks": judged})


def _cut(scene: Scene, checks: list[Any]) -> Scene | None:
    if not checks:
        return None
    named = set[str]().union(*map(labels, checks))
    kept: list[Event] = []
    for event in reversed(scene.events):
        if named & {event.label, *getattr(event.what, "labels", ())} or not event.what.stands_alone:
            kept.insert(0, event)
            named |= labels(event.what)
    timed = scene.timed and any(check.by_the_clock for check in checks)
    return scene.model_copy(update={"events": tuple(kept), "timed": timed})


def labels(told: Any) -> set[str]:
    """The labels of events that a check or an event refers to."""
    found = set[str]()
    for name in getattr(told, "refers", ()):
        value = getattr(told, name)
        found |= {value} if isinstance(value, str) else set(value)
    return found - {""}
