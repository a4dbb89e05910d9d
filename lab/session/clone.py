"""What the learner's clone holds that the forge does not, seen without running anything of the learner's.

git obeys a repository's own configuration: `git status` starts filters and monitors. So nothing is asked of the clone but
its files: a scratch repository borrows its objects and a copy of its index, and has a configuration of ours.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lab import rooms
from lab.company.git import Git
from lab.errors import LabError
from lab.report import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NAMED: Final = 3
_COPIED: Final = ("core.filemode", "core.ignorecase", "core.precomposeunicode", "core.autocrlf")
_HALF_DONE: Final = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "BISECT_LOG": "bisect",
}
_NO_COMMITS: Final = (
    "Your clone '{clone}' has no commits, so nothing of it is graded; what is on the forge is. "
    "Get that history: git -C '{clone}' fetch '{forge}' main && git -C '{clone}' reset FETCH_HEAD."
)
_SHA: Final = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Work:
    """The state of the clone. `branch` is empty when HEAD is detached, `head` empty when there is no commit.

    `changed` and `unknown` are paths that are not committed; `unpushed` and `unmerged` the first lines of commits that are
    on no branch of the forge, or on one but not on `main`. `problem` is a sentence when it could not be seen.
    """

    branch: str = ""
    head: str = ""
    changed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    unpushed: tuple[str, ...] = ()
    unmerged: tuple[str, ...] = ()
    half_done: str = ""
    problem: str = ""

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing that a commit would save."""
        return not (self.changed or self.unknown or self.half_done)

    def sentences(self) -> tuple[str, ...]:
        """What is not graded because it is not on the forge's `main`, a sentence each, in the order to act on."""
        if self.problem:
            return (self.problem,)
        told = []
        if self.half_done:
            told.append(f"A {self.half_done} is half done in your clone: finish it, or `git {self.half_done} --abort`.")
        files = (*self.changed, *self.unknown)
        if files:
            told.append(f"Not committed, so not graded: {_some(files, 'file')}.")
        if self.unpushed:
            where = f"'{plain.line(self.branch)}'" if self.branch else "a detached HEAD"
            told.append(f"Not pushed, so not graded: {_some(self.unpushed, 'commit')} on {where}.")
        if self.unmerged and not self.unpushed:
            told.append(f"Pushed but not on 'main', so not graded: {_some(self.unmerged, 'commit')} on '{plain.line(self.branch)}'.")
        return tuple(told)


def _some(names: Sequence[str], what: str) -> str:
    shown = ", ".join(f"'{plain.line(name)}'" for name in names[:_NAMED])
    return f"{plain.count(len(names), what)} ({shown}{', …' if len(names) > _NAMED else ''})"


def look(clone: Path, *, forge: Path, heads: Mapping[str, str]) -> Work:
    """Look at the clone. `forge` is the bare repository, `heads` its branches and their commits."""
    if not clone.is_dir():
        return Work(problem=f"Your clone '{clone}' is gone; what is on the forge is graded. Get it back: git clone '{forge}' '{clone}'.")
    folder = git_folder(clone)
    if folder is None:
        return Work(problem=f"'{clone}' is no git repository any more; what is on the forge is graded.")
    room = Path(tempfile.mkdtemp(prefix=rooms.prefix("look")))
    try:
        work = _looked(clone, folder, forge, heads, room)
        return work if work.head or work.sentences() else replace(work, problem=_NO_COMMITS.format(clone=clone, forge=forge))
    except (LabError, OSError) as problem:
        return Work(problem=f"Your clone could not be looked at: {plain.line(problem)}")
    finally:
        shutil.rmtree(room, ignore_errors=True)


def git_folder(clone: Path) -> Path | None:
    """The repository of a work tree: its `.git`, or what a `.git` file names; None if there is none."""
    entry = clone / ".git"
    if entry.is_file():
        text = entry.read_text(encoding="utf-8", errors="replace")
        entry = clone / text.removeprefix("gitdir:").strip() if text.startswith("gitdir:") else entry
    return entry.resolve() if (entry / "HEAD").exists() else None


def _looked(clone: Path, folder: Path, forge: Path, heads: Mapping[str, str], room: Path) -> Work:
    head, branch = head_of(folder)
    git = scratch(clone, folder, forge, head, room)
    entries = git.lines("status", "--porcelain=v1", "-z", "--untracked-files=normal", "--ignore-submodules=all", "--no-renames")
    unknown = tuple(entry[3:] for entry in entries if entry.startswith("??"))
    known = [sha for sha in heads.values() if _SHA.fullmatch(sha)]
    main = heads.get("main", "")
    return Work(
        branch=branch,
        head=head,
        changed=tuple(entry[3:] for entry in entries if not entry.startswith("??")),
        unknown=unknown,
        unpushed=_subjects(git, head, known),
        unmerged=_subjects(git, head, [main]) if main else (),
        half_done=next((_HALF_DONE[path.name] for path in half_done_files(folder)), ""),
    )


def half_done_files(folder: Path) -> list[Path]:
    """The files by which a repository remembers a merge, rebase or the like that was not ended."""
    return [folder / name for name in _HALF_DONE if (folder / name).exists()]


def head_of(folder: Path) -> tuple[str, str]:
    """The commit of HEAD (empty for none) and its branch (empty for none). Only names are resolved: nothing runs."""
    told = (folder / "HEAD").read_text(encoding="utf-8", errors="replace").strip()
    branch = told.removeprefix("ref: refs/heads/") if told.startswith("ref: refs/heads/") else ""
    reader = Git(folder, env={"GIT_DIR": str(folder)})
    return reader.out("rev-parse", "--verify", "--quiet", "HEAD", check=False), branch


def scratch(clone: Path, folder: Path, forge: Path, head: str, room: Path) -> Git:
    """A repository of ours, in `room`, over the clone's work tree: borrowed objects, a copied index, no filter, no monitor."""
    common = common_folder(folder)
    (room / "refs").mkdir()
    (room / "objects" / "info").mkdir(parents=True)
    borrowed = (common / "objects", forge / "objects")
    (room / "objects" / "info" / "alternates").write_text("".join(f"{path}\n" for path in borrowed), encoding="utf-8")
    (room / "HEAD").write_text(f"{head}\n" if head else "ref: refs/heads/none\n", encoding="utf-8")
    for index in (folder / "index", *folder.glob("sharedindex.*")):
        if index.is_file() and not index.is_symlink():
            shutil.copyfile(index, room / index.name)
    exclude = common / "info" / "exclude"
    if exclude.is_file():
        (room / "info").mkdir()
        shutil.copyfile(exclude, room / "info" / "exclude")
    settings = "".join(f"\t{name.partition('.')[2]} = {value}\n" for name, value in _settings(common).items())
    (room / "config").write_text(f"[core]\n\trepositoryformatversion = 0\n\tbare = false\n{settings}", encoding="utf-8")
    return Git(clone, env={"GIT_DIR": str(room), "GIT_WORK_TREE": str(clone), "GIT_OPTIONAL_LOCKS": "0"})


def _settings(common: Path) -> dict[str, str]:
    """The clone's settings that say what its file system can do, and no others."""
    reader = Git(common, env={"GIT_DIR": str(common)})
    told = reader.lines("config", "--file", str(common / "config"), "--list", "-z", check=False)
    found = dict(line.partition("\n")[::2] for line in told)
    return {name: found[name] for name in _COPIED if found.get(name) in {"true", "false", "input"}}


def common_folder(folder: Path) -> Path:
    """The repository that a linked work tree shares."""
    note = folder / "commondir"
    return (folder / note.read_text(encoding="utf-8").strip()).resolve() if note.is_file() else folder


def _subjects(git: Git, head: str, known: Sequence[str]) -> tuple[str, ...]:
    """The first lines of commits of `head` that none of `known` has, newest first."""
    if not head:
        return ()
    words = ["log", "--format=%s", "-z", "--max-count=50", head, *(["--not", *known] if known else []), "--"]
    return tuple(subject.strip() for subject in git.lines(*words, check=False))
