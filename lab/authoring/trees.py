"""Lays solutions and traps over a learner's tree: `files/`, then `solve.sh`, then one commit on the forge's main."""

from __future__ import annotations

import difflib
import os
import shutil
from typing import TYPE_CHECKING, Final

from lab import process
from lab.company.founding import tree_files
from lab.company.git import Git
from lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lab.company.company import Company

SECONDS: Final = 60.0
LEARNER: Final = "learner"


def lay(layer: Path, tree: Path) -> None:
    """Lay one solution or trap over a work tree.

    Raises:
        LabError: its solve.sh failed; the message has its last lines.
    """
    files = layer / "files"
    for path in tree_files(files) if files.is_dir() else ():
        target = tree / path.relative_to(files)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    script = layer / "solve.sh"
    if script.is_file():
        env = process.environment({"HOME": str(tree.parent), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"})
        done = process.run(["sh", str(script)], cwd=tree, timeout=SECONDS, env=env)
        if not done.is_success:
            raise LabError(f"'{script}' ended with {done.returncode}: {done.output.strip()[-300:]}")


def commit_layers(company: Company, layers: Sequence[Path], room: Path, *, message: str) -> str:
    """Lay `layers` over a clone of main and put the result onto main, past every ruleset; gives the new commit.

    Raises:
        LabError: a layer could not be laid.
    """
    bare = company.forge.path(company.repository)
    git = Git.clone(str(bare), room)
    for layer in layers:
        lay(layer, room)
    git.run("add", "--all")
    if not git.out("status", "--porcelain"):
        return git.out("rev-parse", "HEAD")
    git.run("commit", "--quiet", "--no-verify", "-m", message)
    Git(bare).run("fetch", "--quiet", "--no-write-fetch-head", "--", str(room), "HEAD:refs/heads/main")
    company.forge.reconcile()
    return git.out("rev-parse", "HEAD")


def changed_lines(layer: Path, base: Path) -> int:
    """How many lines a trap changes on its base solution: new or changed ones, without blank ones and comments."""
    total = 0
    for path in _told(layer):
        old = base / path.relative_to(layer)
        before = old.read_text(encoding="utf-8", errors="replace").splitlines() if old.is_file() else []
        after = path.read_text(encoding="utf-8", errors="replace").splitlines()
        new = (line[2:].strip() for line in difflib.ndiff(before, after) if line.startswith("+ "))
        total += sum(1 for line in new if line and not line.startswith("#"))
    return total


def _told(layer: Path) -> list[Path]:
    files = tree_files(layer / "files") if (layer / "files").is_dir() else []
    return [*files, *(path for path in (layer / "solve.sh", *sorted((layer / "live").glob("*.sh"))) if path.is_file())]
