"""Lays a reference solution over a work tree: its `files/`, then its `solve.sh`."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Final

from lab import process
from lab.errors import LabError

if TYPE_CHECKING:
    from pathlib import Path

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
