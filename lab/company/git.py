"""The one door to the git command: every call of ours is made with the same hardened environment and settings.

No configuration of the machine or of the person is read, no pager, filter prompt, monitor or hook of a repository starts
(unless the caller asks for its hooks), and a directory above the repository is never taken for it.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Final

from lab import process
from lab.errors import LabError, WorldUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MINIMUM: Final = (2, 34)
ZERO: Final = "0" * 40
TIMEOUT: Final = 60.0

_SETTINGS: Final = (
    "core.fsmonitor=",
    "core.symlinks=false",
    "core.quotePath=false",
    "safe.bareRepository=explicit",
    "submodule.recurse=false",
    "transfer.fsckObjects=true",
    "protocol.ext.allow=never",
    "advice.detachedHead=false",
    "init.defaultBranch=main",
    "commit.gpgSign=false",
    "gc.auto=0",
    "maintenance.auto=false",
)
_ENVIRONMENT: Final = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": "true",
    "LANGUAGE": "en",  # git's own sentences are shown to people, in the language of ours
}
# Patterns, not compiled ones: the forge's hooks import this, and most of them print nothing.
_UNPRINTABLE: Final = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]"
_ESCAPES: Final = "\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|[@-Z\\\\-_])"


class GitFailed(LabError):
    """A git command ended with an error, or at its deadline. `completed` is what it left."""

    def __init__(self, message: str, completed: process.Completed) -> None:
        super().__init__(message)
        self.completed = completed


def plain(text: str) -> str:
    """The text as it is safe to print: without terminal escapes, control characters and direction marks (robustness S31)."""
    return re.sub(_UNPRINTABLE, "", re.sub(_ESCAPES, "", text))


def identity(name: str, email: str, *, date: str = "") -> dict[str, str]:
    """The environment that makes somebody author and committer. `date` is any date git reads; empty means now."""
    who = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in (("NAME", name), ("EMAIL", email))}
    return who | ({"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date} if date else {})


@functools.cache
def version() -> tuple[int, ...]:
    """The version of the installed git, as numbers.

    Raises:
        WorldUnavailable: git is missing, or older than `MINIMUM`.
    """
    said = process.run(["git", "version"], cwd="/", timeout=TIMEOUT, env=process.environment()).output
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", said)
    numbers = tuple(int(part or 0) for part in found.groups()) if found else ()
    if numbers[:2] < MINIMUM:
        wanted = ".".join(map(str, MINIMUM))
        raise WorldUnavailable(
            f"The installed git is '{plain(said).strip()}', and the lab needs {wanted} or newer.", remedy="Install a newer git."
        )
    return numbers


class Git:
    """Git in one repository (`directory`: a clone, or a bare repository).

    `actor` is who acts: it is the identity of commits (unless `env` says otherwise, see `identity`) and `LAB_ACTOR` for the
    forge that is pushed to. `env` is added to the environment of every call.
    """

    def __init__(self, directory: Path, *, actor: str = "lab", env: Mapping[str, str] | None = None) -> None:
        self.directory = directory
        self.actor = actor
        self.env = dict(env or {})

    def run(
        self,
        *args: str,
        check: bool = True,
        stdin: bytes = b"",
        timeout: float = TIMEOUT,
        hooks: bool = False,
        join: bool = False,
        env: Mapping[str, str] | None = None,
    ) -> process.Completed:
        """Run `git ARGS` here. `hooks` lets the repository's own hooks run, `join` puts standard error into `output`.

        `timeout` is in seconds. Names that come from outside belong behind `--`, or in full (`refs/heads/…`).

        Raises:
            GitFailed: `check` is wanted and git said no or did not end in time.
            WorldUnavailable: git or the directory is missing.
        """
        done = _call(
            *args, directory=self.directory, hooks=hooks, stdin=stdin, timeout=timeout, join=join, env=self._environment() | dict(env or {})
        )
        if check and not done.is_success:
            raise _failure(args, done)
        return done

    def _environment(self) -> dict[str, str]:
        bare = {"GIT_DIR": str(self.directory)} if is_bare(self.directory) else {}
        return bare | {"LAB_ACTOR": self.actor} | identity(self.actor, f"{self.actor}@harborline.example") | self.env

    def out(self, *args: str, check: bool = True, timeout: float = TIMEOUT) -> str:
        """What `git ARGS` prints, stripped; empty when it failed and `check` is off."""
        done = self.run(*args, check=check, timeout=timeout)
        return done.output.strip() if done.is_success else ""

    def lines(self, *args: str, check: bool = True, timeout: float = TIMEOUT) -> list[str]:
        """What `git ARGS` prints, as lines. With `-z` among the words, split at NUL instead: names may hold newlines."""
        done = self.run(*args, check=check, timeout=timeout)
        output = done.output if done.is_success else ""
        return [name for name in output.split("\0") if name] if "-z" in args else output.splitlines()

    @classmethod
    def init(cls, directory: Path, *, bare: bool = False, branch: str = "main", actor: str = "lab") -> Git:
        """Make an empty repository, without the machine's template."""
        directory.mkdir(parents=True, exist_ok=True)
        words = ["init", "--quiet", "--template=", f"--initial-branch={branch}", *(["--bare"] if bare else []), "--", str(directory)]
        done = _call(*words, directory=directory, env={})
        if not done.is_success:
            raise _failure(words, done)
        return cls(directory, actor=actor)

    @classmethod
    def clone(  # noqa: PLR0913 - the settings of one call, all with defaults
        cls,
        source: Path | str,
        target: Path,
        *,
        branch: str | None = None,
        shared: bool = False,
        bare: bool = False,
        single: bool = False,
        checkout: bool = True,
        actor: str = "lab",
        env: Mapping[str, str] | None = None,
        timeout: float = 120.0,
    ) -> Git:
        """Clone `source` into `target`. `shared` borrows the source's objects: only for a throwaway clone of our own forge.

        Otherwise objects are copied over the wire protocol (robustness S7: no links into the source).

        Raises:
            GitFailed: the source is not there or is no repository, or `branch` does not exist in it.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        flags = ["--shared"] if shared else ["--no-local", "--no-hardlinks"]
        flags += ["--bare"] if bare else []
        flags += ["--single-branch"] if single else []
        flags += [] if checkout else ["--no-checkout"]
        flags += [f"--branch={branch}"] if branch else []
        words = ["clone", "--quiet", "--template=", "--no-recurse-submodules", *flags, "--", str(source), str(target)]
        done = _call(*words, directory=target.parent, timeout=timeout, env={"LAB_ACTOR": actor} | dict(env or {}), safe=str(source))
        if not done.is_success:
            raise _failure(words, done)
        return cls(target, actor=actor, env=env)


def is_bare(directory: Path) -> bool:
    """Whether the directory itself is a repository, with no work tree around it."""
    return not (directory / ".git").exists() and (directory / "HEAD").is_file() and (directory / "objects").is_dir()


def _call(  # noqa: PLR0913 - private, each is used
    *args: str,
    directory: Path,
    env: Mapping[str, str],
    hooks: bool = False,
    stdin: bytes = b"",
    timeout: float = TIMEOUT,
    join: bool = False,
    safe: str = "",
) -> process.Completed:
    """One git process. `safe` is the one directory that may belong to somebody else (robustness S5: never '*')."""
    settings = [*_SETTINGS, f"safe.directory={safe or directory}", *([] if hooks else ["core.hooksPath=/dev/null"])]
    words = ["git", "--no-pager", *(word for setting in settings for word in ("-c", setting)), *args]
    full = process.environment(_ENVIRONMENT | {"GIT_CEILING_DIRECTORIES": str(directory.parent)} | dict(env))
    return process.run(words, cwd=directory, timeout=timeout, env=full, stdin=stdin, join=join)


def _failure(args: tuple[str, ...] | list[str], done: process.Completed) -> GitFailed:
    verb = next((word for word in args if not word.startswith("-")), "git")
    if done.timed_out:
        return GitFailed(f"'git {verb}' was stopped after {done.seconds:.0f} s.", done)
    said = [line for line in plain(done.errors or done.output).splitlines() if line.strip()]
    return GitFailed(f"'git {verb}' ended with {done.returncode}: {' / '.join(said[-5:]) or 'it said nothing'}.", done)
