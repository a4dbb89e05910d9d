"""A tree of files as text, with changes laid over it: what edits work on, before anything is written."""

from __future__ import annotations

import os
import shutil
from fnmatch import fnmatch
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SKIPPED: Final = frozenset(
    {".git", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".nox", ".pytest_cache", ".mypy_cache", ".ruff_cache"}
)
LARGEST: Final = 400_000  # bytes; what is larger is no text that a colleague edits
RUNNING: Final = ("app", "data", "migrations", "VERSION")  # what the running shop is made of


class _Disk:
    """What lies under a root: listed once and each file read once, for all trees that are changed from it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._texts: dict[str, str | None] = {}

    @cached_property
    def paths(self) -> frozenset[str]:
        """The paths of all files, generated folders left out."""
        found = []
        for folder, folders, names in os.walk(self.root):
            folders[:] = [name for name in folders if name not in SKIPPED]
            found += [(Path(folder) / name).relative_to(self.root).as_posix() for name in names]
        return frozenset(found)

    def read(self, path: str) -> str | None:
        """The text of a file; None if it is not there, is a link, or is no text."""
        if path not in self._texts:
            self._texts[path] = self._text(self.root / path)
        return self._texts[path]

    def _text(self, place: Path) -> str | None:
        try:
            if place.is_symlink() or not place.is_file() or place.stat().st_size > LARGEST:
                return None
            return place.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None


class Tree:
    """The files under `root`, with `changed` over them (None: deleted). Frozen: `with_changes` gives another."""

    def __init__(self, root: Path, changed: Mapping[str, str | None] | None = None, *, disk: _Disk | None = None) -> None:
        self.root = root
        self.changed = dict(changed or {})
        self._disk = disk or _Disk(root)

    def with_changes(self, changes: Mapping[str, str | None]) -> Tree:
        """This tree after `changes`; a change that changes nothing is dropped."""
        merged = self.changed | dict(changes)
        return Tree(self.root, {path: text for path, text in merged.items() if self._disk.read(path) != text}, disk=self._disk)

    def read(self, path: str) -> str | None:
        """The text of a file; None if it is not there, is a link, or is no text."""
        return self.changed[path] if path in self.changed else self._disk.read(path)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """All paths, in order, those of generated folders left out."""
        found = self._disk.paths | {path for path, text in self.changed.items() if text is not None}
        return tuple(sorted(found - {path for path, text in self.changed.items() if text is None}))

    def matching(self, *patterns: str) -> list[str]:
        """The paths that match one of the patterns; `*` also crosses folders."""
        return [path for path in self.paths if any(fnmatch(path, pattern) for pattern in patterns)]

    def digest(self) -> str:
        """A name for what the running shop is made of: equal trees, equal names."""
        total = sha256()
        for path in self.matching("app/*", "data/*", "migrations/*", "requirements*"):
            total.update(f"{path}\0{self.read(path)}\0".encode())
        return total.hexdigest()[:24]

    def write(self, target: Path) -> None:
        """Write the changes into the folder `target`."""
        for path, text in self.changed.items():
            place = target / path
            if text is None:
                place.unlink(missing_ok=True)
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")

    def lay_out(self, target: Path) -> Path:
        """Put a copy of what runs into `target`, changes included; gives `target`."""
        for name in RUNNING:
            source = self.root / name
            if source.is_dir() and not source.is_symlink():
                shutil.copytree(source, target / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
            elif source.is_file():
                target.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target / name)
        Tree(target, self.changed).write(target)
        return target
