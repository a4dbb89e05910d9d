"""What follows when refs have moved: the ledger learns of it, pull requests follow their branches, runs are queued."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from lab.company.forge.announced import made
from lab.company.git import plain
from lab.errors import LabError
from lab.ledger import pulls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.company.forge.repository import Repository, Update
    from lab.ledger.pulls import PullRequest

SKIP_OPTION: Final = "ci.skip"
RECONCILED: Final = "reconciled"
Row = tuple[str, str, str, dict[str, Any]]


@dataclass(frozen=True)
class Received:
    """The runs that were queued, and sentences about what could not be done."""

    runs: tuple[Any, ...]
    notes: tuple[str, ...]


def record(repository: Repository, updates: Sequence[Update], *, pusher: str, options: Sequence[str]) -> Received:
    """Write accepted updates to the ledger, first of all; then bring pull requests up to date and queue the runs.

    A failure of the second part is told in `notes`: the refs have moved, and the push must not look refused.
    """
    events = repository.ledger.events("ref.updated", *pulls.PULL_EVENTS)
    updates = [update for update in updates if not _is_reconciled(repository, update, events)]
    known = pulls.fold_pull_requests(events).values()
    waiting = [pull for pull in known if pull.is_open and pull.repo == repository.name]
    rows: list[Row] = []
    for update in updates:
        data = {
            "repo": repository.name,
            "ref": update.ref,
            "old": update.old,
            "new": update.new,
            "pusher": pusher,
            "options": list(options),
        }
        rows += [("ref.updated", pusher, "forge", data), *_merged(repository, update, waiting, pusher)]
        rows += [_moved(pull, update, pusher) for pull in waiting if pull.branch == update.branch]
    repository.ledger.append_many(rows)
    runs: list[Any] = []
    notes: list[str] = []
    for update in updates if SKIP_OPTION not in options else ():
        try:
            runs += _queue_all(repository, update, waiting, pusher)
        except (LabError, ImportError, OSError, ValueError) as problem:
            notes.append(f"The runs for '{update.ref}' could not be queued: {plain(str(problem))}")
    return Received(tuple(runs), tuple(notes))


def _is_reconciled(repository: Repository, update: Update, events: Sequence[Any]) -> bool:
    """Whether another command was faster than this hook and has recorded the very update."""
    ours = (event.data for event in reversed(events) if event.type == "ref.updated" and event.data["repo"] == repository.name)
    last = next((data for data in ours if data["ref"] == update.ref), None)
    return last is not None and (last["old"], last["new"]) == (update.old, update.new) and RECONCILED in last["options"]


def _moved(pull: PullRequest, update: Update, pusher: str) -> Row:
    if update.is_deletion:
        return ("pr.closed", pusher, "forge", {"number": pull.number, "by": pusher})
    return ("pr.updated", pusher, "forge", {"number": pull.number, "sha": update.new, "by": pusher})


def _merged(repository: Repository, update: Update, waiting: list[PullRequest], pusher: str) -> list[Row]:
    """The pull requests that this update of the default branch merges: the announced one, and any that it contains."""
    if update.branch != "main" or update.is_deletion:
        return []
    merge = made(repository, update)
    found: list[Row] = []
    for pull in waiting:
        if pull.number == merge.get("number"):
            data = {"number": pull.number, "sha": update.new, "by": merge["by"], "admin": merge["admin"]}
            found.append(("pr.merged", merge["by"], "forge", data))
        elif repository.is_ancestor(pull.sha, update.new):
            found.append(("pr.merged", pusher, "forge", {"number": pull.number, "sha": update.new, "by": pusher, "admin": False}))
    return found


def _queue_all(repository: Repository, update: Update, waiting: list[PullRequest], pusher: str) -> list[Any]:
    """Queue the runs of a push, and of the pull requests of its branch that can be merged."""
    if update.is_deletion or not update.ref.startswith(("refs/heads/", "refs/tags/")):
        return []
    sha = update.new if update.branch else repository.git.out("rev-parse", "--verify", "--quiet", f"{update.new}^{{commit}}", check=False)
    runs = queue(repository, event="push", sha=sha, ref=update.ref, branch=update.branch, actor=pusher) if sha else []
    for pull in waiting:
        if pull.branch == update.branch:
            runs += queue_pull(repository, replace(pull, sha=update.new), actor=pusher)
    return runs


def queue_pull(repository: Repository, pull: PullRequest, *, actor: str) -> list[Any]:
    """Bring a pull request's own refs up to date and queue its runs; as on GitHub none, while it is in conflict."""
    from lab.company.forge import merging  # noqa: PLC0415 - most pushes have no pull request, and every import is waited for

    if merging.refresh(repository, pull) is not None:
        return []
    ref = merging.merge_ref(pull.number)
    return queue(repository, event="pull_request", sha=pull.sha, ref=ref, branch=pull.branch, actor=actor, number=pull.number)


def queue(  # noqa: PLR0913 - what a run is made of
    repository: Repository, *, event: str, sha: str, ref: str, branch: str | None, actor: str, number: int | None = None
) -> list[Any]:
    """Queue the runs of the workflows that listen to the event; gives their ids."""
    from lab.company.pipelines.queue import queue_runs  # noqa: PLC0415 - only where something may be started

    where = branch or ""
    return list(
        queue_runs(repository.ledger, repository.path, repository.name, event=event, sha=sha, ref=ref, branch=where, pr=number, actor=actor)
    )
