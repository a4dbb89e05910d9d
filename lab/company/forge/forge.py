"""The company's git server: bare repositories with real hooks, and pull requests, reviews and statuses in the ledger."""

from __future__ import annotations

import os
import re
import secrets
import time
from typing import TYPE_CHECKING, Any, Final

from lab.company.forge import blockers, merging, received
from lab.company.forge.announced import MERGE_OPTION
from lab.company.forge.repository import Repository, Update
from lab.company.git import ZERO, plain
from lab.errors import LabError, Refused, WrongState
from lab.ledger import pulls

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lab.company.forge.rulesets import Ruleset
    from lab.ledger.pulls import PullRequest
    from lab.ledger.store import Ledger

OWNER: Final = "learner"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_ATTEMPTS: Final = 5
_PATIENCE: Final = 60.0
_GRACE: Final = 0.5


class Forge:
    """The repositories under `root`, each `root/NAME.git`.

    `company` is the company's root directory, where resident.json stands (default: where the ledger is). `follow` says
    whether a push waits for its runs and shows them. Methods may be called from several threads and processes.
    """

    def __init__(self, root: Path, ledger: Ledger, *, company: Path | None = None, follow: bool = True) -> None:
        self.root = root
        self.ledger = ledger
        self.company = company or ledger.path.parent
        self.follow = follow

    def repository(self, repo: str) -> Repository:
        """The repository of that name, whether it exists or not.

        Raises:
            LabError: the name cannot be a directory's.
        """
        if not _NAME.fullmatch(repo) or repo.endswith(".git"):
            raise LabError(f"'{plain(repo)}' cannot be a repository's name: write lower-case letters, digits and dashes.")
        return Repository(self.root / f"{repo}.git", repo, self.ledger.path, self.company, self.follow)

    def create(self, repo: str, *, like: Path | None = None) -> None:
        """Make a repository, or renew the hooks and settings of one that is there. Nothing in it is lost.

        `like` is a bare repository whose default branch and tags a new one begins with (a company's copy).
        """
        repository = self.repository(repo)
        repository.install()
        if like and repository.head() is None:
            refs = ("+refs/heads/main:refs/heads/main", "+refs/tags/*:refs/tags/*")
            repository.git.run("fetch", "--quiet", "--no-write-fetch-head", "--", str(like), *refs)
            rows = [("ref.updated", "lab", "forge", self._update(repo, ref, sha)) for ref, sha in repository.refs().items()]
            self.ledger.append_many(rows)

    def _update(self, repo: str, ref: str, sha: str) -> dict[str, Any]:
        return {"repo": repo, "ref": ref, "old": ZERO, "new": sha, "pusher": "lab", "options": []}

    def repositories(self) -> tuple[str, ...]:
        """The names of the repositories that exist."""
        return tuple(sorted(path.name.removesuffix(".git") for path in self.root.glob("*.git") if (path / "HEAD").is_file()))

    def path(self, repo: str) -> Path:
        """The bare repository's directory."""
        return self.repository(repo).path

    def url(self, repo: str) -> str:
        """What to clone from and push to."""
        return str(self.path(repo))

    def head(self, repo: str, ref: str = "main") -> str | None:
        """The commit of a branch, or of a ref in full; None if there is none."""
        return self.repository(repo).head(ref)

    def files_at(self, repo: str, sha: str) -> tuple[str, ...]:
        """The paths of the regular files of a commit."""
        return tuple(self.repository(repo).files_at(sha))

    def read(self, repo: str, sha: str, path: str) -> str | None:
        """The text of a file of a commit; None if there is no such file."""
        return self.repository(repo).read(sha, path)

    def rulesets(self, repo: str) -> tuple[Ruleset, ...]:
        """The rulesets of the default branch."""
        return blockers.rulesets(self.repository(repo))

    def pull_request(self, number: int) -> PullRequest:
        """The pull request of that number.

        Raises:
            WrongState: there is none.
        """
        found = pulls.pull_requests(self.ledger).get(number)
        if found is None:
            raise WrongState(f"There is no pull request #{number}.", remedy="`lab pr list` shows those there are.")
        return found

    def pull_requests(self, *, state: str | None = None) -> tuple[PullRequest, ...]:
        """The pull requests, oldest first; `state` is open, merged or closed."""
        return tuple(pull for pull in pulls.pull_requests(self.ledger).values() if state in (None, pull.state))

    def open_pull_request(self, repo: str, branch: str, *, title: str, by: str, body: str = "") -> PullRequest:
        """Open a pull request for a pushed branch, and queue its runs.

        Raises:
            Refused: the branch is missing, is the default branch, has nothing new or has a pull request already.
        """
        repository = self.repository(repo)
        sha, main = repository.head(f"refs/heads/{branch}"), repository.head()
        if branch == "main" or main is None:
            raise Refused(
                "A pull request goes from a branch of its own into 'main'.", remedy="Commit on a new branch: git switch -c my-change."
            )
        if sha is None:
            raise Refused(
                f"The forge has no branch '{plain(branch)}' in '{repo}'.", remedy=f"Push it first: git push -u origin '{plain(branch)}'."
            )
        if repository.is_ancestor(sha, main):
            raise Refused(f"The branch '{plain(branch)}' has no commit that 'main' lacks.", remedy="Commit something on it and push.")
        number = self._announce(repo, branch, sha, by=by, title=title, body=body)
        pull = self.pull_request(number)
        received.queue_pull(repository, pull, actor=by)
        return pull

    def _announce(self, repo: str, branch: str, sha: str, **words: str) -> int:
        """Take the next number and record the pull request, one at a time."""
        from filelock import FileLock  # noqa: PLC0415 - the hooks share this module's package, and never need it

        with FileLock(self.root / ".numbers.lock", timeout=_PATIENCE):
            known = pulls.pull_requests(self.ledger)
            same = [pull for pull in known.values() if pull.is_open and (pull.repo, pull.branch) == (repo, branch)]
            if same:
                number = same[0].number
                raise Refused(
                    f"The branch '{plain(branch)}' has the open pull request #{number} already.",
                    remedy=f"Push to it, or see `lab pr view {number}`.",
                )
            number = max(known, default=0) + 1
            data: dict[str, Any] = {"repo": repo, "number": number, "branch": branch, "sha": sha, **words}
            self.ledger.append("pr.opened", actor=words["by"], source="forge", **data)
            return number

    def review(self, number: int, *, by: str, approve: bool, text: str = "") -> None:
        """Say yes or no to a pull request; the newest review of a person counts.

        Raises:
            Refused: the pull request is not open, or the author would approve it.
        """
        pull = self._open(number)
        if approve and by == pull.author:
            raise Refused(
                f"'{by}' is the author of pull request #{number}, and nobody approves their own.", remedy="Ask a teammate for a review."
            )
        verdict = "approve" if approve else "refuse"
        self.ledger.append("pr.reviewed", actor=by, source="forge", number=number, by=by, verdict=verdict, text=text)

    def request_review(self, number: int, *, of: str) -> None:
        """Record that `of` is asked to review a pull request as it is now.

        Raises:
            Refused: it is not open.
        """
        self._open(number)
        self.ledger.append("pr.review_requested", source="forge", number=number, of=of)

    def merge_by_itself(self, number: int, *, by: str, enabled: bool = True) -> None:
        """Have a pull request merged for `by` as soon as nothing stands in its way, or no longer.

        Raises:
            Refused: it is not open.
        """
        self._open(number)
        self.ledger.append("pr.auto_merge", actor=by, source="forge", number=number, by=by, enabled=enabled)

    def close(self, number: int, *, by: str = OWNER) -> None:
        """Close a pull request without merging it.

        Raises:
            Refused: it is not open.
        """
        self._open(number)
        self.ledger.append("pr.closed", actor=by, source="forge", number=number, by=by)

    def _open(self, number: int) -> PullRequest:
        pull = self.pull_request(number)
        if not pull.is_open:
            raise Refused(f"Pull request #{number} is {pull.state} already.", remedy="`lab pr list` shows those that are open.")
        return pull

    def blockers(self, number: int) -> tuple[str, ...]:
        """Why the pull request cannot be merged yet, as whole sentences; empty when it can."""
        pull = self.pull_request(number)
        return tuple(plain(found.sentence) for found in blockers.find(self.repository(pull.repo), pull))

    def code_owners(self, number: int) -> tuple[str, ...]:
        """The owners of the files that a pull request changes (CODEOWNERS of 'main'), in the order of the files."""
        pull = self.pull_request(number)
        return tuple(dict.fromkeys(name for names in blockers.owned(self.repository(pull.repo), pull) for name in names))

    def merge(self, number: int, *, by: str, admin: bool = False) -> PullRequest:
        """Merge a pull request with a merge commit, pushed to 'main' by `by` through the forge's own hooks.

        `admin` passes over the rulesets whose `bypass_actors` name the owner, for the owner only; it is recorded.

        Raises:
            Refused: something stands in the way; the message names everything that does.
        """
        from filelock import FileLock  # noqa: PLC0415 - see `_announce`

        with FileLock(self.root / ".merges.lock", timeout=_PATIENCE):
            for _ in range(_ATTEMPTS):
                pull = self.pull_request(number)
                standing = [found for found in blockers.find(self.repository(pull.repo), pull) if not (admin and _is_bypassed(found, by))]
                if standing:
                    raise self._refused(number, [found.sentence for found in standing], by=by, admin=admin)
                if self._push_merge(pull, by=by, admin=admin):
                    return self.pull_request(number)
        raise Refused(f"Pull request #{number} could not be merged: 'main' moved each time.", remedy="Try again.")

    def _refused(self, number: int, sentences: list[str], *, by: str, admin: bool) -> Refused:
        reasons = "".join(f"\n  - {plain(sentence)}" for sentence in sentences)
        remedy = f"`lab pr view {number}` shows its checks and reviews."
        if admin:
            who = "Only the owner" if by != OWNER else "The owner"
            remedy = f"{who} may pass over a ruleset, and only one whose 'bypass_actors' names the role 'RepositoryRole' with 'actor_id' 5."
        return Refused(f"Pull request #{number} cannot be merged yet:{reasons}", remedy=remedy)

    def _push_merge(self, pull: PullRequest, *, by: str, admin: bool) -> bool:
        """Merge in a throwaway clone and push; False when 'main' has moved meanwhile.

        Raises:
            Refused: the forge does not take what the merge would bring.
        """
        repository = self.repository(pull.repo)
        base = repository.head() or ""
        message = plain(f"Merge pull request #{pull.number} from {pull.branch}\n\n{pull.title}").strip()
        with merging.merged(repository, base=base, head=pull.sha, message=message, actor=by) as merge:
            if merge.sha is None:
                return False
            nonce = secrets.token_hex(16)
            self.ledger.append("pr.merging", actor=by, source="forge", number=pull.number, nonce=nonce, sha=merge.sha, by=by, admin=admin)
            options = (f"--push-option={MERGE_OPTION}{nonce}", "--push-option=nowait")
            done = merge.clone.run("push", "--quiet", *options, "origin", "HEAD:refs/heads/main", check=False, join=True)
        if done.is_success or repository.head() != base:
            return done.is_success
        said = "\n".join(line.removeprefix("remote:").strip() for line in plain(done.output).splitlines() if line.startswith("remote:"))
        raise Refused(f"The merge of pull request #{pull.number} was refused:\n{said.strip()}")

    def set_status(self, repo: str, sha: str, *, context: str, state: str, run: Any = None, description: str = "") -> None:
        """Report the state (pending, success, failure, skipped) of a check on a commit."""
        data = {"repo": repo, "sha": sha, "context": context, "state": state, "run": run, "description": description}
        self.ledger.append("status.set", source="forge", **data)

    def statuses(self, repo: str, sha: str) -> Mapping[str, str]:
        """The state of each check on a commit, by context."""
        return pulls.statuses(self.ledger, repo, sha).by_context()

    def reconcile(self) -> tuple[Update, ...]:
        """Record the refs that the ledger does not know (a kill between git's update and the hook); gives them.

        A push that is just being recorded is given `_GRACE` seconds.
        """
        if any(self._missed(repo) for repo in self.repositories()):
            time.sleep(_GRACE)
        found: list[Update] = []
        for repo in self.repositories():
            missed = self._missed(repo)
            if missed:
                pusher = os.environ.get("LAB_ACTOR", OWNER)
                received.record(self.repository(repo), missed, pusher=pusher, options=(received.RECONCILED,))
            found += missed
        return tuple(found)

    def _missed(self, repo: str) -> list[Update]:
        there = self.repository(repo).refs()
        events = self.ledger.events("ref.updated")
        known = {event.data["ref"]: event.data["new"] for event in events if event.data["repo"] == repo}
        names = sorted(ref for ref in known.keys() | there.keys() if ref.startswith(("refs/heads/", "refs/tags/")))
        updates = (Update(known.get(ref, ZERO), there.get(ref, ZERO), ref) for ref in names)
        return [update for update in updates if update.old != update.new]


def _is_bypassed(blocker: blockers.Blocker, by: str) -> bool:
    return by == OWNER and blocker.ruleset is not None and blocker.ruleset.owner_may_bypass
