"""What a stage keeps of earlier ones: their key checks, with the events those need, as its last milestone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.scenario.model import Milestone
from lab.scenario.slices import sliced, with_required

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.scenario.marked import Marked
    from lab.scenario.model import Stage

MILESTONE: Final = "still-holds"
TITLE: Final = "What you built before still holds"
MINUTES: Final = 5
MOST: Final = 4


def with_kept(stage: Stage, earlier: Sequence[Stage], document: Marked) -> Stage:
    """The stage with the checks that it keeps (`keeps: [STAGE/CHECK]`), what they require, their scenes and their hints.

    They are core checks here, whatever they were, and stand in a milestone of their own after all others. A mistake is
    complained of in `document`.
    """
    kept: dict[str, frozenset[str]] = {}
    for place, told in enumerate(stage.keeps):
        before = next((one for one in earlier if one.id == told.partition("/")[0]), None)
        name = told.partition("/")[2]
        complaint = _complaint(stage, before, told, name)
        if complaint or before is None:
            document.complain(("keeps", place), complaint)
        else:
            kept[before.id] = kept.get(before.id, frozenset()) | with_required(before, [name])
    for before in earlier:
        if before.id in kept:
            stage = _joined(stage, before, kept[before.id])
    ids = tuple(check.id for check in stage.checks if check.id in stage.kept)
    milestone = Milestone(id=MILESTONE, title=TITLE, minutes=MINUTES, checks=ids) if kept else None
    if milestone and len(milestone.checks) > MOST:
        document.complain(("keeps",), f"{len(milestone.checks)} checks are kept, with what they require; at most {MOST} fit one sitting")
    return stage.model_copy(update={"milestones": (*stage.milestones, milestone)}) if milestone else stage


def _complaint(stage: Stage, before: Stage | None, told: str, name: str) -> str:
    if before is None:
        return f"'{told}' names no earlier stage; a kept check is written as STAGE/CHECK"
    if name not in {check.id for check in before.checks}:
        return f"the stage '{before.id}' has no check '{name}'"
    names = with_required(before, [name])
    if any(before.check(one).on == "live" for one in names):
        return f"'{name}' looks at the live company, which is judged once, when its own stage is played"
    part = sliced(before, names)
    taken = {check.id for check in stage.checks} & names | {scene.id for scene in stage.game_day} & {scene.id for scene in part.game_day}
    return f"the stage has a check or a scene '{min(taken)}' of its own, so that of '{before.id}' can't be kept" if taken else ""


def _joined(stage: Stage, before: Stage, names: frozenset[str]) -> Stage:
    part = sliced(before, names)
    checks = tuple(check.model_copy(update={"level": "core"}) for check in part.checks if check.id in names)
    hints = {name: steps for name, steps in before.hints.items() if name in names}
    scenes = tuple(before_scene.model_copy(update={"timed": before.scene(before_scene.id).timed}) for before_scene in part.game_day)
    update = {
        "game_day": (*stage.game_day, *scenes), "checks": (*stage.checks, *checks),
        "hints": stage.hints | hints, "kept": stage.kept | names,
    }  # fmt: skip
    return stage.model_copy(update=update)
