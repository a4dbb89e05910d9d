"""Mutants of a reference solution: each breaks one thing of it, so a stage whose checks still pass has a check that is too weak.

A mutant is a layer that is laid over the solution, as a trap is. Its name says what was done, where: `or-true:ops/deploy:12`.
"""

from __future__ import annotations

import ast
import random
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from lab.authoring.cases import Case
    from lab.scenario.model import Stage

TEXTS: Final = frozenset({".md", ".txt", ".lock", ".in"})
_IF_SHELL: Final = re.compile(r"^(\s*)if (?!!)(.+)$")
_SIMPLE: Final = re.compile(
    r"^\s*(?!(?:if|then|else|elif|fi|for|while|until|do|done|case|esac|function|return|exit|set|local|export|trap)\b)[\w./\"$~-][^#]*$"
)
_OPEN: Final = ("\\", "|", "||", "&&", "{", "(", ";;", "do", "then", "<<")


@dataclass(frozen=True)
class Mutant:
    """One broken thing. `path` is the file in the solution's `files/`; `text` its new content, None when the file is gone.

    `line` is what stood in the line that its name tells.
    """

    name: str
    path: str
    text: str | None
    line: str = ""

    @property
    def kind(self) -> str:
        """What was done."""
        return self.name.partition(":")[0]


def mutants(solution: Path) -> list[Mutant]:
    """Every mutant of a solution, in the order of its files and lines."""
    found = []
    files = solution / "files"
    for path in sorted(one for one in files.rglob("*") if one.is_file() and not one.is_symlink()):
        name = path.relative_to(files).as_posix()
        if "__pycache__" not in path.parts:
            found.append(Mutant(f"drop-file:{name}", name, None))
            found += _changed(path, name)
    return found


def chosen(all_of_them: list[Mutant], count: int | None, *, seed: int) -> list[Mutant]:
    """A sample, the same for a seed; all when `count` is None."""
    if count is None or count >= len(all_of_them):
        return all_of_them
    drawn = set(random.Random(seed).sample(range(len(all_of_them)), count))  # noqa: S311 - no secret
    return [one for place, one in enumerate(all_of_them) if place in drawn]


def write(mutant: Mutant, solution: Path, folder: Path) -> Path:
    """The mutant as a layer in `folder`."""
    folder.mkdir(parents=True)
    if mutant.text is None:
        (folder / "solve.sh").write_text(f"rm -f -- {shlex.quote(mutant.path)}\n", encoding="utf-8")
        return folder
    target = folder / "files" / mutant.path
    target.parent.mkdir(parents=True)
    target.write_text(mutant.text, encoding="utf-8")
    target.chmod((solution / "files" / mutant.path).stat().st_mode & 0o777)
    return folder


def _changed(path: Path, name: str) -> Iterator[Mutant]:
    if path.suffix in TEXTS:
        return
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    first = text.partition("\n")[0]
    rows: Iterable[tuple[str, int, str]] = ()
    if path.suffix == ".py" or "python" in first:
        rows = _python(text, is_test=path.name.startswith("test_"))
    elif path.suffix in {".yml", ".yaml"}:
        rows = _workflow(text) if ".github/workflows/" in name else rows
    elif path.suffix in {".sh", ""} and (first.startswith("#!") or "hooks" in name):
        rows = _shell(text)
    for kind, line, changed in rows:
        if changed != text:
            yield Mutant(f"{kind}:{name}:{line}", name, changed, text.splitlines()[line - 1].strip())


def _python(text: str, *, is_test: bool) -> Iterator[tuple[str, int, str]]:
    """Each condition turned round; each test emptied. What can't be parsed has no mutants."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, (ast.If, ast.While)):
            yield "invert", node.lineno, _swapped(text, node.test, "not ({})")
        if is_test and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_"):
            yield "empty-test", node.lineno, _emptied(text, node)


def _swapped(text: str, node: ast.expr, pattern: str) -> str:
    """The text with the expression replaced by `pattern` around it."""
    lines = text.encode().splitlines(keepends=True)
    start = sum(map(len, lines[: node.lineno - 1])) + node.col_offset
    end = sum(map(len, lines[: (node.end_lineno or node.lineno) - 1])) + (node.end_col_offset or 0)
    whole = text.encode()
    return (whole[:start] + pattern.format(whole[start:end].decode()).encode() + whole[end:]).decode()


def _emptied(text: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    lines = text.splitlines(keepends=True)
    first, last = node.body[0].lineno, node.body[-1].end_lineno or node.body[-1].lineno
    return "".join([*lines[: first - 1], f"{' ' * node.body[0].col_offset}pass\n", *lines[last:]])


def _shell(text: str) -> Iterator[tuple[str, int, str]]:
    """Each condition turned round; each plain command that may no longer fail."""
    lines = text.splitlines(keepends=True)
    inside = ""
    for place, line in enumerate(lines):
        bare = line.rstrip("\n")
        if inside:
            inside = "" if bare.strip() == inside else inside
            continue
        opened = re.search(r"<<-?\s*['\"]?(\w+)", bare)
        inside = opened.group(1) if opened else ""
        condition = _IF_SHELL.match(bare)
        if condition:
            yield "invert", place + 1, _with(lines, place, f"{condition.group(1)}if ! {condition.group(2)}\n")
        elif not opened and _is_command(bare, lines[place - 1] if place else ""):
            yield "or-true", place + 1, _with(lines, place, f"{bare} || true\n")


def _is_command(line: str, before: str) -> bool:
    """Whether the line is one whole command: not the part of a longer one, not an assignment."""
    told = line.strip()
    if not _SIMPLE.match(line) or told.endswith(_OPEN) or before.rstrip().endswith(_OPEN[:4]) or re.match(r"[\w]+(\(\)|=)", told):
        return False
    try:
        return bool(shlex.split(told)) and "|| true" not in told
    except ValueError:
        return False


def _with(lines: list[str], place: int, line: str) -> str:
    return "".join([*lines[:place], line, *lines[place + 1 :]])


def _workflow(text: str) -> Iterator[tuple[str, int, str]]:
    """Each step left out; each one-line `run` that may no longer fail."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return
    lines = text.splitlines(keepends=True)
    for step in _steps(root):
        first = step.start_mark.line
        last = max(step.end_mark.line, first + 1)  # a block ends where the next token begins
        yield "drop-step", first + 1, "".join(lines[:first] + lines[last:])
        for key, value in step.value:
            if key.value == "run" and value.start_mark.line == value.end_mark.line:
                place = value.start_mark.line
                yield "or-true", place + 1, _with(lines, place, f"{lines[place].rstrip()} || true\n")


def _steps(root: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    for jobs in _values(root, "jobs"):
        for _, job in jobs.value if isinstance(jobs, yaml.MappingNode) else ():
            for steps in _values(job, "steps"):
                if isinstance(steps, yaml.SequenceNode):
                    yield from (step for step in steps.value if isinstance(step, yaml.MappingNode))


def _values(node: yaml.Node | None, name: str) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        yield from (value for key, value in node.value if key.value == name)


def mutated(stage: Stage, room: Path, *, sample: int | None, seed: int) -> list[Case]:
    """A case for each mutant of a stage's first solution, written into `room`."""
    from lab.authoring.cases import Case  # noqa: PLC0415 - mutants themselves know nothing of proofs
    from lab.authoring.survivors import explained  # noqa: PLC0415 - as above

    found = []
    for solution in stage.solutions[:1]:
        all_of_them = mutants(solution.path)
        whys = explained(solution.path, all_of_them)
        for number, mutant in enumerate(chosen(all_of_them, sample, seed=seed)):
            layer = write(mutant, solution.path, room / f"{stage.id}-{number}")
            why = whys.get(mutant.name, "")
            found.append(Case(stage, "mutant", mutant.name, (solution.path, layer), tuple(stage.checks), explained=why))
    return found
