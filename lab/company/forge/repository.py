"""One bare repository of the forge: how it is made, and the questions that are asked of it."""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lab.company.git import ZERO, Git, GitFailed
from lab.errors import WorldUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lab.ledger.store import Ledger

SETTINGS: Final = "lab.json"
# pre-receive needs the standard library only, and starts faster without site-packages.
HOOKS: Final = {"pre-receive": ("-I", "-S"), "post-receive": ("-I",)}
_SHA: Final = re.compile(r"[0-9a-f]{40}")
_HOOK_MODULE: Final = Path(__file__).with_name("hook.py")
# A person's own git configuration also holds for the forge's half of a push, hence what must not be theirs to say.
_CONFIGURATION: Final = {
    "core.hooksPath": "hooks",
    "core.logAllRefUpdates": "false",
    "core.filesRefLockTimeout": "5000",
    "receive.advertisePushOptions": "true",
    "receive.denyNonFastForwards": "false",
    "receive.denyDeletes": "false",
    "receive.denyDeleteCurrent": "refuse",
    "receive.fsckObjects": "true",
    "receive.autogc": "false",
    "transfer.hideRefs": "refs/lab",
    "gc.auto": "0",
}


@dataclass(frozen=True)
class Update:
    """One line of what git tells its receive hooks: a ref moves from `old` to `new` (all zeros: there is none)."""

    old: str
    new: str
    ref: str

    @property
    def is_deletion(self) -> bool:
        """Whether the ref goes away."""
        return self.new == ZERO

    @property
    def is_creation(self) -> bool:
        """Whether the ref is new."""
        return self.old == ZERO

    @property
    def branch(self) -> str | None:
        """The branch's name, or None for tags and the rest."""
        return self.ref.removeprefix("refs/heads/") if self.ref.startswith("refs/heads/") else None


@dataclass(frozen=True)
class Repository:
    """A bare repository and whose it is.

    `company` is the company's root directory (resident.json, runs/), `follow` whether a push shows its runs. `env` goes to
    every git call: pre-receive keeps git's object variables there, without which the pushed objects cannot be seen.
    """

    path: Path
    name: str
    ledger_path: Path
    company: Path
    follow: bool = True
    env: Mapping[str, str] | None = None

    @classmethod
    def open(cls, path: Path, *, env: Mapping[str, str] | None = None) -> Repository:
        """The repository at `path`, as its lab.json describes it.

        Raises:
            WorldUnavailable: lab.json is missing or unreadable.
        """
        try:
            data = json.loads((path / SETTINGS).read_text("utf-8"))
            ledger, company = (Path(os.path.normpath(path / data[key])) for key in ("ledger", "company"))
            return cls(path, data["repo"], ledger, company, data.get("follow", True) is True, env)
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise WorldUnavailable(
                f"The forge's settings '{path / SETTINGS}' could not be read: {problem}.", remedy="`lab start` writes them again."
            ) from problem

    def install(self) -> None:
        """Make the repository if it is not there, and write its configuration and hooks, old ones replaced."""
        import shlex  # noqa: PLC0415 - a push waits for every import, and only this needs it

        if not (self.path / "HEAD").is_file():
            Git.init(self.path, bare=True)
        for key, value in _CONFIGURATION.items():
            self.git.run("config", key, value)
        data = {
            "format": 1,
            "repo": self.name,
            "ledger": os.path.relpath(self.ledger_path, self.path),
            "company": os.path.relpath(self.company, self.path),
            "follow": self.follow,
        }
        _write(self.path / SETTINGS, json.dumps(data, indent=1) + "\n")
        (self.path / "hooks").mkdir(exist_ok=True)
        for hook, flags in HOOKS.items():
            words = (sys.executable, *flags, str(_HOOK_MODULE), hook)
            _write(self.path / "hooks" / hook, f"#!/bin/sh\nexec {shlex.join(words)}\n", executable=True)

    @property
    def ledger(self) -> Ledger:
        """The company's ledger."""
        from lab.ledger.store import Ledger  # noqa: PLC0415 - most pushes pass pre-receive without it, and SQLite takes time to import

        return Ledger(self.ledger_path)

    @property
    def git(self) -> Git:
        """Git in this repository."""
        return Git(self.path, env=self.env)

    def head(self, ref: str = "main") -> str | None:
        """The commit of a branch ('main') or a ref in full ('refs/…'); None if there is none."""
        full = ref if ref.startswith("refs/") else f"refs/heads/{ref}"
        return self.git.out("rev-parse", "--verify", "--quiet", "--end-of-options", f"{full}^{{commit}}", check=False) or None

    def refs(self) -> dict[str, str]:
        """Every branch and tag with what it points to."""
        lines = self.git.lines("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags")
        return {ref: sha for sha, ref in (line.split(" ", 1) for line in lines)}

    def files_at(self, sha: str, *, folder: str = "") -> dict[str, str]:
        """The regular files of a commit (or full ref), path -> blob; links and submodules left out; none if there is no such commit."""
        found = {}
        for line in self.git.lines("ls-tree", "-r", "-z", _sha(sha), "--", *([folder + "/"] if folder else []), check=False):
            about, _, path = line.partition("\t")
            if path and about.startswith("100"):
                found[path] = about.split()[2]
        return found

    def trees(self, commits: Sequence[str], folder: str) -> list[str]:
        """What the folder is in each of the commits (or full refs): its tree, empty where it is missing. One process for all."""
        asked = "".join(f"{_sha(commit)}:{folder}\n" for commit in commits)
        lines = self.git.run("cat-file", "--batch-check", stdin=asked.encode()).output.splitlines()
        return ["" if line.endswith(" missing") else line.partition(" ")[0] for line in lines]

    def texts(self, files: Mapping[str, str], folder: str) -> dict[str, str]:
        """The texts of those of `files` (path -> blob) that lie right in a folder."""
        return {path: self.git.run("cat-file", "blob", blob).output for path, blob in files.items() if "/" not in path[len(folder) + 1 :]}

    def read(self, sha: str, path: str) -> str | None:
        """The text of a file of a commit; None if there is no such file."""
        try:
            return self.git.run("cat-file", "blob", f"{_sha(sha)}:{path}").output
        except GitFailed:
            return None

    def is_ancestor(self, old: str, new: str) -> bool:
        """Whether `new` holds all of `old`'s history."""
        return self.git.run("merge-base", "--is-ancestor", _sha(old), _sha(new), check=False).returncode == 0

    def changed(self, base: str, head: str) -> list[str]:
        """The paths that `head` changed since it left `base`, of a renamed file both names; none if it never was there."""
        words = ("diff", "--no-ext-diff", "--no-textconv", "--name-only", "--no-renames", "-z", f"{_sha(base)}...{_sha(head)}")
        return self.git.lines(*words, check=False)


def _sha(text: str) -> str:
    """The text, if it names a commit and can't be an option or an expression."""
    if not (_SHA.fullmatch(text) or re.fullmatch(r"refs/[^\s:^~]+", text)):
        raise ValueError(f"'{text}' is neither a commit's full hash nor a full ref.")
    return text


def _write(path: Path, text: str, *, executable: bool = False) -> None:
    beside = path.with_name(path.name + ".new")
    beside.write_text(text, "utf-8")
    beside.chmod(0o755 if executable else 0o644)
    beside.replace(path)
