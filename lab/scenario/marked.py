"""YAML read safely, with the line of every key and item remembered, so that a mistake can be pointed at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import yaml

from lab.errors import Problem

if TYPE_CHECKING:
    from pathlib import Path

SIZE_LIMIT: Final = 256_000
DEPTH_LIMIT: Final = 40
Where = tuple[str | int, ...]


@dataclass
class Marked:
    """A document's plain value and the line (from 1) of each path in it."""

    file: str
    value: Any = None
    lines: dict[Where, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, where: Where) -> int:
        """The line of `where`, or of the nearest thing around it."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)

    def complain(self, where: Where, message: str) -> None:
        """Note a mistake at `where`."""
        self.problems.append(Problem(self.file, self.line(where), message))


_FASTEST: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _flow_depth(text: str) -> int:
    """How deep brackets are nested, before any parser recurses over them; brackets in texts count too."""
    depth = deepest = 0
    for character in text:
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth = max(depth - 1, 0)
    return deepest


def read_marked(path: Path, *, name: str) -> Marked:
    """Read one YAML file; `name` is what messages call it. Mistakes are in `problems`, never raised.

    Aliases, files over 256 kB and nesting deeper than 40 are refused: a scenario has no use for them and a bomb has.
    """
    document = Marked(name)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        document.problems.append(Problem(name, 0, "the file is missing"))
        return document
    except (OSError, UnicodeDecodeError) as problem:
        document.problems.append(Problem(name, 0, f"the file can't be read: {problem}"))
        return document
    if _flow_depth(text) > DEPTH_LIMIT:
        document.problems.append(Problem(name, 0, f"it is nested deeper than {DEPTH_LIMIT} levels"))
        return document
    if len(text) > SIZE_LIMIT:
        document.problems.append(Problem(name, 0, f"the file has {len(text)} characters; at most {SIZE_LIMIT} are read"))
        return document
    try:
        node = yaml.compose(text, Loader=_FASTEST)
        if node is not None:
            document.value = _value(node, (), document, {})
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 0
        document.problems.append(Problem(name, line, f"this is not YAML: {problem.problem}"))
    except RecursionError:
        document.problems.append(Problem(name, 0, f"it is nested deeper than {DEPTH_LIMIT} levels"))
    return document


def _value(node: yaml.Node, where: Where, document: Marked, seen: dict[int, bool]) -> Any:
    document.lines.setdefault(where, node.start_mark.line + 1)
    if id(node) in seen:
        document.complain(where, "aliases (*name) are not used in scenarios; write the value again")
        return None
    if len(where) > DEPTH_LIMIT:
        raise RecursionError
    seen[id(node)] = True
    if not node.tag.startswith("tag:yaml.org,2002:") or "python" in node.tag:
        document.complain(where, f"this value can't be read: the tag '{node.tag}' is not known")
        return None
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, where, document, seen)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*where, place), document, seen) for place, item in enumerate(node.value)]
    return _scalar(node, where, document)


def _mapping(node: yaml.MappingNode, where: Where, document: Marked, seen: dict[int, bool]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        spot = (*where, key)
        document.lines[spot] = key_node.start_mark.line + 1
        if key in result:
            document.complain(spot, f"'{key}' stands here twice")
        result[key] = _value(value_node, spot, document, seen)
    return result


def _scalar(node: yaml.Node, where: Where, document: Marked) -> Any:
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node)
    except yaml.YAMLError as problem:
        document.complain(where, f"this value can't be read: {getattr(problem, 'problem', problem)}")
        return None
