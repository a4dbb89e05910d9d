"""How far a trap is from its solution, in lines."""

from __future__ import annotations

import difflib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from lab import rooms
from lab.company.founding import tree_files
from lab.gameday.laying import commit_layers, lay

if TYPE_CHECKING:
    from collections.abc import Sequence


__all__ = ["changed_lines", "commit_layers"]


def changed_lines(layer: Path, base: Sequence[Path]) -> int:
    """How many lines a trap changes on its base solution (`base`: the folders below it); new ones, not blank ones and comments.

    Live scripts count with their own lines: there is no tree that they change.

    Raises:
        LabError: a layer could not be laid.
    """
    with tempfile.TemporaryDirectory(prefix=rooms.prefix("trap")) as folder:
        before, after = Path(folder) / "before", Path(folder) / "after"
        before.mkdir()
        for below in base:
            lay(below, before)
        shutil.copytree(before, after)
        lay(layer, after)
        total = sum(_new_lines(before / name, after / name) for name in {path.relative_to(after) for path in tree_files(after)})
    return total + sum(_new_lines(base[-1] / "live" / path.name, path) for path in sorted((layer / "live").glob("*.sh")))


def _new_lines(old: Path, new: Path) -> int:
    """The lines of `new` that `old` lacks."""
    before, after = ([line.strip() for line in _lines(path)] for path in (old, new))
    added = (line[2:] for line in difflib.ndiff(before, after) if line.startswith("+ "))
    return sum(1 for line in added if line and not line.startswith("#"))


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
