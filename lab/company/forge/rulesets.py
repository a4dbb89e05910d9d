"""What a ruleset demands of a branch: the values of one `.github/rulesets/*.json`, read and understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lab.company.forge.globs import ref_pattern

FOLDER: Final = ".github/rulesets"
DEFAULT_BRANCH: Final = "refs/heads/main"


@dataclass(frozen=True)
class PullRequestRule:
    """Changes come through a pull request with so many approvals."""

    approvals: int = 0
    code_owner_review: bool = False
    dismiss_stale_reviews: bool = False
    last_push_approval: bool = False

    @property
    def wants_review(self) -> bool:
        """Whether a review can stand in the way."""
        return self.approvals > 0 or self.code_owner_review or self.last_push_approval


@dataclass(frozen=True)
class ChecksRule:
    """These checks have succeeded; `strict`: on a branch that holds the newest state of the default branch."""

    contexts: tuple[str, ...]
    strict: bool = False
    enforced_on_create: bool = True


@dataclass(frozen=True)
class Ruleset:
    """One ruleset. `file` is its path in the repository; a rule that it does not have is None, False or empty.

    `enforcement` is 'active', 'evaluate' (said, never refused) or 'disabled'. `owner_may_bypass`: `bypass_actors` names the
    repository's or the organisation's administrators, and `lab pr merge --admin` may then pass it over.
    """

    name: str
    file: str
    enforcement: str
    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    pull_request: PullRequestRule | None = None
    checks: ChecksRule | None = None
    workflows: tuple[str, ...] = ()
    non_fast_forward: bool = False
    deletion: bool = False
    owner_may_bypass: bool = False

    def covers(self, ref: str) -> bool:
        """Whether the ruleset speaks of this ref (in full: 'refs/heads/…')."""
        return any(_matches(pattern, ref) for pattern in self.include) and not any(_matches(pattern, ref) for pattern in self.exclude)

    @property
    def is_active(self) -> bool:
        """Whether it refuses."""
        return self.enforcement == "active"


def _matches(pattern: str, ref: str) -> bool:
    if pattern == "~ALL":
        return ref.startswith("refs/heads/")
    if pattern == "~DEFAULT_BRANCH":
        return ref == DEFAULT_BRANCH
    return ref_pattern(pattern).fullmatch(ref) is not None
