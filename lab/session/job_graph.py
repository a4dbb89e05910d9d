"""Which job of a run waits for which: read from the workflow as it was at the run's commit."""
# ruff: noqa: PLC0415 - heavy parts are loaded where they are needed: a status uses none

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lab.errors import LabError

if TYPE_CHECKING:
    from lab.company.pipelines.runs import Run
    from lab.session.session import Session


def needs(session: Session, run: Run) -> dict[str, tuple[str, ...]]:
    """Each job of the run (by the name of its check) with the jobs before it; none where the workflow can't be read."""
    from lab.company.pipelines.workflow import read

    text = session.parts.forge(session.workspace).read(run.repo, run.sha, run.file) if run.sha else None
    if text is None:
        return {}
    try:
        jobs: Any = read(text, run.file).data.get("jobs")
    except LabError:
        return {}
    if not isinstance(jobs, dict):
        return {}
    shown = {name: _shown(run, str(job.get("name", name)) if isinstance(job, dict) else name) for name, job in jobs.items()}
    return {check: _before(job, shown) for name, job in jobs.items() if isinstance(job, dict) for check in shown[name]}


def _shown(run: Run, title: str) -> tuple[str, ...]:
    """The checks of a job: itself, or one for each cell of its matrix."""
    return tuple(job.name for job in run.jobs if job.name == title or job.name.startswith(f"{title} ("))


def _before(job: dict[str, Any], shown: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    wanted = job.get("needs") or []
    names = [wanted] if isinstance(wanted, str) else wanted
    return tuple(check for name in names for check in shown.get(str(name), ()))
