"""Reads one workflow file: YAML as GitHub reads it (`on` is a word, `yes` is a word), with the line of every key.

Light: the forge's hook reads workflows with it while a pusher waits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from lab.errors import LabError, Problem

FOLDER: Final = ".github/workflows"
LARGEST: Final = 256_000
_MOST_NODES: Final = 20_000
_DEEPEST: Final = 60
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Place = tuple[str | int, ...]


class WorkflowWrong(LabError):
    """A workflow file that can't run: `problems` say where and why."""

    exit_code = 1

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class Document:
    """A YAML file that is a mapping. `lines` gives the line (from 1) of each key or item, by its path in `data`."""

    file: str
    data: dict[str, Any]
    lines: dict[Place, int] = field(default_factory=dict)

    def problem(self, where: Place, message: str) -> Problem:
        """A problem at `where`, or at the nearest place above it that has a line."""
        while where and where not in self.lines:
            where = where[:-1]
        return Problem(self.file, self.lines.get(where, 1), message)

    @property
    def name(self) -> str:
        """The workflow's name; as on GitHub, the file's path where it gives none."""
        return str(self.data.get("name") or self.file)


def read(text: str, file: str) -> Document:
    """Read the YAML of `file`.

    Raises:
        WorkflowWrong: it is not YAML, not a mapping, or larger than a workflow may be.
    """
    if len(text) > LARGEST:
        raise WorkflowWrong([Problem(file, 0, f"The file has {len(text)} characters; a workflow has at most {LARGEST}.")])
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        what = " ".join(part for part in (problem.context, problem.problem) if part)
        raise WorkflowWrong([Problem(file, line, f"This is not YAML: {what}. Look at the indentation and the quotes here.")]) from problem
    except (yaml.YAMLError, RecursionError) as problem:
        raise WorkflowWrong([Problem(file, 1, f"This is not YAML: {str(problem).splitlines()[0]}.")]) from problem
    if not isinstance(root, yaml.MappingNode):
        raise WorkflowWrong([Problem(file, 1, "The file holds no workflow: it needs the keys 'on' and 'jobs'.")])
    return _Reading(file).document(root)


class _Reading:
    """One pass over the nodes of a file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Place, int] = {}
        self.seen = 0

    def document(self, root: yaml.MappingNode) -> Document:
        data = self._value(root, ())
        return Document(self.file, data, self.lines)

    def _value(self, node: yaml.Node, where: Place) -> Any:
        self.seen += 1
        if self.seen > _MOST_NODES or len(where) > _DEEPEST:  # anchors can make a small file enormous
            raise WorkflowWrong([Problem(self.file, node.start_mark.line + 1, "The workflow is too large or too deep to be one.")])
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, where)
        if isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                self.lines[(*where, index)] = item.start_mark.line + 1
            return [self._value(item, (*where, index)) for index, item in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, where: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = key_node.value
            if not isinstance(key, str):
                raise WorkflowWrong([Problem(self.file, line, "A key must be a word.")])
            if key in found:
                raise WorkflowWrong([Problem(self.file, line, f"The key '{key}' stands here for the second time.")])
            self.lines[(*where, key)] = line
            found[key] = self._value(value_node, (*where, key))
        return found


def _scalar(node: yaml.Node) -> Any:
    """A scalar as YAML 1.2 knows it: no `yes`, no sexagesimal numbers, no dates."""
    text: str = node.value
    kind = node.tag.rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        if kind == "int" and ":" not in text and "_" not in text:
            return int(text, 0) if not text.lstrip("+-").startswith("0") or text.lower().startswith("0x") else int(text)
        if kind == "float" and ":" not in text and "_" not in text and text.strip(".+-").lower() not in ("inf", "nan"):
            return float(text)
    except ValueError:
        pass
    return text
