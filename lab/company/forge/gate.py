"""Judges a push before it is let in: are its ruleset files right, and do the rulesets of the default branch allow it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.company.forge import refusals
from lab.company.forge.announced import announced
from lab.company.forge.refusals import Refusal, said_by
from lab.company.forge.rulesets import DEFAULT_BRANCH, FOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.company.forge.repository import Repository, Update
    from lab.company.forge.rulesets import Ruleset
    from lab.errors import Problem

FILE_LIMIT: Final = 100_000_000


def judge(repository: Repository, updates: Sequence[Update], *, options: Sequence[str]) -> tuple[list[Refusal], list[str]]:
    """The refusals of a push (none: it is let in), and the remarks of rulesets that are only evaluated."""
    present, *pushed = repository.trees([DEFAULT_BRANCH, *(update.new for update in updates)], FOLDER)
    rulesets = _read(repository, DEFAULT_BRANCH)[0] if present else ()
    found: list[Refusal] = []
    remarks: list[str] = []
    for update, tree in zip(updates, pushed, strict=True):
        new = _rulesets(repository, update) if tree not in ("", present) else None
        found += [refusal for refusal in (_reserved(update), new, _too_large(repository, update)) if refusal]
        if announced(repository, update, options):
            continue
        for ruleset in rulesets:
            refusal = _judged(repository, update, ruleset) if ruleset.covers(update.ref) else None
            if refusal and ruleset.is_active:
                found.append(refusal)
            elif refusal and ruleset.enforcement == "evaluate":
                remarks.append(
                    f"{refusal.source} is set to 'evaluate'; active, it would have refused this push: {' '.join(refusal.reasons)}"
                )
    return found, remarks


def _read(repository: Repository, commit: str) -> tuple[Sequence[Ruleset], Sequence[Problem]]:
    from lab.company.forge.ruleset_files import read_all  # noqa: PLC0415 - a company begins without rulesets, and every push waits

    return read_all(repository.texts(repository.files_at(commit, folder=FOLDER), FOLDER))


def _reserved(update: Update) -> Refusal | None:
    if update.ref.startswith(("refs/heads/", "refs/tags/", "refs/notes/")):
        return None
    remedy = ("Push a branch or a tag: git push origin HEAD:refs/heads/my-change",)
    return Refusal(update.ref, "GH003", "The forge keeps these refs itself", ("Only branches, tags and notes can be pushed.",), remedy)


def _rulesets(repository: Repository, update: Update) -> Refusal | None:
    """Refuse ruleset files with mistakes; asked only where they differ from those of the default branch."""
    problems = _read(repository, update.new)[1] if update.branch else ()
    return refusals.wrong_rulesets(update.ref, problems) if problems else None


def _too_large(repository: Repository, update: Update) -> Refusal | None:
    if update.is_deletion:
        return None
    words = (
        "rev-list",
        "--objects",
        f"--filter=blob:limit={FILE_LIMIT}",
        "--filter-print-omitted",
        "--quiet",
        update.new,
        "--not",
        "--all",
    )
    large = {line[1:] for line in repository.git.lines(*words, check=False) if line.startswith("~")}
    if not large:
        return None
    found = repository.git.lines("rev-list", "--objects", update.new, "--not", "--all")
    names = sorted(line.partition(" ")[2] for line in found if line.partition(" ")[0] in large)
    reasons = tuple(f"The file '{name}' is larger than {FILE_LIMIT // 1_000_000} MB." for name in names)
    remedy = ("Take the file out of the commit: git rm --cached -- FILE && git commit --amend", "and name it in .gitignore.")
    return Refusal(update.ref, "GH001", "The forge takes no large files", reasons, remedy)


def _judged(repository: Repository, update: Update, ruleset: Ruleset) -> Refusal | None:
    """What one ruleset has against one update."""
    reasons: list[str] = []
    remedy: tuple[str, ...] = ()
    name = refusals.short(update.ref)
    if update.is_deletion:
        if not ruleset.deletion:
            return None
        return Refusal(
            update.ref, "GH013", said_by(ruleset), (f"The branch '{name}' may not be deleted.",), ("Leave the branch where it is.",)
        )
    if ruleset.non_fast_forward and not update.is_creation and not repository.is_ancestor(update.old, update.new):
        reasons.append(f"A force-push to '{name}' is not allowed: it would remove commits that others build on.")
        remedy = (f"git pull --rebase origin {name}", "git push                           (without --force)")
    if ruleset.pull_request and not update.is_creation:
        reasons.append(f"Changes to '{name}' must be made through a pull request.")
        remedy = refusals.by_pull_request()
    missing = _unproven(repository, update, ruleset)
    if missing:
        reasons += missing
        remedy = refusals.by_pull_request()
    return Refusal(update.ref, "GH013", said_by(ruleset), tuple(reasons), remedy) if reasons else None


def _unproven(repository: Repository, update: Update, ruleset: Ruleset) -> list[str]:
    """The required checks and workflows that have not succeeded on the very commit that is pushed."""
    checks = ruleset.checks
    wanted = checks.contexts if checks and (checks.enforced_on_create or not update.is_creation) else ()
    if not wanted and not ruleset.workflows:
        return []
    from lab.ledger import pulls  # noqa: PLC0415 - most pushes are not judged by statuses

    known = pulls.statuses(repository.ledger, repository.name, update.new)
    states = known.by_context()
    found = [f"The required check '{name}' has not succeeded on {update.new[:7]}." for name in wanted if states.get(name) not in pulls.GOOD]
    runs = [file for file in ruleset.workflows if known.workflow(file) != "success"]
    return found + [f"The required workflow '{file}' has not succeeded on {update.new[:7]}." for file in runs]
