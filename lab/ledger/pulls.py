"""Pull requests and commit statuses, computed from the ledger: nothing else keeps them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lab.ledger.store import Event, Ledger

PULL_EVENTS: Final = (
    "pr.opened", "pr.updated", "pr.review_requested", "pr.reviewed", "pr.auto_merge", "pr.merged", "pr.closed", "stage.reset",
)  # fmt: skip
STATUS_EVENTS: Final = ("run.queued", "run.finished", "status.set")
GOOD: Final = frozenset({"success", "skipped"})
_WORST: Final = ("failure", "error", "pending", "success", "skipped")

State = Literal["open", "merged", "closed"]


@dataclass(frozen=True)
class Review:
    """What somebody said of a pull request when its head was `sha`, at company minute `minute`."""

    by: str
    approve: bool
    text: str
    sha: str
    minute: float


@dataclass(frozen=True)
class Request:
    """Somebody (`by`) was asked to review pull request `number` when its head was `sha`; `seq` gives the order of asking."""

    number: int
    by: str
    sha: str
    seq: int


@dataclass(frozen=True)
class PullRequest:
    """A pull request into the default branch.

    `sha` is the head of `branch` as last pushed, by `pusher`; `merge_sha` the merge commit once it is merged, else None.
    `merges_by` is who wants it merged as soon as nothing stands in its way; empty: nobody.
    """

    number: int
    repo: str
    branch: str
    title: str
    body: str
    author: str
    sha: str
    state: State
    merge_sha: str | None
    opened_minute: float
    reviews: tuple[Review, ...] = ()
    pusher: str = ""
    requests: tuple[Request, ...] = ()
    merges_by: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it waits for its merge."""
        return self.state == "open"

    def latest_reviews(self) -> dict[str, Review]:
        """The newest review of each reviewer: an older one no longer counts."""
        return {review.by: review for review in self.reviews}

    def waits_for(self) -> tuple[Request, ...]:
        """Those who were asked for its present head and have not answered."""
        answered = {review.by for review in self.reviews if review.sha == self.sha}
        return tuple(request for request in self.requests if request.sha == self.sha and request.by not in answered)


def review_queue(known: Mapping[int, PullRequest]) -> tuple[Request, ...]:
    """Every unanswered request for a review, in the order of asking."""
    waiting = (request for pull in known.values() if pull.is_open for request in pull.waits_for())
    return tuple(sorted(waiting, key=lambda request: request.seq))


def is_running(ledger: Ledger, pull: PullRequest) -> bool:
    """Whether a pipeline of a pull request's present head has not ended."""
    queued: set[object] = set()
    for event in ledger.events("run.queued", "run.finished"):
        if event.type == "run.finished":
            queued.discard(event.data["run"])
        elif (event.data.get("pr"), event.data.get("sha")) == (pull.number, pull.sha):
            queued.add(event.data["run"])
    return bool(queued)


def pull_requests(ledger: Ledger) -> dict[int, PullRequest]:
    """Every pull request that was ever opened, by number, oldest first. A reset of the stage closes the open ones."""
    return fold_pull_requests(ledger.events(*PULL_EVENTS))


def fold_pull_requests(events: Iterable[Event]) -> dict[int, PullRequest]:
    """The same, from events in their order."""
    found: dict[int, PullRequest] = {}
    for event in events:
        if event.type == "stage.reset":
            found = {number: replace(pull, state="closed") if pull.is_open else pull for number, pull in found.items()}
        elif event.type == "pr.opened":
            found[event.data["number"]] = _opened(event)
        elif event.data.get("number") in found:
            found[event.data["number"]] = _changed(found[event.data["number"]], event)
    return found


def _opened(event: Event) -> PullRequest:
    data = event.data
    return PullRequest(
        number=data["number"],
        repo=data["repo"],
        branch=data["branch"],
        title=data["title"],
        body=data.get("body", ""),
        author=data["by"],
        sha=data["sha"],
        state="open",
        merge_sha=None,
        opened_minute=event.minute,
        pusher=data["by"],
    )


def _changed(pull: PullRequest, event: Event) -> PullRequest:
    data = event.data
    if event.type == "pr.merged":
        return replace(pull, state="merged", merge_sha=data["sha"])
    if event.type == "pr.closed":
        return replace(pull, state="closed") if pull.is_open else pull
    if event.type == "pr.updated":
        return replace(pull, sha=data["sha"], pusher=data.get("by", pull.pusher))
    if event.type == "pr.review_requested":
        return replace(pull, requests=(*pull.requests, Request(pull.number, data["of"], pull.sha, event.seq)))
    if event.type == "pr.auto_merge":
        return replace(pull, merges_by=data["by"] if data["enabled"] else "")
    review = Review(data["by"], data["verdict"] == "approve", data.get("text", ""), pull.sha, event.minute)
    return replace(pull, reviews=(*pull.reviews, review))


@dataclass(frozen=True)
class Statuses:
    """What was reported on one commit, and which runs have not ended there.

    A context may be reported by several workflow files and for several events; `states` keeps the newest of each
    (context, file, event). `is_awaiting_pull_request` says that a run for a pull request of this commit is not finished.
    """

    states: dict[tuple[str, str, str], str]
    finished: dict[tuple[str, str], str]
    is_awaiting_pull_request: bool

    def by_context(self) -> dict[str, str]:
        """The state of each context; of several the worst, so that no job hides behind another of its name."""
        return {context: _worst(states) for context, states in self._grouped().items()}

    def for_pull_request(self) -> dict[str, str]:
        """The states as a pull request's required checks see them.

        What the pull_request event produced decides; a check of the push event counts only where that event produced
        none, and not before its runs have ended. 'skipped' is a job that its `if:` skipped: as on GitHub that satisfies a
        required check, whereas a workflow that never ran leaves its check missing, for ever.
        Source: docs.github.com, "Troubleshooting required status checks".
        """
        found: dict[str, str] = {}
        for context, states in self._grouped(event="pull_request").items():
            found[context] = _worst(states)
        for context, state in self.by_context().items():
            found.setdefault(context, "pending" if self.is_awaiting_pull_request else state)
        return found

    def workflow(self, file: str) -> str | None:
        """The result of the newest run of a workflow file for a pull request (else for a push); None while it has none."""
        return self.finished.get((file, "pull_request"), self.finished.get((file, "push")))

    def _grouped(self, *, event: str | None = None) -> dict[str, list[str]]:
        grouped: dict[str, list[str]] = {}
        for (context, _, caused), state in self.states.items():
            if event in (None, caused):
                grouped.setdefault(context, []).append(state)
        return grouped


def statuses(ledger: Ledger, repo: str, sha: str) -> Statuses:
    """What the ledger holds of the commit `sha` of a repository."""
    return fold_statuses(ledger.events(*STATUS_EVENTS), repo, sha)


def fold_statuses(events: Iterable[Event], repo: str, sha: str) -> Statuses:
    """The same, from events in their order."""
    runs: dict[object, tuple[str, str]] = {}
    states: dict[tuple[str, str, str], str] = {}
    finished: dict[tuple[str, str], str] = {}
    waiting: set[object] = set()
    for event in events:
        data = event.data
        if event.type == "run.finished":
            waiting.discard(data["run"])
            if data["run"] in runs:
                finished[runs[data["run"]]] = data["result"]
        elif (data.get("repo"), data.get("sha")) != (repo, sha):
            continue
        elif event.type == "run.queued":
            runs[data["run"]] = (data.get("file", ""), data.get("event", ""))
            waiting |= {data["run"]} if data.get("event") == "pull_request" else set()
        else:
            states[data["context"], *runs.get(data.get("run"), ("", ""))] = data["state"]
    return Statuses(states, finished, bool(waiting))


def _worst(states: list[str]) -> str:
    return min(states, key=lambda state: _WORST.index(state) if state in _WORST else 0)
