"""Queues the runs that an event starts. The forge's hook calls it while a pusher waits, so it imports little."""

from __future__ import annotations

import functools
import os
import re
from typing import TYPE_CHECKING, Any, Final

from lab.company.git import ZERO, Git

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lab.ledger.store import Ledger

BASE: Final = "main"
_FOLDER: Final = ".github/workflows/"
_SKIP: Final = re.compile(r"\[(skip ci|ci skip|no ci|skip actions|actions skip)\]", re.IGNORECASE)
_LARGEST: Final = 1_000_000


def queue_runs(  # noqa: PLR0913 - an event has that many sides
    ledger: Ledger,
    repo_path: Path,
    repo: str,
    *,
    event: str,
    sha: str,
    ref: str,
    branch: str,
    pr: int | None,
    actor: str,
    old: str | None = None,
    action: str | None = None,
) -> list[str]:
    """Record one `run.queued` for each workflow file that the event starts; gives the new runs' ids.

    `event` is push or pull_request, `sha` the pushed commit or the head of the pull request, `branch` its branch. `old` (what
    the ref pointed at before) and `action` (opened, synchronize) are taken from the ledger where they are not given. A file
    that is no workflow gives a run that is finished already: `failure`, with file and line in its reason. As on GitHub, a
    pull request that can't be merged starts nothing, and neither does a commit that says `[skip ci]`.
    """
    git = Git(repo_path)
    merge = git.out("rev-parse", "--verify", "--quiet", f"refs/pull/{pr}/merge^{{commit}}", check=False) if event == "pull_request" else ""
    tree = merge or sha
    if sha == ZERO or (event == "pull_request" and not merge):
        return []
    files = _files(git, tree)
    if not files or _SKIP.search(git.out("log", "-1", "--format=%B", sha)):
        return []
    before = old if old is not None else _before(ledger, repo, ref)
    said = action or _action(ledger, pr)
    common = {"repo": repo, "event": event, "sha": sha, "ref": ref, "branch": branch, "pr": pr, "actor": actor}
    common |= {"merge_sha": merge or None, "before": before, "action": said if event == "pull_request" else None}
    changed = functools.cache(lambda: _changed(git, before="" if event == "pull_request" else before, sha=sha))
    return _queue(ledger, common, _started(git, tree, files, common, changed))


def _files(git: Git, tree: str) -> list[tuple[str, int]]:
    """The workflow files of the tree and their sizes; a link, or a file in a folder below, is none."""
    found = []
    for line in git.lines("ls-tree", "-z", "-l", tree, "--", _FOLDER, check=False):
        about, _, name = line.partition("\t")
        mode, _, _, size = about.split()
        if name.endswith((".yml", ".yaml")) and mode.startswith("100"):
            found.append((name, int(size)))
    return found


def _started(git: Git, tree: str, files: list[tuple[str, int]], common: dict[str, Any], changed: Any) -> list[tuple[str, str, str]]:
    """`(file, name, problem)` of each workflow that starts, or that can't be understood."""
    from lab.company.pipelines import triggers, workflow  # noqa: PLC0415 - YAML costs 20 ms, and most pushes of C0 and C1 need none

    is_pull = common["event"] == "pull_request"
    branch = BASE if is_pull else common["branch"]
    tag = common["ref"].removeprefix("refs/tags/") if common["ref"].startswith("refs/tags/") else ""
    happening = triggers.Happening(common["event"], "" if tag else branch, tag, common["action"] or "", changed)
    found = []
    for file, size in files:
        try:
            text = git.run("show", f"{tree}:{file}").output if size <= _LARGEST else " " * size
            document = workflow.read(text, file)
            if triggers.is_started(document, happening):
                found.append((file, document.name, ""))
        except workflow.WorkflowWrong as wrong:
            found.append((file, file, wrong.message))
    return found


def _queue(ledger: Ledger, common: dict[str, Any], started: Sequence[tuple[str, str, str]]) -> list[str]:
    rows: list[tuple[str, str, str, dict[str, Any]]] = []
    ids = []
    for file, name, problem in started:
        run = new_id()
        ids.append(run)
        rows.append(("run.queued", common["actor"], "forge", {"run": run, "workflow": name, "file": file, **common}))
        if problem:
            finished = {"run": run, "result": "failure", "seconds": 0.0, "reason": problem}
            rows.append(("run.finished", "lab", "forge", finished))
    if rows:
        ledger.append_many(rows)
    return ids


def new_id() -> str:
    """A name for a run that no other run has; it is part of a path and of a process's mark."""
    return f"run-{os.urandom(4).hex()}"


def _before(ledger: Ledger, repo: str, ref: str) -> str:
    updates = [event.data for event in ledger.events("ref.updated") if event.data.get("repo") == repo and event.data.get("ref") == ref]
    return str(updates[-1].get("old") or ZERO) if updates else ZERO


def _action(ledger: Ledger, pr: int | None) -> str:
    known = any(event.data.get("pr") == pr and event.data.get("event") == "pull_request" for event in ledger.events("run.queued"))
    return "synchronize" if known else "opened"


def _changed(git: Git, *, before: str, sha: str) -> tuple[str, ...]:
    """The files that a push changed, or (no `before`: a pull request, a new branch) that differ from where it left main."""
    base = before
    if not base or base == ZERO:
        base = git.out("merge-base", BASE, sha, check=False)
    if not base or base == sha:
        base = git.out("rev-parse", "--verify", "--quiet", f"{sha}^", check=False)
    if not base:
        return tuple(git.lines("ls-tree", "-r", "-z", "--name-only", sha))
    return tuple(git.lines("diff", "--name-only", "--no-renames", "-z", base, sha, check=False))
