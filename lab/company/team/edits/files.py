"""Edits of files as text: new ones, lines, requirements, the tables."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

from lab.company.team.edits.base import Edit, Setting
from lab.company.team.edits.code import with_imports
from lab.company.team.edits.rows import retold
from lab.company.team.probe import newest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lab.company.team.tree import Tree


class AddFile(Edit):
    """A new file. `twin` is its text in the twin."""

    path: str
    text: str
    twin: str | None = None

    def candidates(self, tree: Tree, on: Setting) -> Iterator[Tree]:
        """The tree with the file; an existing one is replaced."""
        text = on.fill(self.twin if on.is_twin and self.twin is not None else self.text)
        if tree.read(on.fill(self.path)) != text:
            yield tree.with_changes({on.fill(self.path): text})

    def sought(self) -> str:
        """The path."""
        return f"room for '{self.path}'"


class DeleteFile(Edit):
    """A file less."""

    path: str

    def candidates(self, tree: Tree, on: Setting) -> Iterator[Tree]:
        """The tree without it."""
        path = on.fill(self.path)
        if tree.read(path) is not None and not on.is_twin:
            yield tree.with_changes({path: None})

    def sought(self) -> str:
        """The path."""
        return f"the file '{self.path}'"


class Append(Edit):
    """Lines at the end of a file, which is made if it is not there."""

    path: str
    text: str
    twin: str | None = None
    imports: tuple[str, ...] = ()

    def candidates(self, tree: Tree, on: Setting) -> Iterator[Tree]:
        """The longer file."""
        old = tree.read(self.path) or ""
        text = on.fill(self.twin if on.is_twin and self.twin is not None else self.text)
        if old and self.path.endswith(".py"):
            text = f"\n\n{_without_docstring(text)}"
        longer = f"{old.rstrip()}\n{text}" if old else text.lstrip("\n")
        try:
            yield tree.with_changes({self.path: with_imports(longer, self.imports) if self.imports else longer})
        except SyntaxError:
            return


def _without_docstring(text: str) -> str:
    """A module that is put behind another needs no docstring of its own."""
    return re.sub(r'^\s*""".*?"""\s*', "", text, count=1, flags=re.DOTALL) if text.lstrip().startswith('"""') else text.lstrip("\n")


class Lines(Edit):
    """The first match of a regular expression replaced, in the first file that has one."""

    files: tuple[str, ...]
    find: str
    replace: str
    twin: str | None = None

    def candidates(self, tree: Tree, on: Setting) -> Iterator[Tree]:
        """One tree for each file with a match."""
        pattern = re.compile(on.fill(self.find), re.MULTILINE)
        new = self.twin if on.is_twin and self.twin is not None else self.replace
        for path in tree.matching(*self.files):
            text = tree.read(path)
            if text is not None and pattern.search(text):
                yield tree.with_changes({path: pattern.sub(on.fill(new), text, count=1)})

    def sought(self) -> str:
        """The expression."""
        return f"'{self.find}' in {', '.join(self.files)}"


class TablesChange(Edit):
    """The change of the tables that the entry names: `data/*.json`, and the team's own tests that follow from them.

    With `tests: false` the numbers in the tests stay as they were.
    """

    tests: bool = True

    def candidates(self, tree: Tree, on: Setting) -> Iterator[Tree]:
        """The tree with the patched tables."""
        before, after = on.oracle.data_files(on.tables), on.oracle.data_files(on.patched)
        changes: dict[str, str | None] = {path: text for path, text in after.items() if before[path] != text}
        if self.tests:
            changes |= retold(tree, lambda row: on.oracle.expected_row(row, on.patched))
        yield tree.with_changes(changes)


class Requirement(Edit):
    """A library in `requirements*`: added, or moved to another version; a hashed lock gets the hashes of our wheels."""

    name: str
    spec: str

    def candidates(self, tree: Tree, on: Setting) -> Iterator[Tree]:
        """The tree that asks for it."""
        changes: dict[str, str | None] = {}
        for path in tree.matching("requirements.in", "requirements.txt"):
            changes[path] = self._asked(tree.read(path) or "", on.wheels)
        if changes:
            yield tree.with_changes(changes)

    def _asked(self, text: str, wheels: Path | None) -> str:
        is_locked = "--hash=" in text
        line = self._locked(wheels) if is_locked else f"{self.name}{self.spec}"
        old = re.compile(rf"^{re.escape(self.name)}\b[^\n]*(?:(?<=\\)\n[^\n]*)*\n?", re.MULTILINE | re.IGNORECASE)
        if old.search(text):
            return old.sub(lambda _: line + "\n", text, count=1)
        rows = [*text.splitlines(), line]
        is_sorted = rows[:-1] == sorted(rows[:-1], key=str.lower) and not is_locked
        return "\n".join(sorted(rows, key=str.lower) if is_sorted else rows) + "\n"

    def _locked(self, wheels: Path | None) -> str:
        wheel = newest(wheels, self.name.lower(), self.spec) if wheels else None
        if wheel is None:
            return f"{self.name}{self.spec}"
        return f"{self.name}=={wheel.name.split('-')[1]} \\\n    --hash=sha256:{sha256(wheel.read_bytes()).hexdigest()}"

    def sought(self) -> str:
        """The files."""
        return "'requirements.txt' or 'requirements.in'"
