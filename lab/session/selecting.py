"""Which checks a `lab check` plays, and what else it must know to judge them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.checks.base import in_order
from lab.errors import UsageProblem

if TYPE_CHECKING:
    from lab.checks.base import Check
    from lab.ledger.progress import MilestoneProgress, StageProgress
    from lab.scenario.model import Stage


@dataclass(frozen=True)
class Selection:
    """`asked` are shown and recorded; `played` also has what they require, before them; `known` passed before and is not played again."""

    asked: tuple[Check, ...]
    played: tuple[Check, ...]
    known: frozenset[str]
    milestone: MilestoneProgress | None = None


def select(stage: Stage, progress: StageProgress, *, only: str = "", everything: bool = False) -> Selection:
    """The current milestone's checks; the one called `only`; or, with `everything`, all of the stage.

    Once every milestone is reached, all core checks are played.

    Raises:
        UsageProblem: the stage has no check called `only`.
    """
    milestone = progress.milestone
    if only:
        asked = (_named(stage, only),)
    elif everything:
        asked = tuple(stage.checks)
    elif milestone is None:
        asked = tuple(check for check in stage.checks if check.level == "core")
    else:
        asked = tuple(stage.check(name) for name in milestone.checks)
    return _closed(stage, progress, asked, None if only or everything else milestone)


def _named(stage: Stage, name: str) -> Check:
    names = [check.id for check in stage.checks]
    if name in names:
        found: Check = stage.check(name)
        return found
    near = difflib.get_close_matches(name, names, n=1)
    meant = f" Did you mean '{near[0]}'?" if near else ""
    raise UsageProblem(f"The stage '{stage.title}' has no check '{name}'.{meant}", remedy=f"It has: {', '.join(names)}.")


def _closed(stage: Stage, progress: StageProgress, asked: tuple[Check, ...], milestone: MilestoneProgress | None) -> Selection:
    """With what the asked ones require: taken as known if it stands as passed in another part of the stage, else played too."""
    ids = {check.id for check in asked}
    played, known = list(asked), set[str]()
    for check in played:  # grows while we walk
        for name in check.requires:
            if name in ids or name in known:
                continue
            standing = progress.check(name)
            if standing and standing.has_passed:
                known.add(name)
            else:
                ids.add(name)
                played.append(stage.check(name))
    return Selection(asked, tuple(in_order(played)), frozenset(known), milestone)
