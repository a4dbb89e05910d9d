"""What one file of a stage says of another: labels, scenes, milestones, hints, traps. Every mismatch is a mistake."""

from __future__ import annotations

import difflib
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lab.scenario.marked import Marked, Where
    from lab.scenario.model import Stage

CORE_LIMIT: Final = 4
STEPS: Final = 3


def look(stage: Stage, told: dict[str, Any], document: Marked, words: Mapping[str, frozenset[str]]) -> None:
    """Complain in `document` of everything in the stage that does not fit together."""
    _ids(stage, document)
    _milestones(stage, document)
    _checks(stage, document)
    _labels(stage, document)
    _hints(stage, document)
    _words(stage, told, document, words)
    _traps(stage, document)


def _ids(stage: Stage, document: Marked) -> None:
    for kind, ids in (
        ("checks", [c.id for c in stage.checks]),
        ("game_day", [s.id for s in stage.game_day]),
        ("milestones", [m.id for m in stage.milestones]),
    ):
        for name, count in Counter(ids).items():
            if count > 1:
                document.complain((kind,), f"the id '{name}' is used {count} times in '{kind}'")


def _milestones(stage: Stage, document: Marked) -> None:
    ids = [check.id for check in stage.checks]
    placed: Counter[str] = Counter()
    for place, milestone in enumerate(stage.milestones):
        where: Where = ("milestones", place)
        for name in milestone.checks:
            placed[name] += 1
            if name not in ids:
                document.complain(
                    where, f"the milestone '{milestone.id}' asks for '{name}', and there is no such check{_nearest(name, ids)}"
                )
        if len(milestone.checks) > CORE_LIMIT:
            document.complain(
                where, f"the milestone '{milestone.id}' has {len(milestone.checks)} checks; at most {CORE_LIMIT} fit one sitting"
            )
    for place, check in enumerate(stage.checks):
        where = ("checks", place)
        if check.level == "core" and placed[check.id] != 1:
            document.complain(where, f"the core check '{check.id}' must stand in exactly one milestone, and stands in {placed[check.id]}")
        if check.level == "stretch" and placed[check.id]:
            document.complain(where, f"'{check.id}' is a stretch check, and a milestone asks for it")


def _checks(stage: Stage, document: Marked) -> None:
    ids = [check.id for check in stage.checks]
    scenes = [scene.id for scene in stage.game_day]
    for place, check in enumerate(stage.checks):
        where: Where = ("checks", place)
        for name in check.requires:
            if name not in ids:
                document.complain((*where, "requires"), f"'{check.id}' requires '{name}', and there is no such check{_nearest(name, ids)}")
        if check.on == "game_day" and check.scene not in scenes:
            document.complain(
                (*where, "scene"), f"'{check.id}' looks at the scene '{check.scene}', and there is none{_nearest(check.scene, scenes)}"
            )
    for name in _circle({check.id: check.requires for check in stage.checks}):
        document.complain(("checks",), f"'{name}' requires itself in a circle")
    _timing(stage, ids, document)


def _timing(stage: Stage, ids: list[str], document: Marked) -> None:
    for at, scene in enumerate(stage.game_day):
        for place, event in enumerate(scene.events):
            if event.after or event.minutes or getattr(event.what, "waits", False):
                document.complain(
                    ("game_day", at, "events", place),
                    f"'{event.kind}' waits, and only an event of the stage can: a scene's follow each other at once",
                )
    for place, event in enumerate(stage.events):
        if event.after and event.after not in ids:
            document.complain(
                ("events", place), f"an event waits for '{event.after}', and there is no such check{_nearest(event.after, ids)}"
            )


def _circle(requires: Mapping[str, Iterable[str]]) -> list[str]:
    def reaches(start: str, at: str, seen: frozenset[str]) -> bool:
        return any(name == start or (name not in seen and reaches(start, name, seen | {name})) for name in requires.get(at, ()))

    return [name for name in requires if reaches(name, name, frozenset())]


def _references(item: Any) -> list[tuple[str, str]]:
    """The (field, label) pairs by which a check or event speaks of events."""
    found = []
    for name in getattr(item, "refers", ()):
        value = getattr(item, name)
        found += [(name, label) for label in ((value,) if isinstance(value, str) else value) if label]
    return found


def _labels(stage: Stage, document: Marked) -> None:
    for place, scene in enumerate(stage.game_day):
        known: set[str] = {"start"}
        for at, event in enumerate(scene.events):
            for name, label in _references(event.what):
                if label not in known:
                    document.complain(
                        ("game_day", place, "events", at, event.kind, name),
                        f"no event before this one is called '{label}'{_nearest(label, known)}",
                    )
            known |= {event.label} | set(getattr(event.what, "labels", ()))
        for at, check in enumerate(stage.checks):
            if check.on == "game_day" and check.scene == scene.id:
                for name, label in _references(check):
                    if label not in known:
                        document.complain(
                            ("checks", at, name),
                            f"'{check.id}' speaks of '{label}', and the scene '{scene.id}' has no such event{_nearest(label, known)}",
                        )


def _hints(stage: Stage, document: Marked) -> None:
    ids = [check.id for check in stage.checks]
    for name, steps in stage.hints.items():
        if name not in ids:
            document.complain(("hints", name), f"there are hints for '{name}', and there is no such check{_nearest(name, ids)}")
        if len(steps) != STEPS or not all(step.strip() for step in steps):
            document.complain(
                ("hints", name), f"the hints for '{name}' must be {STEPS} steps with words in them, and there are {len(steps)}"
            )
    for name in ids:
        if name not in stage.hints:
            document.complain(("hints",), f"the check '{name}' has no hints")


def _words(stage: Stage, told: dict[str, Any], document: Marked, words: Mapping[str, frozenset[str]]) -> None:
    places: list[tuple[Where, Any]] = [(("events", place), event) for place, event in enumerate(stage.events)]
    for at, scene in enumerate(stage.game_day):
        places += [(("game_day", at, "events", place), event) for place, event in enumerate(scene.events)]
    for where, event in places:
        for name, vocabulary in getattr(event.what, "vocabulary", {}).items():
            value = getattr(event.what, name)
            for word in (value,) if isinstance(value, str) else (value or ()):
                if word and vocabulary in words and word not in words[vocabulary]:
                    document.complain((*where, event.kind, name), f"'{word}' is not in the {vocabulary}{_nearest(word, words[vocabulary])}")
    if not told.get("job"):
        document.complain((), "'job' is missing: one sentence that says what the learner has to do")


def _traps(stage: Stage, document: Marked) -> None:
    ids = [check.id for check in stage.checks]
    solutions = [solution.name for solution in stage.solutions]
    for trap in stage.traps:
        if trap.base not in solutions:
            document.complain(
                (), f"the trap '{trap.name}' is built on the solution '{trap.base}', and there is none{_nearest(trap.base, solutions)}"
            )
        for refusal in trap.refused_by:
            if refusal.check not in ids:
                document.complain(
                    (), f"the trap '{trap.name}' is refused by '{refusal.check}', and there is no such check{_nearest(refusal.check, ids)}"
                )


def _nearest(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" (did you mean '{close[0]}'?)" if close else ""
