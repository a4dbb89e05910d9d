"""Makes what act is given: the workflow, checked and rewritten, in a directory of its own that looks like a clone.

Rewritten is only what a runner decides: a unique workflow name, job names that end with `END` (so that act's labels can be
read back), an id for every step, a first step that gives each job its own home, mark and Python, and no time limits (ours are
kept by `watching.py`). The staged file is JSON, which is YAML that no reader takes differently.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lab.company.pipelines import schema, standins, workflow
from lab.errors import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from lab.company.git import Git
    from lab.company.pipelines.workflow import Document, Place

END: Final = "\u2063"  # an invisible separator: no one writes it in a job's name
CALLED: Final = "called"
SET_UP: Final = "lab-set-up"
SET_UP_SCRIPT: Final = """\
job=${RUNNER_TEMP%/tmp}; job=${job##*/}
echo "lab-mark $LAB_RUN.$job"
mkdir -p "$LAB_WORK/home/$job"
{ echo "LAB_RUN=$LAB_RUN.$job"; echo "HOME=$LAB_WORK/home/$job"; echo "LAB_ENVIRONMENT=$LAB_WORK/python/$job"; } >> "$GITHUB_ENV"
echo "$LAB_WORK/python/$job/bin" >> "$GITHUB_PATH"
"""
_LABEL: Final = re.compile(r"ubuntu-(?:latest|slim|\d\d\.\d\d)(?:-arm)?")
_DEEPEST: Final = 10
_LONGEST_NAME: Final = 120


@dataclass(frozen=True)
class StepPlan:
    """A step as its author wrote it. `number` counts the steps of its job from 1; `minutes` is its limit, if it has one."""

    number: int
    name: str
    minutes: float | None
    may_fail: bool


@dataclass(frozen=True)
class JobPlan:
    """A job as its author wrote it; `matrix` are the keys of its matrix in their order, None if it has no matrix."""

    id: str
    name: str
    matrix: tuple[str, ...] | None
    minutes: float | None
    may_fail: bool
    is_call: bool
    steps: dict[str, StepPlan]


@dataclass
class Staged:
    """What one act call gets: `file` in `directory`, the stand-ins of the actions it names, and what its author wrote."""

    directory: Path
    file: Path
    title: str
    jobs: tuple[JobPlan, ...]
    called: tuple[JobPlan, ...] = ()
    labels: frozenset[str] = frozenset()
    repositories: dict[tuple[str, str], Path] = field(default_factory=dict)


@dataclass(frozen=True)
class Tree:
    """The files of one commit."""

    git: Git
    sha: str

    def read(self, path: str) -> str | None:
        """The text of a file of at most `workflow.LARGEST` bytes; None if there is none, or it is larger or a link."""
        listed = self.git.lines("ls-tree", "-z", "-l", self.sha, "--", path, check=False)
        about = listed[0].split("\t")[0].split() if listed else []
        if len(about) != 4 or not about[0].startswith("100") or int(about[3]) > workflow.LARGEST:  # noqa: PLR2004 - mode, type, object, size
            return None
        return self.git.run("show", f"{self.sha}:{path}").output


def stage(tree: Tree, file: str, directory: Path, *, name: str) -> Staged:
    """Stage the workflow `file` of `tree` into `directory` (made here); `name` makes the run's name unique.

    Raises:
        WorkflowWrong: it is not there, or holds something that would not run here; every problem is in it.
    """
    reading = _Reading(tree)
    main = reading.workflow(file)
    if reading.problems:
        raise workflow.WorkflowWrong(sorted(set(reading.problems)))
    _make_clone(tree, directory)
    title = f"{main.name} ({name})"
    texts = json.dumps([main.data, *(called.data for called in reading.called.values())])
    for path, document in {file: main, **reading.called}.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        rewritten = _rewritten(document.data, title if path == file else CALLED)
        target.write_text(json.dumps(rewritten, ensure_ascii=False), encoding="utf-8")
    return Staged(
        directory=directory,
        file=directory / file,
        title=title,
        jobs=_plans(main),
        called=tuple(plan for document in reading.called.values() for plan in _plans(document)),
        labels=frozenset(_LABEL.findall(texts)) | {"ubuntu-latest"},
        repositories=reading.repositories,
    )


class _Reading:
    """One workflow with all that it names: called workflows, the repository's own actions, stand-ins."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.problems: list[Problem] = []
        self.called: dict[str, Document] = {}
        self.actions: set[str] = set()
        self.repositories: dict[tuple[str, str], Path] = {}

    def workflow(self, file: str, depth: int = 0) -> Document:
        text = self.tree.read(file)
        if text is None:
            raise workflow.WorkflowWrong([Problem(file, 0, "There is no such file in this commit, or it is far too large.")])
        document = workflow.read(text, file)
        self.problems += schema.problems(document)
        self._follow(document, depth)
        return document

    def _follow(self, document: Document, depth: int) -> None:
        for where, uses in schema.used(document):
            place = uses.removeprefix("./").rstrip("/")
            pinned = standins.pinned(uses)
            if pinned and pinned[0] in standins.AVAILABLE:
                self.repositories[pinned] = standins.AVAILABLE[pinned[0]]
            elif not standins.is_local(uses) or depth >= _DEEPEST:
                continue
            elif place.endswith((".yml", ".yaml")):
                self._call(document, where, place, depth)
            elif place not in self.actions:
                self.actions.add(place)
                self._action(place, depth)

    def _call(self, document: Document, where: Place, file: str, depth: int) -> None:
        if file in self.called:
            return
        if self.tree.read(file) is None:
            self.problems.append(document.problem(where, f"There is no workflow '{file}' in this commit."))
            return
        self.called[file] = self.workflow(file, depth + 1)

    def _action(self, place: str, depth: int) -> None:
        for file in (f"{place}/action.yml", f"{place}/action.yaml"):
            text = self.tree.read(file.removeprefix("/"))
            if text is not None:
                document = workflow.read(text, file)
                self.problems += schema.action_problems(document)
                self._follow(document, depth + 1)
                return  # none at all: it may be made by the job, or lie in a checkout elsewhere; act will say


def _make_clone(tree: Tree, directory: Path) -> None:
    """Let `directory` look like a clone whose HEAD is the commit: act asks for no more, and a real clone takes 20 ms."""
    git = directory / ".git"
    for folder in ("objects/info", "refs/heads"):
        (git / folder).mkdir(parents=True)
    (git / "HEAD").write_text(tree.sha + "\n", encoding="utf-8")
    (git / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = false\n", encoding="utf-8")
    (git / "objects/info/alternates").write_text(f"{tree.git.directory / 'objects'}\n", encoding="utf-8")


def _rewritten(data: dict[str, Any], title: str) -> dict[str, Any]:
    jobs = {name: _job(name, job) for name, job in data["jobs"].items()}
    return data | {"name": title, "jobs": jobs}


def _job(name: str, job: dict[str, Any]) -> dict[str, Any]:
    out = _without_limit(job) | {"name": f"{job.get('name') or name}{END}"}
    if "steps" in job:
        set_up = {"id": SET_UP, "name": "Set up job", "shell": "sh", "working-directory": ".", "run": SET_UP_SCRIPT}
        steps = [_without_limit(step) | {"id": step.get("id") or _step_id(index)} for index, step in enumerate(job["steps"], start=1)]
        out["steps"] = [set_up, *steps]
    return out


def _without_limit(given: dict[str, Any]) -> dict[str, Any]:
    kept = isinstance(given.get("timeout-minutes"), str)  # an expression: only act can work it out
    return {key: value for key, value in given.items() if key != "timeout-minutes" or kept}


def _step_id(number: int) -> str:
    return f"lab-{number}"


def _plans(document: Document) -> tuple[JobPlan, ...]:
    return tuple(_plan(name, job) for name, job in document.data["jobs"].items())


def _plan(name: str, job: dict[str, Any]) -> JobPlan:
    strategy = job.get("strategy")
    matrix = strategy.get("matrix") if isinstance(strategy, dict) else None
    steps = {step.get("id") or _step_id(number): _step(number, step) for number, step in enumerate(job.get("steps", ()), start=1)}
    return JobPlan(
        id=name,
        name=str(job.get("name") or name),
        matrix=_matrix_keys(matrix) if matrix is not None else None,
        minutes=_minutes(job),
        may_fail=job.get("continue-on-error") is True,
        is_call="uses" in job,
        steps=steps,
    )


def _matrix_keys(matrix: Any) -> tuple[str, ...]:
    if not isinstance(matrix, dict):
        return ()
    keys = dict.fromkeys(key for key in matrix if key not in ("include", "exclude"))
    for row in matrix.get("include") or ():
        if isinstance(row, dict):
            keys |= dict.fromkeys(row)
    return tuple(keys)


def _step(number: int, step: dict[str, Any]) -> StepPlan:
    said = step.get("name")
    text = str(said or step.get("run") or step.get("uses") or "").strip()
    first = text.splitlines()[0][:_LONGEST_NAME] if text else ""
    return StepPlan(number, first if said else f"Run {first}", _minutes(step), step.get("continue-on-error") is True)


def _minutes(given: dict[str, Any]) -> float | None:
    minutes = given.get("timeout-minutes")
    return float(minutes) if isinstance(minutes, (int, float)) and not isinstance(minutes, bool) else None
