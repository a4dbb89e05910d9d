"""Edits of Python code by example, so that they find their place in a tree that has moved on."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, Final

from lab.company.team.edits.base import APP, Edit, Setting
from lab.company.team.patterns import Function, NotPython, Site, Source, fill, find, replace, source_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.company.team.tree import Tree

MOST: Final = 16


def sources(tree: Tree, *patterns: str) -> Iterator[tuple[str, Source]]:
    """The Python files that match, those that do not parse left out."""
    for path in tree.matching(*patterns):
        try:
            yield path, source_of(tree.read(path) or "")
        except NotPython:
            continue


def is_route(function: Function | None, route: str) -> bool:
    """Whether a function answers `route`, as in "POST /quotes", by its decorator."""
    verb, _, path = route.partition(" ")
    for decorator in function.decorator_list if function else ():
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute) and decorator.func.attr == verb.lower():
            told = [one.value for one in decorator.args if isinstance(one, ast.Constant)]
            if not told or path.endswith(str(told[0])):
                return True
    return False


def with_imports(text: str, lines: tuple[str, ...]) -> str:
    """The text with these import lines where a person would put them; names that are there already are left alone."""
    for line in lines:
        text = _with_import(text, line)
    return text


def _with_import(text: str, line: str) -> str:
    module, wanted = ast.parse(text), ast.parse(line).body[0]
    assert isinstance(wanted, ast.Import | ast.ImportFrom)
    imports = [
        node for node in module.body if isinstance(node, ast.Import | ast.ImportFrom) and getattr(node, "module", "") != "__future__"
    ]
    if all(any(_brings(node, wanted, one.name) for node in imports) for one in wanted.names):
        return text
    rows = text.splitlines(keepends=True)
    if not imports:
        first = module.body[0] if module.body else None
        at = (first.end_lineno or 0) if first is not None and ast.get_docstring(module) is not None else 0
        rows[at:at] = ["\n", line + "\n"] if at else [line + "\n", "\n"]
    elif _first_name(wanted) in sys.stdlib_module_names:
        before = [one for one in imports if _first_name(one) in sys.stdlib_module_names]
        later = [one for one in before if _order(ast.unparse(one)) > _order(line)]
        at = later[0].lineno - 1 if later else (before[-1].end_lineno or 0) if before else imports[0].lineno - 1
        rows[at:at] = [line + "\n"] if before else [line + "\n", "\n"]
    else:
        at = imports[-1].end_lineno or 0
        rows[at:at] = [line + "\n"]
    return "".join(rows)


def _brings(node: ast.Import | ast.ImportFrom, wanted: ast.Import | ast.ImportFrom, name: str) -> bool:
    if type(node) is not type(wanted) or getattr(node, "module", None) != getattr(wanted, "module", None):
        return False
    return any(one.name == name and one.asname is None for one in node.names)


def _first_name(node: ast.Import | ast.ImportFrom) -> str:
    return (node.names[0].name if isinstance(node, ast.Import) else node.module or "").split(".")[0]


def _order(line: str) -> tuple[bool, str]:
    return line.startswith("from "), line.lower()


def with_top(text: str, block: str) -> str:
    """The text with a module-level block after its imports."""
    if not block.strip() or block.strip() in text:
        return text
    module = ast.parse(text)
    imports = [node for node in module.body if isinstance(node, ast.Import | ast.ImportFrom)]
    rows = text.splitlines(keepends=True)
    at = imports[-1].end_lineno or 0 if imports else 0
    rows[at:at] = ["\n", block.strip() + "\n"]
    return "".join(rows)


class Rewrite(Edit):
    """Replace an expression or statements, in place. `find` may be several patterns, tried in order.

    `twin` is the harmless rewriting of the same place; `prefer` are words near the likeliest place; `route` limits the search to
    the function that answers it; `imports` and `top` (module level, after the imports) go into the same file, of the twin too if
    they are named `twin_…`.
    """

    find: str | tuple[str, ...]
    replace: str
    twin: str | None = None
    files: tuple[str, ...] = APP
    prefer: tuple[str, ...] = ()
    route: str = ""
    imports: tuple[str, ...] = ()
    twin_imports: tuple[str, ...] = ()
    top: str = ""
    twin_top: str = ""
    every: bool = False

    @property
    def patterns(self) -> tuple[str, ...]:
        """The patterns, in order."""
        return (self.find,) if isinstance(self.find, str) else self.find

    def sought(self) -> str:
        """The pattern and where it was looked for."""
        near = f" near {' or '.join(repr(word) for word in self.prefer)}" if self.prefer else ""
        return f"'{self.patterns[0].strip()}'{near} in {', '.join(self.files)}"

    def candidates(self, tree: Tree, on: Setting) -> Iterator[Tree]:
        """One tree for each place, the likeliest first; with `every`, one for each file with all its places."""
        found = [
            (path, source, site)
            for pattern in self.patterns
            for path, source in sources(tree, *self.files)
            for site in find(source, pattern)
        ]
        if self.route:
            found = [one for one in found if is_route(one[2].function, self.route)]
        if self.every:
            yield from self._everywhere(tree, on)
            return
        found.sort(key=lambda one: -self._likeness(one[0], one[2]))
        for path, source, site in found[:MOST]:
            text = replace(source, site, on.fill(self._template(on)))
            if text is not None:
                yield tree.with_changes({path: self._completed(text, on)})

    def _template(self, on: Setting) -> str:
        return self.twin if on.is_twin and self.twin is not None else self.replace

    def _everywhere(self, tree: Tree, on: Setting) -> Iterator[Tree]:
        changes: dict[str, str | None] = {}
        for path, source in sources(tree, *self.files):
            sites = sorted((site for pattern in self.patterns for site in find(source, pattern)), key=lambda site: -site.start)
            data = source.data
            for site in sites:
                data = data[: site.start] + fill(on.fill(self._template(on)), site).encode() + data[site.end :]
            if sites:
                changes[path] = self._completed(data.decode(), on)
        if changes:
            yield tree.with_changes(changes)

    def _completed(self, text: str, on: Setting) -> str:
        imports, top = (self.twin_imports, self.twin_top) if on.is_twin else (self.imports, self.top)
        return with_imports(with_top(text, on.fill(top)), imports)

    def _likeness(self, path: str, site: Site) -> int:
        name = site.function.name if site.function else ""
        places = ((site.segment, 4), (name, 2), (path, 1))
        return sum(weight for word in self.prefer for text, weight in places if word in text.lower())


class AtStart(Edit):
    """Put lines at the start of the function that answers `route`. `$FIRST` is its first parameter."""

    route: str
    text: str
    twin: str = ""
    imports: tuple[str, ...] = ()
    twin_imports: tuple[str, ...] = ()
    files: tuple[str, ...] = APP

    def sought(self) -> str:
        """The route."""
        return f"the function that answers '{self.route}' in {', '.join(self.files)}"

    def candidates(self, tree: Tree, on: Setting) -> Iterator[Tree]:
        """One tree for each function that may answer the route."""
        for path, source in sources(tree, *self.files):
            for function in source.functions():
                if not is_route(function, self.route):
                    continue
                body = function.body[1:] if ast.get_docstring(function) is not None and len(function.body) > 1 else function.body
                first = body[0]
                names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
                captured: dict[str, tuple[ast.AST, str]] = {"FIRST": (ast.Name(names[0]), names[0])} if names else {}
                site = Site(source.start(first), source.start(first), first.col_offset, captured, function, "")
                block = fill(on.fill(self.twin if on.is_twin else self.text), site)
                text = source.spliced(site.start, site.end, block + "\n" + " " * first.col_offset)
                yield tree.with_changes({path: with_imports(text, self.twin_imports if on.is_twin else self.imports)})


class Register(Edit):
    """Let the application answer the routes of a module in `app/routes/`."""

    module: str

    def sought(self) -> str:
        """The call."""
        return "the call of 'include_router' in app/"

    def candidates(self, tree: Tree, on: Setting) -> Iterator[Tree]:  # noqa: ARG002 - every edit has the same verb
        """The module included after the last one that is."""
        for path, source in sources(tree, *APP):
            calls = list(find(source, "$A.include_router($*REST)"))
            if not calls:
                continue
            application = calls[-1].captured["A"][1]
            holder = next(one for one in reversed(source.module.body) if source.start(one) <= calls[-1].start)
            if isinstance(holder, Function):
                continue
            end = source.end(holder)
            text = source.spliced(end, end, f"\n{application}.include_router({self.module}.router)")
            yield tree.with_changes({path: with_imports(text, (f"from app.routes import {self.module}",))})


class Unregister(Edit):
    """Take a module of `app/routes/` out of the application."""

    module: str

    def sought(self) -> str:
        """The call."""
        return f"'include_router({self.module}.router)' in app/"

    def candidates(self, tree: Tree, on: Setting) -> Iterator[Tree]:
        """The application without it."""
        if on.is_twin:
            return
        for path, source in sources(tree, *APP):
            for site in find(source, f"$A.include_router({self.module}.router)"):
                text = _without_line(source, site.start, site.end)
                yield tree.with_changes({path: _without_import(text, self.module)})


def _without_line(source: Source, start: int, end: int) -> str:
    data = source.data
    first = data.rfind(b"\n", 0, start) + 1
    last = data.find(b"\n", end) + 1 or len(data)
    return source.spliced(first, last, "")


def _without_import(text: str, name: str) -> str:
    source = Source(text)
    for node in source.module.body:
        if isinstance(node, ast.ImportFrom) and any(one.name == name for one in node.names):
            kept = [one for one in node.names if one.name != name]
            if not kept:
                return _without_line(source, source.start(node), source.end(node))
            return source.spliced(source.start(node), source.end(node), ast.unparse(ast.ImportFrom(node.module, kept, node.level)))
    return text
