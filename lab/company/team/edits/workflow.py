"""Edits of a pipeline that work on anybody's workflow: found through the YAML, made in the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal

import yaml

from lab.company.team.edits.base import Edit, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.company.team.tree import Tree

WORKFLOWS: Final = (".github/workflows/*.yml", ".github/workflows/*.yaml")
_TESTING: Final = re.compile(r"pytest|\btox\b|\bnox\b|unittest|\btests?\b|\bcheck\b|\bverify\b")
_SETTING_UP: Final = re.compile(r"pip3? install|checkout|setup-python|\bvenv\b")

_OF_ALL: Final = {"skip-jobs": ("if", "false"), "skip-steps": ("if", "false"), "forgive-steps": ("continue-on-error", "true")}


class SwitchOff(Edit):
    """The step that tests is removed, skipped, allowed to fail, or its job is skipped. The twin gets a comment there.

    `skip-jobs`, `skip-steps` and `forgive-steps` do so to all there are, in every workflow: no gate that lives in one survives it.
    """

    how: Literal["remove", "skip-step", "continue-on-error", "skip-job", "skip-jobs", "skip-steps", "forgive-steps"]
    remark: str = "just for now, the build is red for everybody"

    def sought(self) -> str:
        """The files."""
        return f"a step that tests in {' or '.join(WORKFLOWS)}"

    def candidates(self, tree: Tree, on: Setting) -> Iterator[Tree]:
        """One tree for each step that may be the one that tests, the likeliest first."""
        if self.how in _OF_ALL:
            yield from self._all(tree, on)
            return
        places = [
            (path, tree.read(path) or "", job, step) for path in tree.matching(*WORKFLOWS) for job, step in _steps(tree.read(path) or "")
        ]
        places.sort(key=lambda one: -_likeness(one[3]))
        for path, text, job, step in places:
            node = job if self.how == "skip-job" else step
            changed = _remarked(text, node, self.remark) if on.is_twin else self._changed(text, node)
            if _loads(changed):
                yield tree.with_changes({path: changed})

    def _all(self, tree: Tree, on: Setting) -> Iterator[Tree]:
        """One tree, in which it is done to every job, or to every step."""
        key, value = _OF_ALL[self.how]
        files: dict[str, str | None] = {}
        for path in tree.matching(*WORKFLOWS):
            text = tree.read(path) or ""
            nodes = _jobs(text) if self.how == "skip-jobs" else [step for _, step in _steps(text)]
            for node in reversed(nodes):  # from the end, so that the places of those before stay true
                text = _remarked(text, node, self.remark) if on.is_twin else _with_key(text, node, key, value)
            files |= {path: text} if nodes and _loads(text) else {}
        if files:
            yield tree.with_changes(files)

    def _changed(self, text: str, node: yaml.MappingNode) -> str:
        if self.how == "remove":
            return _without(text, node)
        key, value = ("continue-on-error", "true") if self.how == "continue-on-error" else ("if", "false")
        return _with_key(text, node, key, value)


def _jobs(text: str) -> list[yaml.MappingNode]:
    try:
        top = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return []
    return [job for job in _values(_child(top, "jobs")) if isinstance(job, yaml.MappingNode) and job.value]


def _steps(text: str) -> Iterator[tuple[yaml.MappingNode, yaml.MappingNode]]:
    for job in _jobs(text):
        steps = _child(job, "steps")
        for step in steps.value if isinstance(steps, yaml.SequenceNode) else ():
            if isinstance(step, yaml.MappingNode) and step.value:
                yield job, step


def _child(node: Any, key: str) -> Any:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for name, value in pairs if name.value == key), None)


def _values(node: Any) -> list[Any]:
    return [value for _, value in node.value] if isinstance(node, yaml.MappingNode) else []


def _likeness(step: yaml.MappingNode) -> int:
    told = {name.value: str(value.value) for name, value in step.value}
    run, words = told.get("run", ""), f"{told.get('name', '')} {told.get('uses', '')}".lower()
    score = 8 if "pytest" in run else 6 * bool(_TESTING.search(run)) + 3 * bool(_TESTING.search(words)) + bool(run)
    return score - 4 * bool(_SETTING_UP.search(run + words) and "pytest" not in run)


def _with_key(text: str, node: yaml.MappingNode, key: str, value: str) -> str:
    old = next(((name, there) for name, there in node.value if name.value == key), None)
    if old is not None:
        return text[: old[1].start_mark.index] + value + text[old[1].end_mark.index :]
    first = node.value[0][0].start_mark
    if node.flow_style:
        return f"{text[: first.index]}{key}: {value}, {text[first.index :]}"
    return f"{text[: first.index]}{key}: {value}\n{' ' * first.column}{text[first.index :]}"


def _remarked(text: str, node: yaml.MappingNode, remark: str) -> str:
    start = text.rfind("\n", 0, node.start_mark.index) + 1
    indent = re.match(r"[ ]*", text[start:])
    return f"{text[:start]}{indent[0] if indent else ''}# {remark}\n{text[start:]}"


def _without(text: str, node: yaml.MappingNode) -> str:
    dash = text.rfind("-", 0, node.start_mark.index)
    start = text.rfind("\n", 0, dash) + 1
    end = node.end_mark.index
    if node.flow_style:
        end = text.find("\n", end) + 1 or len(text)
    if text[start:dash].strip():  # the list is written in one line
        return text
    kept = text[:start] + text[end:].lstrip("\n") if text[end:].startswith("\n") else text[:start] + _dedented(text, start, end)
    return kept.rstrip() + "\n"


def _dedented(text: str, start: int, end: int) -> str:
    """What follows the step: the mark of a block's end stands behind the next line's indentation."""
    line = text.rfind("\n", 0, end) + 1
    return text[line:] if line > start and not text[line:end].strip() else text[end:]


def _loads(text: str) -> bool:
    try:
        return isinstance(yaml.safe_load(text), dict)
    except yaml.YAMLError:
        return False
