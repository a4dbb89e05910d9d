"""Says what a workflow may hold here, before act starts: whatever is not listed is refused, with file, line and remedy.

act is no sandbox (robustness.md S13, S14): a key that it would obey and we do not know is never passed on.
"""

from __future__ import annotations

import re
import shutil
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from lab.company.pipelines import standins, triggers
from lab.company.pipelines.workflow import FOLDER, WorkflowWrong

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab.company.pipelines.workflow import Document, Place
    from lab.errors import Problem

WORKFLOW_KEYS: Final = frozenset(("name", "run-name", "on", "permissions", "env", "defaults", "concurrency", "jobs"))
JOB_KEYS: Final = frozenset(
    (
        *("name", "permissions", "needs", "if", "runs-on", "environment", "concurrency", "outputs", "env", "defaults", "steps"),
        *("timeout-minutes", "strategy", "continue-on-error", "uses", "with", "secrets"),
    )
)
STEP_KEYS: Final = frozenset(
    ("id", "if", "name", "uses", "run", "working-directory", "shell", "with", "env", "continue-on-error", "timeout-minutes")
)
ACTION_KEYS: Final = frozenset(("name", "author", "description", "inputs", "outputs", "runs", "branding"))
_MAPPINGS: Final = ("env", "with", "outputs", "defaults", "strategy")
_IN_DOCKER: Final = {
    "container": "A job in a container ('container:') needs 'runner: docker', which comes later: remove it, the job runs on the host.",
    "services": "A service container ('services:') needs 'runner: docker', which comes later: start what the job needs in a step.",
}
_UBUNTU: Final = re.compile(r"ubuntu-(latest|slim|\d\d\.\d\d)(-arm)?")
_MATRIX_VALUE: Final = re.compile(r"\$\{\{\s*matrix\.([\w-]+)\s*\}\}")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def problems(document: Document) -> list[Problem]:
    """Everything in a workflow that would not run here, with file and line; empty if nothing."""
    found = list(_unknown(document, (), document.data, WORKFLOW_KEYS, "a workflow"))
    try:
        triggers.subscriptions(document)
    except WorkflowWrong as wrong:
        found += wrong.problems
    jobs = document.data.get("jobs")
    if not isinstance(jobs, dict) or not jobs:
        return [*found, document.problem(("jobs",), "The workflow has no job: 'jobs:' needs at least one, with 'runs-on' and 'steps'.")]
    for name, job in jobs.items():
        found += _job(document, ("jobs", name), name, job, jobs)
    return found


def action_problems(document: Document) -> list[Problem]:
    """Everything in an action of the repository's own (`action.yml`) that would not run here."""
    runs = document.data.get("runs")
    if not isinstance(runs, dict) or runs.get("using") != "composite":
        message = "Only composite actions run here: 'runs:' needs 'using: composite' and 'steps:' (Docker and Node come later)."
        return [document.problem(("runs",), message)]
    found = list(_unknown(document, (), document.data, ACTION_KEYS, "an action"))
    return found + _steps(document, ("runs", "steps"), runs.get("steps"))


def used(document: Document) -> list[tuple[Place, str]]:
    """`(where, uses)` of every action and workflow that the document names."""
    found: list[tuple[Place, str]] = []
    jobs = document.data.get("jobs")
    for name, job in (jobs if isinstance(jobs, dict) else {}).items():
        if isinstance(job, dict):
            found += _used(("jobs", name), job.get("steps"))
            found += [(("jobs", name, "uses"), job["uses"])] if isinstance(job.get("uses"), str) else []
    runs = document.data.get("runs")
    return found + (_used(("runs",), runs.get("steps")) if isinstance(runs, dict) else [])


def _used(where: Place, steps: Any) -> list[tuple[Place, str]]:
    listed = steps if isinstance(steps, list) else []
    return [
        ((*where, "steps", index, "uses"), step["uses"])
        for index, step in enumerate(listed)
        if isinstance(step, dict) and isinstance(step.get("uses"), str)
    ]


def _unknown(document: Document, where: Place, given: dict[str, Any], known: frozenset[str], what: str) -> Iterable[Problem]:
    for key in given:
        if key in _IN_DOCKER and known is JOB_KEYS:
            yield document.problem((*where, key), _IN_DOCKER[key])
        elif key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            yield document.problem((*where, key), f"'{key}' is no key of {what} that is supported here.{hint}")


def _job(document: Document, where: Place, name: str, job: Any, jobs: dict[str, Any]) -> list[Problem]:
    if not _NAME.fullmatch(name):
        return [document.problem(where, f"'{name}' can't be the id of a job: letters, digits, '-' and '_', beginning with a letter.")]
    if not isinstance(job, dict):
        return [document.problem(where, f"The job '{name}' is empty: it needs 'runs-on' and 'steps'.")]
    found = [*_unknown(document, where, job, JOB_KEYS, "a job"), *_shapes(document, where, job)]
    missing = [needed for needed in _listed(job.get("needs")) if needed not in jobs]
    found += [document.problem((*where, "needs"), f"The job '{name}' needs '{needed}', and there is no such job.") for needed in missing]
    if "uses" in job:
        return found + _called(document, where, job)
    return found + _labels(document, where, name, job) + _steps(document, (*where, "steps"), job.get("steps"))


def _called(document: Document, where: Place, job: dict[str, Any]) -> list[Problem]:
    uses = job["uses"]
    if isinstance(uses, str) and uses.startswith(f"./{FOLDER}/") and "@" not in uses:
        return []
    message = f"'{uses}' is no workflow of this repository: only './{FOLDER}/NAME.yml' can be called here."
    return [document.problem((*where, "uses"), message)]


def _labels(document: Document, where: Place, name: str, job: dict[str, Any]) -> list[Problem]:
    said = job.get("runs-on")
    if said is None:
        return [document.problem(where, f"The job '{name}' does not say where it runs: add 'runs-on: ubuntu-latest'.")]
    if isinstance(said, dict):
        said = said.get("labels", "a group")
    strategy = job.get("strategy")
    matrix = strategy.get("matrix") if isinstance(strategy, dict) else None
    wrong = [label for label in _resolved(_listed(said), matrix) if "${{" not in label and not _UBUNTU.fullmatch(label)]
    message = "'runs-on: {}': the company's runner is an Ubuntu ('ubuntu-latest', 'ubuntu-24.04', …); it has no other machine."
    return [document.problem((*where, "runs-on"), message.format(label)) for label in wrong]


def _resolved(labels: list[str], matrix: Any) -> list[str]:
    """The labels, with `${{ matrix.os }}` replaced by every value that the matrix lists for it."""
    out = []
    for label in labels:
        found = _MATRIX_VALUE.fullmatch(label.strip())
        if not found or not isinstance(matrix, dict):
            out.append(label)
            continue
        key = found[1]
        out += _listed(matrix.get(key))
        included = matrix.get("include")
        out += [str(row[key]) for row in (included if isinstance(included, list) else []) if isinstance(row, dict) and key in row]
    return out


def _steps(document: Document, where: Place, steps: Any) -> list[Problem]:
    if not isinstance(steps, list) or not steps:
        return [document.problem(where, "There are no steps: 'steps:' needs at least one, with 'run' or 'uses'.")]
    found: list[Problem] = []
    for index, step in enumerate(steps):
        found += _step(document, (*where, index), step)
    return found


def _step(document: Document, where: Place, step: Any) -> list[Problem]:
    if not isinstance(step, dict):
        return [document.problem(where, "A step is a mapping with 'run' or 'uses'; this is none.")]
    found = [*_unknown(document, where, step, STEP_KEYS, "a step"), *_shapes(document, where, step)]
    if ("run" in step) == ("uses" in step):
        how_many = "both" if "run" in step else "neither"
        found.append(document.problem(where, f"A step has either 'run' or 'uses'; this one has {how_many}."))
    elif "run" in step and not isinstance(step["run"], str):
        found.append(document.problem((*where, "run"), "'run' is a text of commands; put it in quotes."))
    elif "uses" in step and not standins.is_local(str(step["uses"])):
        sentence = standins.objection(str(step["uses"]))
        found += [document.problem((*where, "uses"), sentence)] if sentence else []
    return found


def _shapes(document: Document, where: Place, given: dict[str, Any]) -> Iterable[Problem]:
    """Keys whose value has the wrong shape."""
    for key in _MAPPINGS:
        value = given.get(key)
        if value is not None and not isinstance(value, dict) and "${{" not in str(value):
            yield document.problem((*where, key), f"'{key}' is a mapping of names to values; this is none.")
    minutes = given.get("timeout-minutes")
    if minutes is not None and "${{" not in str(minutes) and (isinstance(minutes, (str, bool)) or minutes <= 0):
        yield document.problem((*where, "timeout-minutes"), f"'timeout-minutes: {minutes}' is no number of minutes.")
    shells = [((*where, "shell"), given.get("shell"))]
    defaults = given.get("defaults")
    if isinstance(defaults, dict) and isinstance(defaults.get("run"), dict):
        shells.append(((*where, "defaults", "run", "shell"), defaults["run"].get("shell")))
    for place, shell in shells:
        if isinstance(shell, str) and "${{" not in shell and not _has_shell(shell):
            yield document.problem(place, f"The shell '{shell}' is not on the company's runner; 'bash', 'sh' and 'python' are.")


def _has_shell(shell: str) -> bool:
    first = (shell.split() or [""])[0]
    return first in ("bash", "sh", "python", "python3") or shutil.which(first) is not None


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]
