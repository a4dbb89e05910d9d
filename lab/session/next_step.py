"""The one next thing to do, of all there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.report.model import NextStep

if TYPE_CHECKING:
    from lab.ledger.progress import CheckProgress, MilestoneProgress, StageProgress
    from lab.session.clone import Work
    from lab.session.workspace import Workspace


def next_step(workspace: Workspace, stage: StageProgress, work: Work | None) -> NextStep:
    """What to do now. `work` is the clone's state; None when it was not looked at."""
    if stage.state == "passed":
        return _onwards(workspace, stage)
    if stage.is_practised:
        return NextStep("All core checks pass. The two grading seeds decide:", "lab next")
    milestone = stage.milestone
    if milestone is None:
        return NextStep("Read what this stage is about:", "lab brief")
    checks = [check for check in stage.of(milestone) if check.is_core and not check.has_passed]
    if all(not check.verdict for check in stage.of(milestone)):
        return _fresh(workspace, stage, milestone, work)
    return _again(checks, work)


def _onwards(workspace: Workspace, stage: StageProgress) -> NextStep:
    after = workspace.after(stage.id)
    if after is None:
        return NextStep("This was the last stage there is. What customers got, and what you did unaided:", "lab score")
    return NextStep(f"'{stage.title}' is passed. Open '{after.title}':", "lab next")


def _fresh(workspace: Workspace, stage: StageProgress, milestone: MilestoneProgress, work: Work | None) -> NextStep:
    """Nobody has looked at this milestone yet: read, do, then check."""
    saved = _saved(work)
    note = workspace.note(stage.id)
    if saved is None and note and note.job and milestone.id == stage.milestones[0].id:
        return NextStep(note.job, "lab brief")
    return saved or NextStep(f"{milestone.title} ({milestone.minutes} minutes). When it is done:", "lab check")


def _again(checks: list[CheckProgress], work: Work | None) -> NextStep:
    blocked = next((check for check in checks if check.verdict == "blocked"), None)
    failed = next((check for check in checks if check.verdict == "failed"), None)
    saved = _saved(work)
    if saved:
        return saved
    if failed:
        return NextStep(failed.message or failed.title, "lab check")
    if blocked:
        return NextStep(f"'{blocked.title}' could not be judged. What this machine lacks:", "lab doctor")
    return NextStep(f"{checks[0].title}. When it is so:" if checks else "Look at what is left:", "lab check")


def _saved(work: Work | None) -> NextStep | None:
    """Work that is not on the forge comes before any check."""
    if work is None or work.problem:
        return None
    if work.changed or work.unknown:
        return NextStep("You have work that is not committed; what is graded is the forge's 'main'.", "git add … && git commit && git push")
    if work.unpushed:
        return NextStep("You have commits that are not pushed.", "git push")
    return None
