"""Why a pull request cannot be merged yet: every reason as a sentence, none held back until the others are gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.company.forge import merging
from lab.company.forge.codeowners import PLACES, CodeOwners, read
from lab.company.forge.ruleset_files import read_all
from lab.company.forge.rulesets import DEFAULT_BRANCH, FOLDER
from lab.ledger import pulls

if TYPE_CHECKING:
    from lab.company.forge.repository import Repository
    from lab.company.forge.rulesets import ChecksRule, PullRequestRule, Ruleset
    from lab.ledger.pulls import PullRequest


@dataclass(frozen=True)
class Blocker:
    """One reason, and the ruleset that gives it (None: no bypass helps)."""

    sentence: str
    ruleset: Ruleset | None = None


def rulesets(repository: Repository) -> tuple[Ruleset, ...]:
    """The rulesets of the default branch as it is now; files with mistakes are left out."""
    return read_all(repository.texts(repository.files_at(DEFAULT_BRANCH, folder=FOLDER), FOLDER))[0]


def owners(repository: Repository) -> CodeOwners:
    """The CODEOWNERS of the default branch: GitHub asks the base of a pull request, never its head."""
    main = repository.head()
    for place in PLACES if main else ():
        text = repository.read(main or "", place)
        if text is not None:
            return read(place, text)
    return CodeOwners()


def find(repository: Repository, pull: PullRequest) -> list[Blocker]:
    """Every reason why the pull request cannot be merged now."""
    if not pull.is_open:
        return [Blocker(f"Pull request #{pull.number} is {pull.state} already.")]
    main = repository.head()
    if main is None:
        return [Blocker("The repository has no branch 'main' to merge into: push one.")]
    found = _conflicts(repository, pull)
    for ruleset in rulesets(repository):
        if ruleset.is_active and ruleset.covers(DEFAULT_BRANCH):
            sentences = [*_reviews(repository, pull, ruleset.pull_request), *_checks(repository, pull, ruleset.checks)]
            sentences += _workflows(repository, pull, ruleset.workflows)
            found += [Blocker(sentence, ruleset) for sentence in dict.fromkeys(sentences)]
    return found


def _conflicts(repository: Repository, pull: PullRequest) -> list[Blocker]:
    conflicts = merging.refresh(repository, pull)
    if conflicts is None:
        return []
    names = ", ".join(f"'{name}'" for name in conflicts)
    what = f"conflicts with 'main' in {names}" if names else "has no history in common with 'main'"
    return [Blocker(f"The branch '{pull.branch}' {what}: merge 'main' into it, settle the conflict and push.")]


def _reviews(repository: Repository, pull: PullRequest, rule: PullRequestRule | None) -> list[str]:
    if rule is None or not rule.wants_review:
        return []
    latest = [review for review in pull.latest_reviews().values() if review.by != pull.author]
    approved = {review.by for review in latest if review.approve and (review.sha == pull.sha or not rule.dismiss_stale_reviews)}
    stale = sorted(review.by for review in latest if review.approve and review.by not in approved)
    found = [f"'{review.by}' asks for changes: {review.text or 'no reason given'}" for review in latest if not review.approve]
    if len(approved) < rule.approvals:
        old = f" (that of {_names(stale)} was given before the last push)" if stale else ""
        wanted = "1 approving review" if rule.approvals == 1 else f"{rule.approvals} approving reviews"
        found.append(f"It needs {wanted} and has {len(approved)}{old}; the author's own never counts.")
    if rule.code_owner_review:
        found += _unowned(repository, pull, approved)
    if rule.last_push_approval and not approved - {pull.pusher}:
        found.append(f"Somebody other than '{pull.pusher}', who pushed last, must approve it.")
    return found


def owned(repository: Repository, pull: PullRequest) -> dict[tuple[str, ...], list[str]]:
    """The owned files that the pull request changes, by their owners."""
    known, main = owners(repository), repository.head()
    found: dict[tuple[str, ...], list[str]] = {}
    for path in repository.changed(main, pull.sha) if main and known.lines else ():
        line = known.line_for(path)
        if line:
            found.setdefault(line.owners, []).append(path)
    return found


def _unowned(repository: Repository, pull: PullRequest, approved: set[str]) -> list[str]:
    found = []
    for names, paths in owned(repository, pull).items():
        if not approved & set(names):
            more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
            found.append(f"'{paths[0]}'{more} needs an approving review by its code owner: {_names(names)}.")
    return found


def _checks(repository: Repository, pull: PullRequest, rule: ChecksRule | None) -> list[str]:
    if rule is None:
        return []
    states = pulls.statuses(repository.ledger, repository.name, pull.sha).for_pull_request()
    found = [_unmet(name, states, pull.sha) for name in rule.contexts if states.get(name) not in pulls.GOOD]
    main = repository.head()
    if rule.strict and main and not repository.is_ancestor(main, pull.sha):
        found.append(
            f"The branch '{pull.branch}' lacks the newest commits of 'main', and the rules are strict: merge 'main' into it and push."
        )
    return found


def _unmet(name: str, states: dict[str, str], sha: str) -> str:
    state = states.get(name)
    if state == "pending":
        return f"The required check '{name}' has not finished on {sha[:7]}."
    if state is not None:
        return f"The required check '{name}' ended with {state} on {sha[:7]}."
    reported = f"reported so far: {_names(sorted(states))}" if states else "nothing was reported so far"
    return f"The required check '{name}' was never reported on {sha[:7]} ({reported})."


def _workflows(repository: Repository, pull: PullRequest, files: tuple[str, ...]) -> list[str]:
    known = pulls.statuses(repository.ledger, repository.name, pull.sha)
    return [f"The required workflow '{file}' has not succeeded on {pull.sha[:7]}." for file in files if known.workflow(file) != "success"]


def _names(names: list[str] | tuple[str, ...]) -> str:
    return " or ".join(f"'{name}'" for name in names)
