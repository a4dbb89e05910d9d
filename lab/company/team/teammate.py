"""A simulated colleague at work: a clone of their own, changes from the bank, commits through hooks, pushes to the forge."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from lab.company.git import Git, identity
from lab.company.oracle import digest
from lab.company.team.bench import NoAnchor, Workbench, bench_for
from lab.company.team.make import Change, make_change

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lab.company.company import Company
    from lab.company.team.bank import Bank, Entry, Persona

Staging = Literal["all", "bad-index", "bad-tree"]
Where = Literal["root", "subdirectory", "worktree", "amend"]
_PROVEN: Final[dict[tuple[str, str, int, str], Change]] = {}
_MAKING: Final[dict[object, threading.Lock]] = {}
COMMIT_SECONDS: Final = 120.0
PUSH_SECONDS: Final = 60.0


def _lock_of(key: object) -> threading.Lock:
    """The lock of one change on one tree: who comes second waits, and does not prove it again."""
    return _MAKING.setdefault(key, threading.Lock())


@dataclass(frozen=True)
class CommitAttempt:
    """What became of a `git commit`: `seconds` is its wall time, `output` all that the person saw."""

    accepted: bool
    output: str
    seconds: float


@dataclass(frozen=True)
class PushFate:
    """What became of a `git push`; `message` is what the pusher read."""

    accepted: bool
    message: str


@dataclass(frozen=True)
class Teammate:
    """A persona with a fresh clone of `main`."""

    persona: Persona
    company: Company
    git: Git
    bank: Bank

    @property
    def name(self) -> str:
        """The persona's name to the forge."""
        return self.persona.id

    @property
    def clone(self) -> Path:
        """The work tree."""
        return self.git.directory

    @classmethod
    def arrive(cls, company: Company, bank: Bank, name: str, folder: Path) -> Teammate:
        """A persona who has just cloned the repository into `folder`.

        Raises:
            GitFailed: the repository can't be cloned.
        """
        persona = bank.persona(name)
        source = company.forge.url(company.repository)
        git = Git.clone(source, folder, actor=name, env=identity(persona.name, persona.email))
        return cls(persona, company, git, bank)

    # -- making changes ---------------------------------------------------------------------------------------------------

    def change(self, entries: Sequence[str], *, seed: int) -> Change:
        """The first of `entries` (slugs) that can be made and proven on this tree.

        Raises:
            NoAnchor: none of them, nor an entry that could stand in.
        """
        problem: NoAnchor | None = None
        for slug in entries:
            entry = self.bank.entry(slug)
            try:
                return self._made(entry, seed)
            except NoAnchor as sought:
                problem = problem or sought
        for slug in entries:
            entry = self.bank.entry(slug)
            try:
                return self._made(entry, seed, stand_ins=self.bank.stand_ins(entry))
            except NoAnchor:
                continue
        raise problem or NoAnchor("There was no change to make.")

    def twin(self, change: Change, *, seed: int) -> Change:
        """The same files, author and message as `change`, with the bug undone.

        Raises:
            NoAnchor: this tree has no harmless form of it.
        """
        return self._made(change.entry, seed, twin=True, variant=change.variant)

    def _made(self, entry: Entry, seed: int, **how: Any) -> Change:
        """A change of the bank on this tree. The same change of the same tree is proven once in a process, not for every scene."""
        key = (self._tree(entry), entry.id, seed, repr(sorted(how.items())))
        if key not in _PROVEN:
            with _lock_of(key):
                if key not in _PROVEN:
                    _PROVEN[key] = make_change(self.clone, entry, bench=self.bench(seed), **how)
        return replace(_PROVEN[key], author=self.name)

    def _tree(self, entry: Entry) -> str:
        """What a change may depend on: the committed tree, without the workflows where the change touches none."""
        return self.content(workflows=entry.kind == "ci")

    def content(self, *, workflows: bool = False) -> str:
        """The digest of the committed tree, with or without what only pipelines read, in this company."""
        lines = self.git.lines("ls-tree", "-r", "-z", "HEAD")
        kept = lines if workflows else [line for line in lines if "\t.github/" not in line]
        return digest([*kept, self.company.charter.seed])

    def bench(self, seed: int) -> Workbench:
        """What changes are made with on this tree."""
        return bench_for(self.company, self.clone, seed=seed)

    # -- committing and pushing -------------------------------------------------------------------------------------------

    def commit_unhooked(self, change: Change, *, message: str = "") -> str:
        """Commit a change past every hook of the clone (`--no-verify`), and have the ledger know it; gives the commit."""
        change.write(self.clone)
        self.git.run("add", "--all")
        self.git.run("commit", "--quiet", "--no-verify", "-m", self._message(change, message))
        sha = self.git.out("rev-parse", "HEAD")
        self._record(change, sha)
        return sha

    def _message(self, change: Change, message: str) -> str:
        return f"{message}\n\nChange-Id: {change.change_id}" if message else change.commit_message

    def _record(self, change: Change, sha: str) -> None:
        told: dict[str, Any] = {
            "change_id": change.change_id,
            "entry": change.entry.id,
            "label": change.label,
            "author": self.name,
            "sha": sha,
        }
        patch = dict(change.tables_patch)
        told["breaks"] = list(change.breaks)
        self.company.ledger.append(
            "change.pushed", actor=self.name, source="forge", branch="", pr=None, kind=change.entry.kind, tables=patch, **told
        )

    def try_commit(
        self, change: Change, *, staging: Staging, where: Where, env: Mapping[str, str], twin: Change | None = None
    ) -> CommitAttempt:
        """Commit a change as a person does, with the clone's own hooks.

        `bad-index` stages the change and puts the work tree back; `bad-tree` stages its `twin` and leaves the change
        lying about. `env` is the whole environment of the command.
        """
        clone = self._place(where, env)
        git = Git(clone, actor=self.name, env=self.git.env)
        if staging == "bad-tree" and twin is not None:
            twin.write(clone)
            git.run("add", "--all")
            change.write(clone)
        else:
            change.write(clone)
            git.run("add", "--all")
        if staging == "bad-index":
            for path in change.files:
                if git.out("ls-tree", "--name-only", "HEAD", "--", path):
                    (clone / path).write_text(git.run("show", f"HEAD:{path}").output, encoding="utf-8")
                else:
                    (clone / path).unlink()
        return self._commit(git, clone, change, where=where, env=env)

    def _place(self, where: Where, env: Mapping[str, str]) -> Path:
        """Where the commit is made; a linked worktree is beside the clone."""
        if where != "worktree":
            return self.clone
        linked = self.clone.with_name(f"{self.clone.name}-linked")
        self.git.run("worktree", "add", "--quiet", "-b", f"{self.name}/linked", str(linked), env=dict(env), hooks=True)
        return linked

    def _commit(self, git: Git, clone: Path, change: Change, *, where: Where, env: Mapping[str, str]) -> CommitAttempt:
        words = ["commit", "-m", change.commit_message]
        if where == "amend":
            words = ["commit", "--amend", "--no-edit"]
        folder = next((path for path in sorted(clone.iterdir()) if path.is_dir() and path.name in {"app", "tests", "data"}), clone)
        inside = Git(folder if where == "subdirectory" else clone, actor=self.name, env=git.env)
        before = git.out("rev-parse", "HEAD")
        whole = {**env, "GIT_CEILING_DIRECTORIES": str(clone.parent)}  # from a subdirectory git must find the clone above it
        done = inside.run(*words, check=False, join=True, hooks=True, timeout=COMMIT_SECONDS, env=whole)
        accepted = done.is_success and git.out("rev-parse", "HEAD") != before
        return CommitAttempt(accepted, done.output, done.seconds)

    def push(self, branch: str, *, force: bool = False, options: Sequence[str] = ("nowait",)) -> PushFate:
        """Push HEAD to a branch of the forge; the hooks of the forge decide."""
        words = [f"--push-option={option}" for option in options]
        done = self.git.run(
            "push",
            "--no-verify",
            *words,
            *(["--force"] if force else []),
            "origin",
            f"HEAD:refs/heads/{branch}",
            check=False,
            join=True,
            timeout=PUSH_SECONDS,
        )
        return PushFate(done.is_success, done.output)
