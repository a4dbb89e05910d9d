"""`lab team`, `lab ssh` and `lab pr`: the company's side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from lab.errors import Refused, UsageProblem
from lab.ledger.pulls import review_queue
from lab.report.facts import PullLine, PullsReport, TeamReport
from lab.report.model import DoneReport, News, NextStep
from lab.session import clone
from lab.session.logging_in import ssh_to

if TYPE_CHECKING:
    from lab.ledger.pulls import PullRequest, Request
    from lab.session.session import Session

LEARNER: Final = "learner"
_SAID: Final = 10


def team(session: Session) -> TeamReport:
    """Who works here and what they said last, oldest first."""
    said = session.ledger.events("say")[-_SAID:]
    members = session.parts.personas(session.workspace)
    return TeamReport(members, tuple(News(event.minute, event.data["by"], event.data["text"]) for event in said))


def team_next(session: Session) -> TeamReport:
    """What the team will do next, and what it waits for."""
    progress = session.current()
    waiting: dict[str, list[str]] = {}
    for event in session.stage(progress.id).events:
        check = progress.check(event.after) if event.after else None
        if check and not check.has_passed:
            who = str(getattr(event.what, "by", "") or "the team")
            waiting.setdefault(check.title, []).extend([] if who in waiting.get(check.title, []) else [who])
    told = tuple(f"When '{title}' has passed, you will hear from {' and '.join(people)}." for title, people in waiting.items())
    return TeamReport((), (), told or ("Nobody waits for anything: it is your turn.",))


def ssh_command(session: Session, server: str, words: tuple[str, ...]) -> list[str]:
    """The argument list of `ssh` to a server.

    Raises:
        UsageProblem: there is no such server.
        WorldUnavailable: ssh is not installed.
    """
    session.parts.wake(session.workspace)
    return ssh_to(server, words, servers=session.parts.servers(session.workspace), config=session.workspace.ssh_config)


def pulls(session: Session, *, state: str = "open") -> PullsReport:
    """The pull requests; `state` is open, merged, closed or all."""
    forge = session.parts.forge(session.workspace)
    known = forge.pull_requests()
    queue = review_queue({pull.number: pull for pull in known})
    found = [pull for pull in known if state in {"all", pull.state}]
    return PullsReport(tuple(replace(_brief(pull), waits_for=_waits(pull, queue)) for pull in reversed(found)))


def pull(session: Session, number: int) -> PullsReport:
    """One pull request with its checks, reviews, and what stands in its way.

    Raises:
        WrongState: there is none of that number.
    """
    forge = session.parts.forge(session.workspace)
    found = forge.pull_request(number)
    blockers = forge.blockers(number) if found.is_open else ()
    queue = review_queue({pull.number: pull for pull in forge.pull_requests()})
    whole = _whole(found, dict(forge.statuses(found.repo, found.sha)), blockers)
    return PullsReport((replace(whole, waits_for=_waits(found, queue)),), is_one=True)


def _waits(pull: PullRequest, queue: tuple[Request, ...]) -> tuple[str, ...]:
    """Who was asked to review it and where it stands in that person's queue."""
    found = []
    for place, request in enumerate(queue):
        if request.number == pull.number:
            before = [f"#{other.number}" for other in queue[:place]]
            found.append(f"{request.by} reads it now" if not before else f"{request.by} reads {', '.join(before)} first")
    return tuple(found)


def create_pull(session: Session, *, title: str, body: str, branch: str) -> PullsReport:
    """Open a pull request for a pushed branch (default: the one the clone is on).

    Raises:
        UsageProblem: the clone is on no branch, and none was named.
        Refused: the forge said no.
    """
    session.parts.wake(session.workspace)
    space = session.workspace
    forge = session.parts.forge(space)
    work = clone.look(space.clone, forge=forge.path(space.repository), heads=session.heads())
    branch = branch or work.branch
    if not branch:
        raise UsageProblem("Your clone is on no branch.", remedy="Name one with `--head BRANCH`, or make one: git switch -c my-change.")
    if work.branch == branch and work.unpushed:
        raise Refused(f"'{branch}' has commits that are not on the forge.", remedy=f"Push them first: git push -u origin '{branch}'.")
    title = title or (work.unmerged[-1] if work.branch == branch and work.unmerged else branch)
    made = forge.open_pull_request(space.repository, branch, title=title, by=LEARNER, body=body)
    return PullsReport((_brief(made),), is_one=True)


def review_pull(session: Session, number: int, *, approve: bool, text: str) -> DoneReport:
    """Approve a pull request, or ask for changes.

    Raises:
        Refused: it is not open, or the learner's own.
    """
    session.parts.forge(session.workspace).review(number, by=LEARNER, approve=approve, text=text)
    return DoneReport((f"You {'approved' if approve else 'asked for changes on'} pull request #{number}.",))


def merge_later(session: Session, number: int, *, enabled: bool) -> DoneReport:
    """Have a pull request merged as soon as nothing stands in its way, or no longer.

    Raises:
        Refused: it is not open.
    """
    session.parts.wake(session.workspace)
    forge = session.parts.forge(session.workspace)
    forge.merge_by_itself(number, by=LEARNER, enabled=enabled)
    if not enabled:
        return DoneReport((f"Pull request #{number} will not be merged by itself.",))
    missing = forge.blockers(number)
    first = f"Pull request #{number} will be merged by itself {'once nothing stands in its way' if missing else 'at once'}."
    return DoneReport(
        (first, *(f"Now: {text}" for text in missing)), NextStep("Who is waited for:", f"lab pr view {number}") if missing else None
    )


def merge_pull(session: Session, number: int, *, admin: bool) -> DoneReport:
    """Merge a pull request; with `admin`, past the rulesets that let the owner by.

    Raises:
        Refused: something stands in the way; the message names everything.
    """
    session.parts.wake(session.workspace)
    merged = session.parts.forge(session.workspace).merge(number, by=LEARNER, admin=admin)
    words = f"Pull request #{number} is merged into 'main' as {(merged.merge_sha or '')[:7]}."
    return DoneReport((words,), NextStep("Your clone does not have it yet:", "git pull"))


def close_pull(session: Session, number: int) -> DoneReport:
    """Close a pull request without merging it.

    Raises:
        Refused: it is not open.
    """
    session.parts.forge(session.workspace).close(number, by=LEARNER)
    return DoneReport((f"Pull request #{number} is closed.",))


def _brief(pull: PullRequest) -> PullLine:
    return PullLine(pull.number, pull.title, pull.branch, pull.author, pull.state, pull.sha, pull.body, merges_by=pull.merges_by)


def _whole(pull: PullRequest, checks: dict[str, str], blockers: tuple[str, ...]) -> PullLine:
    said = tuple(f"{item.by} {'approves' if item.approve else 'refuses'}{': ' + item.text if item.text else ''}" for item in pull.reviews)
    return replace(_brief(pull), checks=checks, reviews=said, blockers=blockers)
