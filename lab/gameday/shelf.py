"""What the registry has of each merge when a scene ends: digests, and the version that runs in what they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.company.harbour import PUSHED
from lab.gameday.dock import Conditions
from lab.gameday.facts import CannotJudge
from lab.gameday.imaging import Shelf, Shelved

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.company.pipelines.runs import Run
    from lab.gameday.desk import Merged
    from lab.gameday.stagehand import Stagehand

PULL_SECONDS: Final = 120.0
TAIL: Final = 12


def shelf_of(hand: Stagehand, labels: Sequence[str]) -> Shelf:
    """Look at the registry for the merge of each pull request among `labels`, once every pipeline has ended."""
    hand.desk.settle()
    registry = hand.dock.registry
    tags = registry.tags(hand.company.repository)
    return Shelf(tuple(_shelved(hand, hand.desk.merged(label)) for label in labels), tags)


def _shelved(hand: Stagehand, merged: Merged) -> Shelved:
    """One merge: the runs of its commit on main, and what they pushed."""
    repository, ledger = hand.company.repository, hand.company.ledger
    runs = [run for run in hand.company.runner.runs.all() if run.sha == merged.sha and run.event == "push"]
    pushes = [event.data for event in ledger.events(PUSHED) if event.data["repository"] == repository and event.data["tag"] == merged.sha]
    registry = hand.dock.registry
    there = registry.digest(repository, merged.sha)
    return Shelved(
        merged.label,
        merged.sha,
        merged.what,
        is_good=merged.is_good,
        digests=registry.digests(repository, merged.sha),
        version=_version(hand, f"{registry.name}/{repository}@{there}") if there else None,
        recorded=there in {data["digest"] for data in pushes},
        pipeline=_result(runs),
        tail=_tail(hand, runs),
    )


def _version(hand: Stagehand, reference: str) -> str | None:
    """What `/version` says in a container of the image that the registry gives."""
    engine = hand.dock.engine
    engine.call("fetch an image", engine.api.pull, reference, seconds=PULL_SECONDS)
    with hand.dock.life(reference, Conditions()) as (life, container):
        if container is None or life.answered is None:
            return None
        said = hand.dock.asked(container, "/version")
        return str(said["sha"]) if isinstance(said, dict) and "sha" in said else None


def _result(runs: Sequence[Run]) -> str:
    """'failure' if any failed, 'success' if all did well, 'none' where nothing ran."""
    if any(run.result == "error" for run in runs):
        raise CannotJudge(f"A pipeline broke off: {next(run.reason for run in runs if run.result == 'error')}")
    results = {run.result for run in runs}
    return "none" if not results else "success" if results <= {"success", "skipped"} else "failure"


def _tail(hand: Stagehand, runs: Sequence[Run]) -> str:
    """The last lines of the step that failed, or of the last one."""
    lines: list[str] = []
    for run in runs:
        told = hand.company.runner.runs.get(run.id)
        for job in told.jobs:
            for step in job.steps:
                if step.result == "failure":
                    return "\n".join([f"job '{job.name}', step '{step.name}':", *step.log[-TAIL:]])
                lines = list(step.log[-TAIL:]) or lines
    return "\n".join(lines)
