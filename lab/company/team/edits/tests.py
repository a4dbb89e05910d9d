"""Edits that make the team's own tests say less: skipped, dropped, blunted, deselected, or agreed with a bug."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from lab.company.team.edits import pytest_settings
from lab.company.team.edits.base import TEAM_TESTS, Edit, Setting
from lab.company.team.edits.code import sources, with_imports
from lab.company.team.edits.rows import retold, rows
from lab.company.team.patterns import Function, NotPython, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.company.team.tree import Tree


class Weaken(Edit):
    """One of the team's tests is skipped, dropped, or asserts nothing; `prefer` are words in its name or its file's.

    The twin gets a remark in the same place.
    """

    how: Literal["skip", "drop", "blunt"]
    prefer: tuple[str, ...] = ()
    remark: str = "flaky on my machine"

    def sought(self) -> str:
        """The tests."""
        return f"a test in '{TEAM_TESTS}'"

    def candidates(self, tree: Tree, on: Setting) -> Iterator[Tree]:
        """One tree for each test, in an order that luck and the preferred words decide."""
        found = [
            (path, source, one)
            for path, source in sources(tree, TEAM_TESTS)
            for one in source.module.body
            if isinstance(one, Function) and one.name.startswith("test")
        ]
        on.luck.shuffle(found)
        found.sort(key=lambda one: -sum(word in f"{one[0]} {one[2].name}" for word in self.prefer))
        for path, source, test in found:
            text = self._remarked(source, test) if on.is_twin else self._weakened(source, test)
            if text is not None:
                yield tree.with_changes({path: text})

    def _remarked(self, source: Source, test: Function) -> str:
        start = source.start(test)
        return source.spliced(start, start, f"# {self.remark}\n")

    def _weakened(self, source: Source, test: Function) -> str | None:
        start = source.start(test)
        if self.how == "skip":
            text = source.spliced(start, start, f'@pytest.mark.skip(reason="{self.remark}")\n')
            return with_imports(text, ("import pytest",))
        if self.how == "drop":
            parts = (source.data[:start].decode().rstrip(), source.data[source.end(test) :].decode().strip())
            return "\n\n\n".join(part for part in parts if part) + "\n"
        asserts = [node for node in ast.walk(test) if isinstance(node, ast.Assert)]
        if not asserts:
            return None
        return source.spliced(source.start(asserts[-1].test), source.end(asserts[-1].test), "True")


class Agree(Edit):
    """The expected values in the team's tests are made to agree with what the changed tree answers. The twin gets a remark."""

    is_late: ClassVar[bool] = True
    remark: str = "checked again"

    def sought(self) -> str:
        """The rows."""
        return f"a row in '{TEAM_TESTS}' that the change makes wrong"

    def candidates(self, tree: Tree, on: Setting) -> Iterator[Tree]:
        """The tree whose tests agree with it; none if no test disagreed."""
        assert on.answers is not None
        asked: dict[str, dict[str, Any]] = {}
        for path in tree.matching(TEAM_TESTS):
            try:
                literals = [row for _, row in rows(Source(tree.read(path) or ""))]
            except NotPython:
                continue
            asked |= {repr(row): question for row in literals if (question := on.oracle.row_question(row))}
        came = dict(zip(asked, on.answers(list(asked.values())), strict=True))

        def agreed(row: tuple[Any, ...]) -> tuple[Any, ...] | None:
            question, answer = asked.get(repr(row)), came.get(repr(row))
            body = answer[1] if answer else None
            return (*row[:-1], body.get(question["field"])) if question and isinstance(body, dict) else None

        changes = retold(tree, agreed)
        if changes:
            yield tree.with_changes(changes)

    def remarked(self, tree: Tree, paths: list[str]) -> Tree:
        """The twin: the same test files, nothing but a remark in them."""
        return tree.with_changes({path: f"{(tree.read(path) or '').rstrip()}\n\n# {self.remark}\n" for path in paths})


class PytestSetting(Edit):
    """A setting of pytest, in whichever file this tree keeps them. `add` puts words behind what is there."""

    name: str
    value: str
    twin: str = ""
    add: bool = False

    def candidates(self, tree: Tree, on: Setting) -> Iterator[Tree]:
        """The tree with the setting."""
        value = on.fill(self.twin if on.is_twin else self.value)
        yield tree.with_changes(pytest_settings.changed(tree, self.name, value, is_added=self.add))
