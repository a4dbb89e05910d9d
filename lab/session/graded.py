"""How the grading of a stage stands: what its process says of itself, and what its seeds refused. Light, for `lab status`."""
# ruff: noqa: PLC0415 - heavy parts are loaded where they are needed: a status uses none

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.report import plain
from lab.session import durable

if TYPE_CHECKING:
    from lab.ledger.progress import StageProgress
    from lab.session.session import Session


@dataclass(frozen=True)
class Note:
    """What the grading process writes of itself: its process, the commit and stage it grades, and what it says."""

    pid: int
    sha: str
    stage: str
    since: float
    said: str = ""


def mark(session: Session) -> str:
    """By which the process and all it starts are found."""
    return f"grading-{session.workspace.id}"


def note(session: Session) -> Note | None:
    """The note of the last grading, running or not; None if there is none."""
    told = durable.read_json(session.workspace.lab / "grading.json")
    try:
        return Note(**told)
    except TypeError:
        return None


def is_running(session: Session, sha: str = "") -> bool:
    """Whether a grading goes on; with `sha`, whether it grades that commit."""
    found = note(session)
    if found is None or (sha and found.sha != sha) or not _is_alive(found.pid):
        return False
    from lab import process

    return found.pid in set(process.marked(mark(session)))


def _is_alive(pid: int) -> bool:
    """Whether there is such a process at all: the cheap half of the question."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def announcement(state: str) -> str:
    """What `lab check` says of the grading when it ends."""
    if state == "practised":
        return (
            "All core checks pass with the practice seed. Two other seeds, with other names, numbers and bugs, are being played now "
            "in the background; `lab next` waits for them."
        )
    return ""


def sentence(session: Session, stage: StageProgress) -> str:
    """How the grading stands, in a sentence; empty when there is nothing to say."""
    if stage.state == "passed":
        return "Passed with both grading seeds."
    if is_running(session):
        found = note(session)
        return f"{found.said} `lab next` waits for it." if found else ""
    refused = refusals(stage)
    return f"A grading seed refuses {refused[0]}" if refused else ""


def refusals(stage: StageProgress) -> tuple[str, ...]:
    """What grading seeds refused, a sentence each: the check, and what was seen."""
    refused = (item for item in stage.core if "failed" in item.grades.values())
    return tuple(f"'{plain.line(item.title)}': {item.refusal}" for item in refused)
