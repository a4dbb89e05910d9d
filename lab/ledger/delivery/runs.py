"""Where the lead time of a change goes: waiting for the pipeline, in it, for approval, for a deployment, for the roll-out."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

from lab.ledger.delivery.model import SUCCEEDED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from lab.ledger.delivery.history import History
    from lab.ledger.delivery.model import Change
    from lab.ledger.store import Event

TYPES: Final = ("run.queued", "run.started", "run.finished")
PARTS: Final = ("queue", "ci", "approval", "waiting", "rollout")


@dataclass(frozen=True)
class Checked:
    """When the pipelines of a change first started and last finished."""

    started: float
    finished: float


def fold(events: Iterable[Event], changes: Mapping[str, Change], at: Callable[[float], float]) -> dict[str, Checked]:
    """When each change was checked: by the runs of its pull request, else of its commit."""
    by_pull = {change.pr: name for name, change in changes.items() if change.pr}
    by_commit = {change.sha: name for name, change in changes.items() if change.sha}
    owners: dict[str, str] = {}
    found: dict[str, Checked] = {}
    for event in events:
        if event.type not in TYPES:
            continue
        run = str(event.data.get("run", ""))
        if event.type == "run.queued":
            owner = by_pull.get(event.data.get("pr") or 0) or by_commit.get(str(event.data.get("sha", "")))
            owners |= {run: owner} if owner else {}
        elif run in owners:
            when, old = at(event.minute), found.get(owners[run])
            found[owners[run]] = Checked(old.started if old else when, when)
    return found


def parts(history: History, changes: Sequence[Change]) -> tuple[tuple[str, float | None], ...]:
    """The median minutes of each part, over the changes that are live; `None` where no change had that part."""
    spans: dict[str, list[float]] = {name: [] for name in PARTS}
    first = {name: one for one in reversed(history.deployments) if one.state == SUCCEEDED for name in one.payload}
    for change in changes:
        one = first.get(change.id)
        if one is None or one.full is None:
            continue
        checked = history.checked.get(change.id)
        if checked:
            spans["queue"].append(checked.started - change.pushed)
            spans["ci"].append(checked.finished - checked.started)
        if change.merged is not None:
            spans["approval"].append(max(change.merged - (checked.finished if checked else change.pushed), 0.0))
        ready = max(change.pushed, change.merged or change.pushed, checked.finished if checked else change.pushed)
        spans["waiting"].append(max(one.exposed - ready, 0.0))
        spans["rollout"].append(one.full - one.exposed)
    return tuple((name, float(median(values)) if values else None) for name, values in spans.items())
