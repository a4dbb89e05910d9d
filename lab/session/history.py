"""The forge's history: the last commits of `main`, and what a commit or a pull request changed."""
# ruff: noqa: PLC0415 - heavy parts are loaded where they are needed: a status uses none

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lab.errors import UsageProblem
from lab.ledger.pulls import STATUS_EVENTS, fold_statuses
from lab.report import plain
from lab.report.sights import CommitLine, CommitsReport, DiffReport

if TYPE_CHECKING:
    from lab.company.git import Git
    from lab.session.session import Session

COMMITS: Final = 60
LONGEST: Final = 400_000
_FIELDS: Final = "%H%x1f%an%x1f%at%x1f%D%x1f%s"
_DIFF: Final = ("--no-ext-diff", "--no-textconv", "--no-color", "--find-renames", "--stat=100", "--patch")


def _git(session: Session) -> Git:
    from lab.company.git import Git

    return Git(session.parts.forge(session.workspace).path(session.workspace.repository))


def commits(session: Session, *, count: int = COMMITS) -> CommitsReport:
    """The last commits of `main`, newest first, each with what its pipelines said."""
    heads = session.heads()
    lines: list[str] = []
    if "main" in heads:
        words = ("log", "-z", f"--max-count={count}", f"--format={_FIELDS}", "--decorate=full", "refs/heads/main", "--")
        lines = _git(session).lines(*words)
    events = session.ledger.events(*STATUS_EVENTS)
    found = []
    for line in lines:
        sha, author, at, names, subject = (*line.strip("\n").split("\x1f", 4), "", "", "", "")[:5]
        results = set(fold_statuses(events, session.workspace.repository, sha).by_context().values())
        tags = tuple(name.removeprefix("tag: refs/tags/") for name in names.split(", ") if name.startswith("tag: refs/tags/"))
        found.append(CommitLine(sha, plain.line(subject), plain.line(author), float(at or 0), _worst(results), tags))
    return CommitsReport(tuple(found), {name: sha for name, sha in heads.items() if name != "main"})


def _worst(results: set[str]) -> str:
    return next((one for one in ("failure", "error", "pending", "success", "skipped") if one in results), "")


def pull_diff(session: Session, number: int) -> DiffReport:
    """What a pull request changes, seen from where it left `main`.

    Raises:
        WrongState: there is none of that number.
    """
    pull = session.parts.forge(session.workspace).pull_request(number)
    base = f"{pull.merge_sha}^1" if pull.merge_sha else "refs/heads/main"
    return _diff(_git(session), f"#{number}", "diff", *_DIFF, f"{base}...{pull.sha}", "--")


def commit_diff(session: Session, sha: str) -> DiffReport:
    """What a commit changed.

    Raises:
        UsageProblem: that is no commit's full name, or the forge has no such commit.
    """
    git = _git(session)
    if not re.fullmatch(r"[0-9a-f]{40}", sha) or not git.out("rev-parse", "--verify", "--quiet", f"{sha}^{{commit}}", check=False):
        raise UsageProblem(f"The forge has no commit '{plain.line(sha)[:60]}'.", remedy="`git log origin/main` names those of 'main'.")
    return _diff(git, plain.short(sha), "show", "--format=fuller", "--first-parent", *_DIFF, sha, "--")


def _diff(git: Git, name: str, *words: str) -> DiffReport:
    text = plain.clean(git.run(*words).output)
    return DiffReport(name, text[:LONGEST], len(text) > LONGEST)
