"""Reads the team's YAML: safely, with the line of every value, and every mistake at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from lab.errors import Problem, ScenarioWrong

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 400_000  # characters
Where = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


_FASTEST: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Ten times as fast as the one in Python; aliases are refused before it composes anything."""


def read(path: Path, *, name: str = "") -> tuple[Any, dict[Where, int]]:
    """The plain value of a YAML file and the line (from 1) of each path in it. `name` is what messages call the file.

    Raises:
        ScenarioWrong: it is missing, too long, not YAML, has an alias, or a key twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise ScenarioWrong([Problem(name or path.name, 0, f"the file can't be read: {problem}")]) from problem
    return parse(text, name=name or path.name)


def parse(text: str, *, name: str) -> tuple[Any, dict[Where, int]]:
    """As `read`, of a text."""
    if len(text) > LARGEST:
        raise ScenarioWrong([Problem(name, 0, f"the file has {len(text)} characters, and at most {LARGEST} are read")])
    try:
        for event in yaml.parse(text, Loader=_FASTEST):
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1 if event.start_mark else 0
                raise ScenarioWrong([Problem(name, line, "aliases (*name) are not used here; write the value again")])
        node = yaml.compose(text, Loader=_FASTEST)
        value = yaml.SafeLoader("").construct_document(node) if node is not None else None
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 0
        raise ScenarioWrong([Problem(name, line, f"this is not YAML: {problem.problem}")]) from problem
    except (yaml.YAMLError, RecursionError, ValueError) as problem:
        raise ScenarioWrong([Problem(name, 0, f"this is not YAML: {problem}")]) from problem
    lines: dict[Where, int] = {}
    problems = list(_marked(node, (), lines, name)) if node is not None else []
    if problems:
        raise ScenarioWrong(problems)
    return value, lines


def _marked(node: yaml.Node, where: Where, lines: dict[Where, int], name: str) -> list[Problem]:
    lines.setdefault(where, node.start_mark.line + 1)
    problems = []
    if isinstance(node, yaml.SequenceNode):
        for place, item in enumerate(node.value):
            problems += _marked(item, (*where, place), lines, name)
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key_node, value_node in node.value:
            key = str(key_node.value)
            lines[*where, key] = key_node.start_mark.line + 1
            if key in seen:
                problems.append(Problem(name, key_node.start_mark.line + 1, f"'{key}' stands here twice"))
            seen.add(key)
            problems += _marked(value_node, (*where, key), lines, name)
    return problems


def line_of(lines: dict[Where, int], where: Where) -> int:
    """The line of a path, or of the nearest thing around it."""
    while where and where not in lines:
        where = where[:-1]
    return lines.get(where, 1)


def models(path: Path, kind: type[Model], *, name: str = "") -> list[Model]:
    """The file's list as models of one kind.

    Raises:
        ScenarioWrong: with every mistake of the file.
    """
    shown = name or path.name
    value, lines = read(path, name=shown)
    if not isinstance(value, list):
        raise ScenarioWrong([Problem(shown, 1, "the file must hold a list")])
    found, problems = [], []
    for place, item in enumerate(value):
        try:
            found.append(kind.model_validate(item))
        except ValidationError as failure:
            problems += [
                Problem(shown, line_of(lines, (place, *error["loc"])), _said(error))
                for error in failure.errors()
                if not _follows(error, failure)
            ]
    if problems:
        raise ScenarioWrong(problems)
    return found


def _said(error: Any) -> str:
    message = error["msg"].removeprefix("Value error, ")
    return f"'{'.'.join(map(str, error['loc']))}': {message[:1].lower()}{message[1:]}"


def _follows(error: Any, failure: ValidationError) -> bool:
    """Whether a list is only called too short because what is in it is wrong, which is told anyway."""
    inner = (other["loc"] for other in failure.errors() if len(other["loc"]) > len(error["loc"]))
    return error["type"] == "too_short" and any(loc[: len(error["loc"])] == error["loc"] for loc in inner)
