"""Refactorings that keep every behaviour and every public name: what a good test does not notice."""

from __future__ import annotations

import ast
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final, Literal

from lab.company.team.edits.base import APP, TEAM_TESTS, Edit, Setting
from lab.company.team.edits.code import sources
from lab.company.team.patterns import Function, Source, find, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lab.company.team.tree import Tree

Changes = dict[str, "str | None"]
LIKELY: Final = ("pricing", "price", "inventory", "stock", "tables", "orders")
How = Literal[
    "extract-return", "name-result", "invert", "flip", "reorder", "rename-helper", "rename-local", "slots", "move-module", "move-test"
]


class Refactor(Edit):
    """One refactoring, `how`, somewhere in the app, money and stock first. `move-test` moves one of the team's test files."""

    how: How

    def sought(self) -> str:
        """What it needs."""
        return f"a place for the refactoring '{self.how}'"

    def candidates(self, tree: Tree, on: Setting) -> Iterator[Tree]:  # noqa: ARG002 - every edit has the same verb
        """One tree for each place."""
        for changes in HOWS[self.how](tree):
            yield tree.with_changes(changes)


def _likely(tree: Tree) -> list[tuple[str, Source]]:
    found = list(sources(tree, *APP))
    return sorted(found, key=lambda one: min((n for n, word in enumerate(LIKELY) if word in one[0]), default=len(LIKELY)))


def _rewritten(tree: Tree, pattern: str, template: str) -> Iterator[Changes]:
    for path, source in _likely(tree):
        for site in find(source, pattern):
            text = replace(source, site, template)
            if text is not None:
                yield {path: text}


def name_result(tree: Tree) -> Iterator[Changes]:
    """Name what is returned."""
    for path, source in _likely(tree):
        for site in find(source, "return $X"):
            if site.function is None or isinstance(site.captured["X"][0], ast.Name | ast.Constant) or "result" in ast.dump(site.function):
                continue
            text = replace(source, site, "result = $X\nreturn result")
            if text is not None:
                yield {path: text}


def invert(tree: Tree) -> Iterator[Changes]:
    """Say the exception last instead of first."""
    return _rewritten(tree, "if $C:\n    return $X\nreturn $Y", "if not ($C):\n    return $Y\nreturn $X")


def flip(tree: Tree) -> Iterator[Changes]:
    """Turn a comparison round."""
    return _rewritten(tree, "$A >= $B", "$B <= $A")


def slots(tree: Tree) -> Iterator[Changes]:
    """Give a value class slots."""
    return _rewritten(tree, "dataclass(frozen=True)", "dataclass(frozen=True, slots=True)")


def extract_return(tree: Tree) -> Iterator[Changes]:
    """Make what is returned a function of its own, where its parameters are the function's own."""
    for path, source in _likely(tree):
        for node in source.module.body:
            if not isinstance(node, ast.FunctionDef) or node.decorator_list or node.returns is None:
                continue
            last = node.body[-1]
            parts = _parameters(source, node, last)
            if parts is not None and isinstance(last, ast.Return) and last.value is not None:
                value, head = source.of(last.value), ", ".join(f"{name}: {kind}" for name, kind in parts.items())
                helper = f"\n\n\ndef _{node.name}_of({head}) -> {source.of(node.returns)}:\n    return {value}"
                end = source.end(node)
                call = f"_{node.name}_of({', '.join(parts)})"
                body = source.data[: source.start(last.value)] + call.encode() + source.data[source.end(last.value) : end]
                yield {path: (body + helper.encode() + source.data[end:]).decode()}


def _parameters(source: Source, function: ast.FunctionDef, last: ast.stmt) -> dict[str, str] | None:
    """The parameters that the returned expression uses; None when it uses other locals, or is not worth a function."""
    if not isinstance(last, ast.Return) or not isinstance(last.value, ast.Compare | ast.BinOp | ast.Call):
        return None
    if any(isinstance(node, ast.comprehension | ast.Lambda | ast.NamedExpr) for node in ast.walk(last.value)):
        return None
    kinds = {one.arg: source.of(one.annotation) for one in function.args.args if one.annotation is not None}
    assigned = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    used = {node.id for node in ast.walk(last.value) if isinstance(node, ast.Name)}
    if used & assigned or (used & {one.arg for one in function.args.args}) - set(kinds):
        return None
    return {name: kind for name, kind in kinds.items() if name in used} or None


def reorder(tree: Tree) -> Iterator[Changes]:
    """Swap two functions that stand side by side."""
    for path, source in _likely(tree):
        for one, other in zip(source.module.body, source.module.body[1:], strict=False):
            if isinstance(one, Function) and isinstance(other, Function) and not one.decorator_list and not other.decorator_list:
                first, second = source.of(one), source.of(other)
                between = source.data[source.end(one) : source.start(other)].decode()
                yield {path: source.spliced(source.start(one), source.end(other), second + between + first)}


def rename_helper(tree: Tree) -> Iterator[Changes]:
    """Rename a private function of a module."""
    for path, source in _likely(tree):
        for node in source.module.body:
            if isinstance(node, Function) and node.name.startswith("_"):
                word = re.compile(rf"(?<![\w.\"']){re.escape(node.name)}\b")
                changes: Changes = {}
                for other, text in ((other, tree.read(other) or "") for other in tree.matching(*APP)):
                    if word.search(text) and (other == path or f"import {node.name}" in text):
                        changes[other] = word.sub(f"{node.name}_inner", text)
                yield changes


def rename_local(tree: Tree) -> Iterator[Changes]:
    """Rename a variable of a function."""
    for path, source in _likely(tree):
        for function in source.functions():
            stored = [node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
            outer = {name for node in ast.walk(function) if isinstance(node, ast.Nonlocal | ast.Global) for name in node.names}
            for name in dict.fromkeys(one for one in stored if one not in outer and len(one) > 1):
                spots = sorted((node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == name), key=source.start)
                data = source.data
                for node in reversed(spots):
                    data = data[: source.start(node)] + f"the_{name}".encode() + data[source.end(node) :]
                yield {path: data.decode()}


def move_module(tree: Tree) -> Iterator[Changes]:
    """Move a module's code into another module; the old one passes its public names on."""
    for path, source in _likely(tree):
        place = PurePosixPath(path)
        if place.name == "__init__.py" or len(place.parts) != 2 or not any(isinstance(one, Function) for one in source.module.body):  # noqa: PLR2004 - app/X.py
            continue
        names = [name for one in source.module.body for name in _defined(one) if not name.startswith("_")]
        if {"settings", "app", "log", "now"} & set(names):
            continue
        inner = f"{place.stem}_rules"
        listed = "".join(f"    {name},\n" for name in sorted(names))
        shown = "".join(f'    "{name}",\n' for name in sorted(names))
        door = f'"""Moved to {inner}.py; the names are still here."""\n\nfrom app.{inner} import (\n{listed})\n\n__all__ = [\n{shown}]\n'
        yield {f"app/{inner}.py": source.text, path: door}


def _defined(node: Any) -> list[str]:
    if isinstance(node, Function | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [one.id for one in targets if isinstance(one, ast.Name)]


def move_test(tree: Tree) -> Iterator[Changes]:
    """Move one of the team's test files; a tree without any stays as it is."""
    for path in tree.matching(TEAM_TESTS):
        target = f"{path.removesuffix('.py')}_as_seen_by_customers.py"
        if "_as_seen_by_customers" not in path and tree.read(target) is None:
            yield {path: None, target: tree.read(path)}
            return
    yield {}


HOWS: Final[Mapping[str, Callable[[Tree], Iterator[Changes]]]] = {
    "extract-return": extract_return,
    "name-result": name_result,
    "invert": invert,
    "flip": flip,
    "reorder": reorder,
    "rename-helper": rename_helper,
    "rename-local": rename_local,
    "slots": slots,
    "move-module": move_module,
    "move-test": move_test,
}
