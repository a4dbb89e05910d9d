"""`lab update`: the workspace goes on with the scenario as it is installed now.

What was passed stays passed, and nothing in the forge, in the clone or on a server is touched. The open stage, if it is told
otherwise now, has the checks and milestones of the new version: its findings of game days are found anew, hints stay given.
"""
# ruff: noqa: PLC0415 - heavy parts are loaded where they are needed: a status uses none

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from lab import __version__
from lab.errors import ScenarioWrong, UsageProblem, WorldUnavailable, WrongState
from lab.ledger.progress import UPDATED
from lab.report.model import DoneReport, NextStep
from lab.session import grading, locks, workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lab.scenario.model import Scenario, Stage
    from lab.session.session import Session
    from lab.session.workspace import Workspace

_OPENS: Final = ("server_runs", "team_tests", "customers", "company_minutes_per_second", "needs", "events", "catch_up")
"""What of a stage has its effect when it opens, beside its folders `start` and `box`."""


def update(session: Session, name: str, tell: Callable[[str], None]) -> DoneReport:
    """Move the workspace on to its scenario as it is installed, or to the one in the folder `name`.

    Raises:
        UsageProblem: there is no such scenario, or it is another one.
        ScenarioWrong: the new version has mistakes; the old one stays.
        WrongState: it lacks a stage that was opened here; the old one stays.
        WorldUnavailable: the disk is full; the old one stays.
    """
    with locks.hold(session.workspace.id, locks.CHANGE, command="lab update"):
        restore(session.workspace)
        path = session.parts.find(name or session.workspace.scenario)
        new = session.parts.read(path)
        if new.digest == session.workspace.digest:
            return DoneReport((f"'{new.id}' is played here in the version that is installed: there is nothing to move on to.",))
        _refuse(session, new)
        grading.stop(session)
        with locks.hold(session.workspace.id, locks.CHECK, command="lab update", patience=5.0):
            sentences = _move_on(session, new, path, tell)
    return DoneReport(sentences, NextStep("What stands now:", "lab status"))


def _refuse(session: Session, new: Scenario) -> None:
    space = session.workspace
    if new.id != space.scenario or new.repository != space.repository:
        raise UsageProblem(
            f"'{space.scenario}' is played here, and '{new.id}' is another scenario.",
            remedy=f"Name the folder of its new version: lab update DIR/{space.scenario}; or open a workspace of the other: lab start.",
        )
    there_are = {stage.id for stage in new.stages}
    gone = [stage.title for stage in session.progress().stages if stage.id not in there_are]
    if gone:
        shown = ", ".join(f"'{title}'" for title in gone)
        raise WrongState(
            f"The new version has no {shown}, which you have opened.", remedy="This workspace stays with the version it began with."
        )


def _move_on(session: Session, new: Scenario, path: Path, tell: Callable[[str], None]) -> tuple[str, ...]:
    space = session.workspace
    before = _open_before(session)
    tell("Ending what runs.")
    session.parts.sleep(space)
    _swap(path, space)
    stage, sentences = session.current(), [f"'{new.title}' is played in its new version. What you passed stays passed."]
    now = next(one for one in new.stages if one.id == stage.id)
    has_changed = stage.state == "open" and (before is None or _told(before) != _told(now))
    if has_changed:
        sentences.append(f"'{now.title}' has changed: `lab check` finds anew what it asks for. Hints stay given, your work is untouched.")
    if stage.state == "open" and before is not None and _opening(before) != _opening(now):
        sentences.append(
            f"How '{now.title}' starts has changed as well: `lab reset` puts its new start in place, and keeps your work on a tag."
        )
    _note(session, new, now if has_changed else None)
    session.parts.wake(space)
    return tuple(sentences)


def _open_before(session: Session) -> Stage | None:
    """The open stage as the kept version tells it; None when that can't be read any more."""
    try:
        return session.stage(session.current().id)
    except ScenarioWrong:
        return None


def _told(stage: Stage) -> Any:
    """What decides the findings of a stage: all but its texts, solutions and traps."""
    return (stage.checks, stage.milestones, stage.game_day, _files(stage))


def _opening(stage: Stage) -> Any:
    from lab.scenario import library

    folders = [library.digest(folder) if folder.is_dir() else "" for folder in (stage.start, stage.box)]
    return ([getattr(stage, name, None) for name in _OPENS], folders)


def _files(stage: Stage) -> str:
    """The scripts of the author's own checks, by content."""
    from lab.scenario import library

    return library.digest(stage.path / "checks") if (stage.path / "checks").is_dir() else ""


def _swap(path: Path, space: Workspace) -> None:
    """Put the new version where the old one is, so that a kill leaves one of them, or the old one beside its place."""
    kept = space.kept_scenario
    fresh, old = _beside(kept)
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(path, fresh, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        kept.rename(old)
        fresh.rename(kept)
    except OSError as problem:
        restore(space)
        shutil.rmtree(fresh, ignore_errors=True)
        raise WorldUnavailable(
            f"The new version could not be put into '{kept}': {problem.strerror or problem}.",
            remedy="Free some disk space; nothing was changed.",
        ) from problem
    shutil.rmtree(old, ignore_errors=True)


def restore(space: Workspace) -> None:
    """Put the old version back, if a `lab update` was killed between taking it away and putting the new one in its place."""
    kept = space.kept_scenario
    _, old = _beside(kept)
    if not kept.is_dir() and old.is_dir():
        old.rename(kept)
    shutil.rmtree(old, ignore_errors=True)


def _beside(kept: Path) -> tuple[Path, Path]:
    return kept.with_name(f".{kept.name}.new"), kept.with_name(f".{kept.name}.old")


def _note(session: Session, new: Scenario, changed: Stage | None) -> None:
    """Write it down: in the ledger first, so that a kill before the workspace's own file only has it done once more."""
    from lab.gameday.opening import opened_as

    space = session.workspace
    told = opened_as(changed) if changed else {}
    session.ledger.append(UPDATED, actor="learner", source="learner", before=space.digest, digest=new.digest, version=__version__, **told)
    notes = tuple(workspace.StageNote(stage.id, stage.title, stage.code, stage.job, stage.minutes) for stage in new.stages)
    workspace.write(replace(space, title=new.company, digest=new.digest, version=__version__, stages=notes))
