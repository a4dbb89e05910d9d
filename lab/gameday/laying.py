"""Lays a reference solution over a tree: its `files/`, then its `solve.sh`; and, for a company, one commit on the forge's `main`."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Final

from lab import process
from lab.company.git import Git
from lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lab.company.company import Company

SECONDS: Final = 60.0


def lay(layer: Path, tree: Path) -> None:
    """Lay one solution over a clone. Its script gets a cleared environment.

    Raises:
        LabError: its solve.sh failed; the message has its last lines.
    """
    if (layer / "files").is_dir():
        shutil.copytree(layer / "files", tree, dirs_exist_ok=True, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
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
