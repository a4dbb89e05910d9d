"""Merges two commits in a throwaway clone: nothing of the forge changes until the result is pushed or fetched."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lab import rooms
from lab.company.git import Git

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.company.forge.repository import Repository
    from lab.ledger.pulls import PullRequest


@dataclass(frozen=True)
class Merge:
    """A merge commit in a clone, or the files in conflict (`sha` is None then; without files the histories are unrelated)."""

    sha: str | None
    conflicts: tuple[str, ...]
    clone: Git


@contextlib.contextmanager
def merged(repository: Repository, *, base: str, head: str, message: str, actor: str) -> Iterator[Merge]:
    """Merge `head` into `base`, always with a merge commit; the clone is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=rooms.prefix("merge"), ignore_cleanup_errors=True) as folder:
        clone = Git.clone(repository.path, Path(folder) / "clone", shared=True, checkout=False, actor=actor)
        clone.run("checkout", "--quiet", "--detach", base)
        done = clone.run("merge", "--quiet", "--no-ff", "--no-edit", "-m", message, head, check=False)
        if done.is_success:
            yield Merge(clone.out("rev-parse", "HEAD"), (), clone)
        else:
            files = clone.lines("diff", "--name-only", "--diff-filter=U", "-z", check=False)
            yield Merge(None, tuple(dict.fromkeys(files)), clone)


def merge_ref(number: int) -> str:
    """The ref that holds what merging a pull request would give."""
    return f"refs/pull/{number}/merge"


def refresh(repository: Repository, pull: PullRequest) -> tuple[str, ...] | None:
    """Bring `refs/pull/N/head` and `refs/pull/N/merge` up to date; the files in conflict, or None if it merges.

    Nothing is merged again while neither side has moved. Several callers may do it at once.
    """
    git, base, ref = repository.git, repository.head(), merge_ref(pull.number)
    if repository.head(f"refs/pull/{pull.number}/head") != pull.sha:
        git.run("update-ref", f"refs/pull/{pull.number}/head", pull.sha)
    if not base or _parents(git, ref) == f"{base} {pull.sha}":
        return None
    with merged(repository, base=base, head=pull.sha, message=f"Merge {pull.sha} into {base}", actor=pull.author) as merge:
        if merge.sha is None:
            git.run("update-ref", "-d", ref)
            return merge.conflicts
        words = ("fetch", "--quiet", "--no-write-fetch-head", "--no-tags", "--", str(merge.clone.directory), f"+HEAD:{ref}")
        done = git.run(*words, check=False)
        if not done.is_success and _parents(git, ref) != f"{base} {pull.sha}":  # else somebody else was faster
            git.run(*words)
    return None


def _parents(git: Git, ref: str) -> str:
    return git.out("show", "--no-patch", "--format=%P", ref, "--", check=False)
