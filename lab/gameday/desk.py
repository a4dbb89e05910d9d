"""Where teammates' pull requests are: opened, answered by the pipeline, reviewed by owners, merged when they may be."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lab.company.pipelines.watching import Limits
from lab.company.team.reviews import Reviews
from lab.errors import LabError, Refused
from lab.gameday.facts import CannotJudge
from lab.gameday.outcomes import Injection, JobSeen, PullRequest, Unseen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lab.company.pipelines.runs import Job, Run
    from lab.company.team.make import Change
    from lab.company.team.teammate import Teammate
    from lab.gameday.stagehand import Stagehand

PATIENCE: Final = 240.0
PAUSE: Final = 0.1
LOOK_ANYWAY: Final = 1.0
TAIL: Final = 50
HANG_SECONDS: Final = 20.0
_CAPPED: Final = "the most that a run may take here"


@dataclass
class _Opened:
    """A pull request that a teammate opened, and what is waited for."""

    label: str
    number: int
    branch: str
    change: Change
    merges: bool
    at: float
    by: str
    on_main_at: float | None = None
    is_over: bool = False
    is_seen: bool = False


@dataclass(frozen=True)
class Merged:
    """What came of a pull request: its merge commit on main, or its own head where it did not get there."""

    label: str
    sha: str
    what: str
    is_good: bool


class Desk:
    """The pull requests of one scene."""

    def __init__(self, hand: Stagehand) -> None:
        self._hand = hand
        self._opened: dict[str, _Opened] = {}
        self._reviews = Reviews(hand.company.forge, lambda: hand.bank.personas)
        self._minutes_are_seconds = False
        self._looked = (-1, 0.0)

    def shorten_minutes(self) -> None:
        """From now on a minute of `timeout-minutes` lasts a second."""
        self._minutes_are_seconds = True
        self._hand.company.runner.limits = Limits(minute_seconds=1.0, run_seconds=HANG_SECONDS)

    def open(self, label: str, *, by: str, entries: Sequence[str], merge: bool) -> None:
        """A teammate makes one of `entries`, pushes a branch and opens a pull request."""
        teammate = self._hand.teammate(by)
        change = teammate.change(self._hand.shuffled(entries), seed=self._hand.seed)
        self._publish(label, teammate, change, merge=merge)

    def open_twin(self, label: str, *, of: str, merge: bool) -> None:
        """The same files, author and message as an earlier pull request, with the bug undone."""
        if of not in self._opened:
            raise CannotJudge(f"The pull request '{of}' could not be opened, so it has no twin.")
        first = self._opened[of]
        teammate = self._hand.teammate(first.by)
        self._publish(label, teammate, teammate.twin(first.change, seed=self._hand.seed), merge=merge)

    def _publish(self, label: str, who: Teammate, change: Change, *, merge: bool, branch: str = "", title: str = "") -> _Opened:
        company = self._hand.company
        name = branch or f"{who.name}/{label}-{change.entry.id}"
        who.git.run("switch", "--quiet", "--create", name)
        who.commit_unhooked(change, message=title)
        fate = who.push(name)
        if not fate.accepted:
            raise LabError(f"The forge refused the branch '{name}' of {who.name}: {fate.message.strip()[-300:]}")
        pull = company.forge.open_pull_request(
            company.repository,
            name,
            title=title or change.message.splitlines()[0],
            by=who.name,
            body=change.message,
        )
        opened = _Opened(label, pull.number, name, change, merge, time.monotonic(), who.name)
        if merge and not company.is_throwaway:
            company.forge.merge_by_itself(pull.number, by=who.name)  # nobody sits at this desk till it is merged
        self._opened[label or name] = opened
        return opened

    # -- until everything has been decided --------------------------------------------------------------------------------

    def settle(self, *, only: str = "", until: Callable[[], bool] = lambda: False) -> None:
        """Wait until every pipeline has ended and every pull request that merges by itself is on main or stuck.

        Once `until` says yes, nothing is waited for any more.
        """
        deadline = time.monotonic() + PATIENCE
        waiting = [opened for opened in self._opened.values() if not only or opened.label == only]
        while time.monotonic() < deadline and not all(opened.is_over for opened in waiting):
            self._reviews.step()
            if self._has_news():
                for opened in list(self._opened.values()):
                    self._advance(opened)
            if until():
                return
            time.sleep(PAUSE)
        if not until():
            self._wait_for_runner(deadline)

    @property
    def over(self) -> int:
        """How many pull requests are over."""
        return sum(opened.is_over for opened in self._opened.values())

    def merges(self, label: str) -> bool:
        """Whether there is a pull request of that label that merges by itself."""
        return label in self._opened and self._opened[label].merges

    def _wait_for_runner(self, deadline: float) -> None:
        while not (self._has_news() and self._hand.company.runner.is_idle()) and time.monotonic() < deadline:
            time.sleep(PAUSE)

    def _has_news(self) -> bool:
        """Whether the ledger has grown since we last asked, or that was a second ago: reading all runs costs more than asking."""
        now = (self._hand.company.ledger.seq(), time.monotonic())
        if now[0] == self._looked[0] and now[1] - self._looked[1] < LOOK_ANYWAY:
            return False
        self._looked = now
        return True

    def _advance(self, opened: _Opened) -> None:
        """Take one step with a pull request: ask its owner, merge it, or see that it is stuck."""
        if opened.is_over:
            return
        company = self._hand.company
        runs = self._runs(opened)
        if any(run.state != "finished" for run in runs):
            return
        if not opened.merges:
            opened.is_over = True
            return
        if self._reviews.is_waiting(opened.number):
            return
        if not company.forge.blockers(opened.number):
            self._merge(opened)
            return
        opened.is_over = not self._reviews.ask(opened.number)
        if opened.is_over:
            company.ledger.append("pr.rejected", source="forge", number=opened.number, reason=str(company.forge.blockers(opened.number)[0]))

    def _merge(self, opened: _Opened) -> None:
        try:
            self._hand.company.forge.merge(opened.number, by=opened.by)
            opened.on_main_at = time.monotonic()
            opened.is_over = True
        except Refused:
            time.sleep(PAUSE)

    # -- what was seen ----------------------------------------------------------------------------------------------------

    def report(self, *, over: bool = False) -> None:
        """Put the outcome of every labelled pull request (only of those that are `over`) among the scene's outcomes.

        What was over when it was reported first stays as it was seen then.
        """
        for label, opened in self._opened.items():
            if opened.label and not opened.is_seen and (opened.is_over or not over):
                opened.is_seen = opened.is_over and over
                try:
                    self._hand.outcomes[label] = self._seen(opened)
                except LabError as problem:
                    self._hand.outcomes[label] = Unseen(str(problem))

    def _runs(self, opened: _Opened) -> list[Run]:
        return [run for run in self._hand.company.runner.runs.all() if run.pr == opened.number]

    def _seen(self, opened: _Opened) -> PullRequest:
        company = self._hand.company
        runs = [company.runner.runs.get(run.id) for run in self._runs(opened)]
        if any(run.result == "error" for run in runs):
            raise LabError(f"The pipeline of #{opened.number} broke off: {next(run.reason for run in runs if run.result == 'error')}")
        jobs = tuple(_job(run, job) for run in runs for job in run.jobs)
        verdict = _verdict(runs, jobs)
        if verdict != "red" and any(run.state != "finished" for run in runs):
            raise LabError(f"The pipeline of #{opened.number} had not ended when the scene was over: it is waited for {PATIENCE:.0f} s.")
        on_main = company.forge.pull_request(opened.number).state == "merged"
        required = tuple(
            sorted(
                {
                    context
                    for rules in company.forge.rulesets(company.repository)
                    if rules.is_active and rules.checks
                    for context in rules.checks.contexts
                }
            )
        )
        blockers = () if on_main or not opened.merges else company.forge.blockers(opened.number)
        reviews = tuple(
            f"{done.by} {'approves' if done.approve else 'refuses'}: {done.text}"
            for done in company.forge.pull_request(opened.number).reviews
        )
        detected = self._is_detected(opened) if verdict == "green" else None
        return PullRequest(
            number=opened.number,
            by=opened.by,
            title=opened.change.message.splitlines()[0],
            what=opened.change.what,
            is_good=opened.change.is_good,
            verdict=verdict,
            jobs=jobs,
            required=required,
            on_main=on_main,
            feedback=self._feedback(runs),
            until_main=opened.on_main_at - opened.at if opened.on_main_at else None,
            blockers=tuple(blockers),
            reviews=reviews,
            reason=next((run.reason for run in runs if run.reason), ""),
            detected=detected,
            is_capped=any(_CAPPED in run.reason for run in runs),
        )

    def _feedback(self, runs: Sequence[Run]) -> float:
        """Seconds from the first queued run to the end of the last."""
        ids = {run.id for run in runs}
        events = [event for event in self._hand.company.ledger.events("run.queued", "run.finished") if event.data["run"] in ids]
        return events[-1].at - events[0].at if events else 0.0

    def merged(self, label: str) -> Merged:
        """What came of an earlier pull request.

        Raises:
            CannotJudge: it could not be opened.
        """
        if label not in self._opened:
            raise CannotJudge(f"The pull request '{label}' could not be opened.")
        opened = self._opened[label]
        pull = self._hand.company.forge.pull_request(opened.number)
        return Merged(label, pull.merge_sha or pull.sha, opened.change.what, opened.change.is_good)

    def _is_detected(self, opened: _Opened) -> bool | None:
        """Whether the learner's own `test` verb, run bare on that tree, notices the bug.

        None where nobody asks: of a good change, of one that merges (there, only main counts), and of one that breaks the
        tests themselves.
        """
        if opened.change.is_good or opened.merges or opened.change.entry.kind == "test":
            return None
        teammate = self._hand.teammate(opened.by)
        teammate.git.run("switch", "--quiet", "--detach", f"origin/{opened.branch}")
        return self._hand.suites.notices(teammate)

    # -- strangers --------------------------------------------------------------------------------------------------------

    def inject(self, *, by: str) -> Injection:
        """Open pull requests whose branch, title and message are commands, and look for what these would have made."""
        canary = self._hand.folder("canary")
        canary.mkdir(parents=True)
        texts = {
            "the name of a branch": f"feat/$(touch${{IFS}}{canary}/branch)",
            "the title of a pull request": f'"; touch {canary}/title; echo "',
            "a commit message": f"Fix a typo $(touch {canary}/message) `touch {canary}/message`",
        }
        names = list(texts)
        for name, text in texts.items():
            teammate = self._hand.teammate(by)
            change = teammate.change(["docs-only"], seed=self._hand.seed + len(name))
            is_branch = name == names[0]
            self._publish(
                "", teammate, change, merge=False, branch=text if is_branch else f"{by}/{len(name)}", title="" if is_branch else text
            )
        self.settle(until=lambda: any(canary.iterdir()))
        marks = {"branch": names[0], "title": names[1], "message": names[2]}
        ran = tuple(marks[path.name] for path in sorted(canary.iterdir()) if path.name in marks)
        return Injection(tuple(re.sub(re.escape(str(canary)), "…", text) for text in texts.values()), ran)


def _job(run: Run, job: Job) -> JobSeen:
    failing = next((step for step in job.steps if step.result == "failure"), None)
    tail = "\n".join(failing.log[-TAIL:]) if failing else ""
    return JobSeen(run.workflow, job.name, job.result, job.seconds, failing.name if failing else "", tail)


def _verdict(runs: Sequence[Run], jobs: Sequence[JobSeen]) -> str:
    """'red' if anything failed, 'green' if a job succeeded and none failed, else 'none'."""
    if any(run.result in {"failure", "cancelled"} for run in runs) or any(job.result == "failure" for job in jobs):
        return "red"
    return "green" if any(job.result == "success" for job in jobs) else "none"
