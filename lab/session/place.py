"""Where the learner stands, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.ledger.progress import Progress, StageProgress


def place(progress: Progress) -> str:
    """Say where, as in 'You are in 'Day zero', milestone 1 of 3: By hand.'."""
    stage = progress.current
    if stage is None:
        return "No stage is open yet."
    if stage.state == "passed":
        return f"You have passed '{stage.title}'."
    return f"You are in '{stage.title}', {milestone(stage)}."


def milestone(stage: StageProgress) -> str:
    """Say which, as in 'milestone 1 of 3: By hand'; when all are reached, 'all 3 milestones reached'."""
    now = stage.milestone
    if now is None:
        return f"all {len(stage.milestones)} milestones reached" if stage.milestones else "no milestones"
    return f"milestone {stage.milestones.index(now) + 1} of {len(stage.milestones)}: {now.title}"
