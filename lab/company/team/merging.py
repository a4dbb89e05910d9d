"""A three-way merge of one change, for a tree in which the place was not found: git does it, file by file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from lab import rooms
from lab.company.git import Git

if TYPE_CHECKING:
    from lab.company.team.tree import Tree


def merged(start: Tree, ours: Tree, theirs: Tree) -> Tree | None:
    """`ours` with what `theirs` changed in `start`; None when a file is gone or the two do not go together."""
    changes: dict[str, str | None] = {}
    for path, new in theirs.changed.items():
        old, now = start.read(path), ours.read(path)
        if new in (old, now):
            continue
        if old is None or now is None or new is None:
            changes[path] = new
            continue
        text = _merge_file(old=old, ours=now, theirs=new)
        if text is None:
            return None
        changes[path] = text
    return ours.with_changes(changes) if changes else None


def _merge_file(*, old: str, ours: str, theirs: str) -> str | None:
    with tempfile.TemporaryDirectory(prefix=rooms.prefix("merge")) as folder:
        room = Path(folder)
        for name, text in (("ours", ours), ("old", old), ("theirs", theirs)):
            (room / name).write_text(text, encoding="utf-8")
        done = Git(room).run("merge-file", "-p", "--", "ours", "old", "theirs", check=False)
        return done.output if done.is_success else None
