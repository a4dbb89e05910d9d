"""Finds Python code by example and replaces it in place, so that all around it keeps its format.

In a pattern `$X` is any expression or name (the same each time), `$*X` any number of arguments or statements:

    $A >= $B.limit              $X.quantize($C, rounding=ROUND_HALF_UP)              return $X
"""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ONE: Final = "metavariable_one_"
_MANY: Final = "metavariable_many_"
_SIGN: Final = re.compile(r"\$(\*?)([A-Z][A-Z0-9_]*)")
_IGNORED: Final = frozenset({"ctx", "type_comment", "kind", "lineno", "col_offset", "end_lineno", "end_col_offset"})
_ATOMS: Final = (ast.Name, ast.Constant, ast.Call, ast.Attribute, ast.Subscript, ast.List, ast.Dict, ast.Set, ast.JoinedStr, ast.ListComp)
_TIGHT: Final = (ast.BinOp, ast.UnaryOp, ast.Attribute, ast.Starred, ast.Await)
_LOOSE: Final = (ast.Compare, ast.BoolOp, ast.IfExp, ast.Lambda, ast.NamedExpr)
Function = ast.FunctionDef | ast.AsyncFunctionDef


class NotPython(ValueError):
    """The pattern or the file is not Python."""


@dataclass(frozen=True)
class Site:
    """One place that a pattern fits: byte offsets in the file, what each metavariable stands for, the function around it."""

    start: int
    end: int
    indent: int
    captured: dict[str, tuple[ast.AST, str]]
    function: Function | None
    segment: str


class Source:
    """One Python file, parsed.

    Raises:
        NotPython: it does not parse.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.data = text.encode()
        try:
            self.module = ast.parse(text)
        except (SyntaxError, ValueError) as problem:
            raise NotPython(str(problem)) from problem
        self._lines = [0]
        for line in self.data.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    @cached_property
    def nodes(self) -> list[tuple[ast.AST, Function | None]]:
        """Every node with the function around it, in the order of the text; the module itself comes last."""
        return [*_walk(self.module, None), (self.module, None)]

    def offset(self, line: int, column: int) -> int:
        """The byte offset of a line (from 1) and a column in bytes (from 0), as `ast` counts them."""
        return self._lines[line - 1] + column

    def start(self, node: Any) -> int:
        """Where a node begins, its decorators included."""
        first = min([node, *getattr(node, "decorator_list", [])], key=lambda one: int(one.lineno))
        return self.offset(node.lineno, node.col_offset) if first is node else self.offset(first.lineno, first.col_offset - 1)

    def end(self, node: Any) -> int:
        """Where a node ends."""
        return self.offset(node.end_lineno, node.end_col_offset)

    def of(self, node: ast.AST) -> str:
        """The text of a node."""
        return self.data[self.start(node) : self.end(node)].decode()

    def spliced(self, start: int, end: int, text: str) -> str:
        """The whole text with the bytes from `start` to `end` replaced."""
        return (self.data[:start] + text.encode() + self.data[end:]).decode()

    def functions(self) -> Iterator[Function]:
        """Every function and method."""
        return (node for node in ast.walk(self.module) if isinstance(node, Function))


@lru_cache(maxsize=512)
def source_of(text: str) -> Source:
    """The file of this text, parsed once.

    Raises:
        NotPython: it does not parse.
    """
    return Source(text)


def _readable(pattern: str) -> str:
    return _SIGN.sub(lambda sign: (_MANY if sign[1] else _ONE) + sign[2], textwrap.dedent(pattern).strip())


def parsed(pattern: str) -> list[ast.AST]:
    """A pattern as nodes: one expression, or statements.

    Raises:
        NotPython: it is neither.
    """
    try:
        body = ast.parse(_readable(pattern)).body
    except SyntaxError as problem:
        raise NotPython(f"the pattern is not Python: {pattern!r}") from problem
    if len(body) == 1 and isinstance(body[0], ast.Expr):
        return [body[0].value]
    return list(body)


def find(source: Source, pattern: str) -> Iterator[Site]:
    """Every place in the file that the pattern fits, in the order of the text."""
    wanted = parsed(pattern)
    kind = type(wanted[0])
    for node, function in source.nodes:
        if issubclass(kind, ast.expr):
            if type(node) is kind and (found := _fits(wanted[0], node, {})) is not None:
                yield _site(source, node, node, found, function)
            continue
        for block in _blocks(node):
            for place in range(len(block) - len(wanted) + 1):
                part = block[place : place + len(wanted)]
                found = _fit_all(wanted, part, {})
                if found is not None:
                    yield _site(source, part[0], part[-1], found, function if not isinstance(node, Function) else node)


def _walk(node: ast.AST, function: Function | None) -> Iterator[tuple[ast.AST, Function | None]]:
    for child in ast.iter_child_nodes(node):
        inner = child if isinstance(child, Function) else function
        yield child, function
        yield from _walk(child, inner)


def _blocks(node: ast.AST) -> Iterator[list[Any]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list) and block:
            yield block


def _site(source: Source, first: Any, last: Any, found: dict[str, ast.AST | str], function: Function | None) -> Site:
    captured = {name: (node, source.of(node)) if isinstance(node, ast.AST) else (ast.Name(node), node) for name, node in found.items()}
    if function is not None:
        names = [one.arg for one in (*function.args.posonlyargs, *function.args.args) if one.arg not in ("self", "cls")]
        captured |= {"FIRST": (ast.Name(names[0]), names[0])} if names else {}
        captured["FUNCTION"] = (ast.Name(function.name), function.name)
    start, end = source.start(first), source.end(last)
    return Site(start, end, first.col_offset, captured, function, source.data[start:end].decode())


def _fits(wanted: Any, node: Any, found: dict[str, Any]) -> dict[str, Any] | None:  # noqa: PLR0911 - one answer for each kind of node
    """What the metavariables stand for if `node` looks like `wanted`, else None."""
    if isinstance(wanted, ast.Name) and wanted.id.startswith(_ONE):
        return _bind(wanted.id.removeprefix(_ONE), node, found) if isinstance(node, ast.expr) else None
    if isinstance(wanted, ast.AST):
        if type(wanted) is not type(node):
            return None
        for name in wanted._fields:
            if name not in _IGNORED:
                known = _fits(getattr(wanted, name, None), getattr(node, name, None), found)
                if known is None:
                    return None
                found = known
        return found
    if isinstance(wanted, list):
        return _fit_all(wanted, node, found) if isinstance(node, list) else None
    if isinstance(wanted, str) and wanted.startswith(_ONE):
        return _bind(wanted.removeprefix(_ONE), node, found) if isinstance(node, str) else None
    return found if wanted == node and type(wanted) is type(node) else None


def _bind(name: str, node: Any, found: dict[str, Any]) -> dict[str, Any] | None:
    known = found.get(name)
    if known is None:
        return {**found, name: node}
    return found if _dump(known) == _dump(node) else None


def _dump(node: Any) -> str:
    return ast.dump(node) if isinstance(node, ast.AST) else repr(node)


def _many(wanted: Any) -> bool:
    inner = wanted.value if isinstance(wanted, ast.Expr | ast.Starred) else wanted
    return isinstance(inner, ast.Name) and inner.id.startswith(_MANY)


def _fit_all(wanted: Sequence[Any], nodes: Sequence[Any], found: dict[str, Any]) -> dict[str, Any] | None:
    if not wanted:
        return found if not nodes else None
    if _many(wanted[0]):
        for taken in range(len(nodes) + 1):
            known = _fit_all(wanted[1:], nodes[taken:], found)
            if known is not None:
                return known
        return None
    if not nodes:
        return None
    known = _fits(wanted[0], nodes[0], found)
    return None if known is None else _fit_all(wanted[1:], nodes[1:], known)


def fill(template: str, site: Site) -> str:
    """The template with each metavariable replaced by the text that it stands for, in parentheses where they are needed."""
    text = textwrap.dedent(template).strip("\n")
    parents = _parents(text)

    def replaced(sign: re.Match[str]) -> str:
        node, words = site.captured.get(sign[2], (None, sign[0]))
        if node is None or isinstance(node, _ATOMS) or words.startswith("("):
            return words
        around = parents.get(sign[2])
        is_tight = isinstance(around, _TIGHT) or (isinstance(around, ast.Compare | ast.BoolOp) and isinstance(node, _LOOSE))
        return f"({words})" if is_tight else words

    filled = _SIGN.sub(replaced, text)
    return textwrap.indent(filled, " " * site.indent)[site.indent :] if "\n" in filled else filled


def _parents(template: str) -> dict[str, ast.AST]:
    try:
        module = ast.parse(_readable(template))
    except SyntaxError:
        return {}
    found = {}
    for node in ast.walk(module):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Name) and child.id.startswith(_ONE):
                found[child.id.removeprefix(_ONE)] = node
    return found


def replace(source: Source, site: Site, template: str) -> str | None:
    """The file's text with the site replaced; None when that would not be Python."""
    text = source.spliced(site.start, site.end, fill(template, site))
    try:
        ast.parse(text)
    except SyntaxError:
        return None
    return text
