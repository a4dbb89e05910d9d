"""How a company begins: its repository with a month of history, as the scenario's oracle tells it for a seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from lab.company.git import ZERO, Git

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lab.company.forge.forge import Forge

DAY: Final = 86_400
HIDDEN: Final = "refs/lab/tags/"
IGNORED: Final = frozenset({"__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".venv", ".hypothesis"})


@dataclass(frozen=True)
class Commit:
    """One commit of the past. `days` counts back from the opening; `files` are laid over the tree; `tag` may be None."""

    author: str
    message: str
    days: float
    files: Mapping[str, str]
    tables: Mapping[str, Any]
    change_id: str
    tag: str | None = None
    label: str = "good"
    breaks: Sequence[str] = ()


@dataclass(frozen=True)
class Past:
    """What a repository begins with: the tree of `product`, then `commits`, oldest first.

    `main` ends at the commit tagged `last`; what comes after it stays hidden until `publish`. `emails` are the
    personas', `opened` is real time (seconds since the epoch).
    """

    product: Path
    commits: Sequence[Commit]
    emails: Mapping[str, str]
    opened: float
    last: str


def found(forge: Forge, repository: str, past: Past) -> None:
    """Make `repository` with its past. Every commit is written into the ledger as a change that was pushed.

    Raises:
        GitFailed: the repository could not be written.
    """
    forge.create(repository)
    git = Git(forge.path(repository))
    commits = past.commits
    stream = _Stream(past.opened, past.emails)
    for place, commit in enumerate(commits):
        stream.commit(commit, first=past.product if place == 0 else None)
    git.run("fast-import", "--quiet", "--done", stdin=stream.text())
    tags = {
        commit.tag: git.out("rev-parse", f"refs/lab/past~{len(commits) - 1 - place}") for place, commit in enumerate(commits) if commit.tag
    }
    order = [commit.tag for commit in commits]
    for tag, sha in tags.items():
        shown = order.index(tag) <= order.index(past.last)
        git.run("update-ref", f"refs/tags/{tag}" if shown else f"{HIDDEN}{tag}", sha)
    git.run("update-ref", "refs/heads/main", tags[past.last])
    git.run("update-ref", "-d", "refs/lab/past")
    _record(forge, repository, git, commits)


def _record(forge: Forge, repository: str, git: Git, commits: Sequence[Commit]) -> None:
    refs = dict(line.split(" ")[::-1] for line in git.lines("for-each-ref", "--format=%(objectname) %(refname)"))
    newest = next(name for name in (f"{HIDDEN}{commits[-1].tag}", f"refs/tags/{commits[-1].tag}", "refs/heads/main") if name in refs)
    shas = git.lines("rev-list", "--reverse", newest)
    rows: list[tuple[str, str, str, dict[str, Any]]] = []
    for commit, sha in zip(commits, shas, strict=True):
        told: dict[str, Any] = {"change_id": commit.change_id, "entry": "", "label": commit.label, "author": commit.author, "sha": sha}
        told |= {"branch": "main", "pr": None, "kind": "feature", "tables": dict(commit.tables)}
        told |= {"received": round(-commit.days * 1440, 1), "breaks": list(commit.breaks)}
        rows.append(("change.pushed", commit.author, "forge", told))
    for ref, sha in refs.items():
        if not ref.startswith(HIDDEN):
            rows.append(
                ("ref.updated", "lab", "forge", {"repo": repository, "ref": ref, "old": ZERO, "new": sha, "pusher": "lab", "options": []})
            )
    forge.ledger.append_many(rows)


def publish(forge: Forge, repository: str, tag: str) -> str:
    """Show a tag that `found` kept hidden; gives its commit. A tag that is shown already stays as it is."""
    git = Git(forge.path(repository))
    hidden = git.out("rev-parse", "--verify", "--quiet", f"{HIDDEN}{tag}", check=False)
    sha = hidden or git.out("rev-parse", "--verify", f"refs/tags/{tag}")
    if hidden and not git.out("rev-parse", "--verify", "--quiet", f"refs/tags/{tag}", check=False):
        git.run("update-ref", f"refs/tags/{tag}", sha)
        forge.ledger.append(
            "ref.updated", source="forge", repo=repository, ref=f"refs/tags/{tag}", old=ZERO, new=sha, pusher="lab", options=[]
        )
    return sha


class _Stream:
    """The text of `git fast-import`."""

    def __init__(self, opened: float, emails: Mapping[str, str]) -> None:
        self._parts: list[bytes] = []
        self._opened = opened
        self._emails = emails

    def commit(self, commit: Commit, *, first: Path | None) -> None:
        """Add one commit; `first` is the folder whose tree it begins with."""
        name = commit.author.capitalize()
        when = int(self._opened - commit.days * DAY)
        who = f"{name} <{self._emails.get(commit.author, commit.author + '@harborline.example')}> {when} +0000"
        message = f"{commit.message}\n\nChange-Id: {commit.change_id}\n"
        self._parts.append(f"commit refs/lab/past\nauthor {who}\ncommitter {who}\n".encode())
        self._data(message.encode())
        if first:
            for path in tree_files(first):
                mode = "100755" if path.stat().st_mode & 0o100 else "100644"
                self._file(path.relative_to(first).as_posix(), path.read_bytes(), mode=mode)
        for path_name, text in commit.files.items():
            self._file(path_name, text.encode(), mode="100644")

    def _file(self, path: str, content: bytes, *, mode: str) -> None:
        self._parts.append(f"M {mode} inline {path}\n".encode())
        self._data(content)

    def _data(self, content: bytes) -> None:
        self._parts.append(f"data {len(content)}\n".encode() + content + b"\n")

    def text(self) -> bytes:
        """All of it."""
        return b"".join([*self._parts, b"done\n"])


def tree_files(folder: Path) -> list[Path]:
    """The files of a source tree, without what tools leave behind."""
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and not IGNORED & set(path.relative_to(folder).parts) and path.suffix != ".db"
    )
