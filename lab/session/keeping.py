"""Before the clone is changed, all of the learner's work is kept on a tag; then the clone follows the forge's `main`.

Done with a repository configuration of ours over the clone's own files, as in `clone.py`: no hook, filter or monitor runs.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lab import rooms
from lab.company.git import Git
from lab.session.clone import common_folder, git_folder, half_done_files, head_of, scratch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TAG: Final = "before-reset-"
_PATIENCE: Final = 300.0
_LINKS: Final = ("-c", "core.symlinks=true")


def keep(clone: Path, *, forge: Path, why: str) -> str:
    """Tag the clone's whole work, committed or not, as `before-reset-N`; gives the tag, empty when there is no clone.

    Ignored files stay where they are and are not in the tag.

    Raises:
        GitFailed: the tag could not be made; nothing was changed.
    """
    folder = git_folder(clone) if clone.is_dir() else None
    if folder is None:
        return ""
    head, _ = head_of(folder)
    with _ours(clone, folder, forge, head) as git:
        git.run(*_LINKS, "add", "--all", "--ignore-errors", timeout=_PATIENCE, check=False)
        tree = git.out("write-tree")
        same = bool(head) and git.out("rev-parse", f"{head}^{{tree}}") == tree
        sha = head if same else git.out("commit-tree", *(["-p", head] if head else []), "-m", why, tree)
    refs = _plain(folder)
    name = f"{TAG}{1 + max(_numbers(refs), default=0)}"
    refs.run("update-ref", f"refs/tags/{name}", sha)
    return name


def follow(clone: Path, *, forge: Path, hidden: Sequence[str] = ()) -> None:
    """Put the clone on the forge's `main`, exactly; a clone that is gone is made again. Call `keep` before.

    `hidden` are tags that the company has taken back.

    Raises:
        GitFailed: the clone could not be changed, for example because a file in it can't be removed.
    """
    folder = git_folder(clone) if clone.is_dir() else None
    if folder is None:
        Git.clone(forge, clone)
        return
    head, _ = head_of(folder)
    with _ours(clone, folder, forge, head) as git:
        git.run("fetch", "--quiet", "--no-write-fetch-head", "--no-recurse-submodules", "--", str(forge),
                "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")  # fmt: skip
        found = dict(line.split(" ")[::-1] for line in git.lines("for-each-ref", "--format=%(objectname) %(refname)"))
        main = found["refs/remotes/origin/main"]
        git.run(*_LINKS, "add", "--all", "--ignore-errors", timeout=_PATIENCE, check=False)
        git.run(*_LINKS, "read-tree", "--reset", "-u", main, timeout=_PATIENCE)
        shutil.copyfile(Path(git.env["GIT_DIR"]) / "index", folder / "index")
    for path in half_done_files(folder):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    _point(_plain(folder), found, main, hidden)


def _point(refs: Git, found: dict[str, str], main: str, hidden: Sequence[str]) -> None:
    """Have the clone's own refs say what the forge's say; other branches and tags of the learner stay."""
    gone = [ref for ref in refs.lines("for-each-ref", "--format=%(refname)", "refs/remotes/origin") if ref not in found]
    orders = [f"update {ref} {sha}" for ref, sha in found.items()]
    orders += [f"delete {ref}" for ref in gone if ref != "refs/remotes/origin/HEAD"]
    orders += [f"delete refs/tags/{tag}" for tag in hidden if refs.out("tag", "--list", tag)]
    refs.run("symbolic-ref", "HEAD", "refs/heads/main")
    refs.run("update-ref", "--stdin", stdin="".join(f"{order}\n" for order in [*orders, f"update refs/heads/main {main}"]).encode())


def _numbers(refs: Git) -> list[int]:
    names = [line.removeprefix(TAG) for line in refs.lines("tag", "--list", f"{TAG}*")]
    return [int(name) for name in names if name.isdigit()]


def _plain(folder: Path) -> Git:
    """For refs only: what reads and writes names starts nothing of the learner's."""
    return Git(folder, env={"GIT_DIR": str(folder)})


@contextmanager
def _ours(clone: Path, folder: Path, forge: Path, head: str) -> Iterator[Git]:
    """A repository of ours over the clone, which writes new objects into the clone."""
    room = Path(tempfile.mkdtemp(prefix=rooms.prefix("keep")))
    try:
        git = scratch(clone, folder, forge, head, room)
        yield Git(clone, env={**git.env, "GIT_OBJECT_DIRECTORY": str(common_folder(folder) / "objects")})
    finally:
        shutil.rmtree(room, ignore_errors=True)
