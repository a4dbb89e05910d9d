"""The forge as it was when a stage opened: every ref, with a bundle of what they need, so that a reset is exact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lab.company.founding import HIDDEN
from lab.company.git import ZERO, Git
from lab.errors import WrongState
from lab.session import durable

if TYPE_CHECKING:
    from pathlib import Path

    from lab.session.session import Session

TAGS: Final = "refs/tags/"
_REFS: Final = "refs.json"
_BUNDLE: Final = "forge.bundle"


def folder(session: Session, stage: str) -> Path:
    """Where the snapshot of a stage is."""
    return session.workspace.snapshots / stage


def has(session: Session, stage: str) -> bool:
    """Whether the stage's snapshot was taken to the end."""
    return (folder(session, stage) / _REFS).is_file()


def take(session: Session, stage: str) -> None:
    """Keep every ref of the forge and all they need; the list of refs is written last, so that half a snapshot is none.

    Raises:
        GitFailed: the bundle could not be written.
    """
    target = folder(session, stage)
    target.mkdir(parents=True, exist_ok=True)
    git = _git(session)
    refs = _refs(git)
    if refs:
        git.run("bundle", "create", "--quiet", str(target / _BUNDLE), "--all", timeout=120)
    durable.write_json(target / _REFS, refs)


def restore(session: Session, stage: str) -> tuple[str, ...]:
    """Put every ref of the forge back as it was, hooks untouched, and record it as `ref.updated` by 'lab'.

    Gives the tags that the company had published since, and that are hidden again.

    Raises:
        WrongState: the snapshot is gone.
        GitFailed: git could not read it.
    """
    wanted = durable.read_json(folder(session, stage) / _REFS)
    if not isinstance(wanted, dict):
        raise WrongState(
            f"The start of the stage '{stage}' was not kept, so it can't be put back.",
            remedy="`lab reset` without a name puts back the stage you are in; a new workspace starts anew.",
        )
    git = _git(session)
    if wanted:
        git.run("bundle", "unbundle", str(folder(session, stage) / _BUNDLE), timeout=120)
    before = _refs(git)
    orders = [f"update {ref} {sha}" for ref, sha in wanted.items()] + [f"delete {ref}" for ref in before if ref not in wanted]
    git.run("symbolic-ref", "HEAD", "refs/heads/main")
    git.run("update-ref", "--stdin", stdin="".join(f"{order}\n" for order in orders).encode())
    _record(session, before, wanted)
    return tuple(ref.removeprefix(TAGS) for ref in before if ref.startswith(TAGS) and ref not in wanted and _hidden(ref) in wanted)


def _hidden(tag: str) -> str:
    return HIDDEN + tag.removeprefix(TAGS)


def _record(session: Session, before: dict[str, str], after: dict[str, str]) -> None:
    repo = session.workspace.repository
    rows: list[tuple[str, str, str, dict[str, Any]]] = []
    for ref in sorted(before.keys() | after.keys()):
        old, new = before.get(ref, ZERO), after.get(ref, ZERO)
        if old != new and ref.startswith(("refs/heads/", "refs/tags/")):
            told = {"repo": repo, "ref": ref, "old": old, "new": new, "pusher": "lab", "options": ["reset"]}
            rows.append(("ref.updated", "lab", "forge", told))
    session.ledger.append_many(rows)


def _refs(git: Git) -> dict[str, str]:
    lines = git.lines("for-each-ref", "--format=%(objectname) %(refname)")
    return {ref: sha for sha, _, ref in (line.partition(" ") for line in lines)}


def _git(session: Session) -> Git:
    return Git(session.parts.forge(session.workspace).path(session.workspace.repository))
