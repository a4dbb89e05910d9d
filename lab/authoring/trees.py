"""How far a trap is from its solution, in lines."""

from __future__ import annotations

import difflib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from lab import rooms
from lab.company.founding import tree_files
from lab.company.git import Git
from lab.gameday.laying import lay

if TYPE_CHECKING:
    from lab.company.company import Company


def changed_lines(company: Company, trap: Path, solution: Path) -> int:
    """How many lines a trap changes on the solution it is built upon; new ones, not blank ones and comments.

    `company` stands at the start of the trap's stage. Live scripts count with their own lines: there is no tree that they change.

    Raises:
        LabError: a layer could not be laid.
    """
    with tempfile.TemporaryDirectory(prefix=rooms.prefix("trap")) as folder:
        before, after = Path(folder) / "before", Path(folder) / "after"
        Git.clone(str(company.forge.path(company.repository)), before)
        lay(solution, before)
        shutil.copytree(before, after, symlinks=True)
        lay(trap, after)
        names = {path.relative_to(after) for path in tree_files(after)}
        total = sum(_new_lines(before / name, after / name) for name in names if name.parts[0] != ".git")
    return total + sum(_new_lines(solution / "live" / path.name, path) for path in sorted((trap / "live").glob("*.sh")))


def _new_lines(old: Path, new: Path) -> int:
    """The lines of `new` that `old` lacks."""
    before, after = ([line.strip() for line in _lines(path)] for path in (old, new))
    added = (line[2:] for line in difflib.ndiff(before, after) if line.startswith("+ "))
    return sum(1 for line in added if line and not line.startswith("#"))


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
