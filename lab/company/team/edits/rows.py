"""The rows of numbers in the team's own tests: found as literals, wherever and however they are written down."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING, Any

from lab.company.team.edits.base import TEAM_TESTS
from lab.company.team.patterns import NotPython, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lab.company.team.tree import Tree

Row = tuple[Any, ...]


def rows(source: Source) -> Iterator[tuple[ast.Tuple, Row]]:
    """Every tuple of literals in a list or tuple of such."""
    for holder in ast.walk(source.module):
        if isinstance(holder, ast.List | ast.Tuple):
            for node in holder.elts:
                if isinstance(node, ast.Tuple):
                    try:
                        yield node, ast.literal_eval(node)
                    except ValueError:
                        continue


def retold(tree: Tree, expected: Callable[[Row], Row | None]) -> dict[str, str | None]:
    """The team's test files in which each row ends as `expected` says; files that stay the same are left out."""
    changes: dict[str, str | None] = {}
    for path in tree.matching(TEAM_TESTS):
        try:
            source = Source(tree.read(path) or "")
        except NotPython:
            continue
        data = source.data
        for node, row in reversed(list(rows(source))):
            right = expected(row)
            if right is not None and right != row:
                last = node.elts[-1]
                data = data[: source.start(last)] + _literal(right[-1]).encode() + data[source.end(last) :]
        if data != source.data:
            changes[path] = data.decode()
    return changes


def _literal(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
