"""The two grading seeds: played by a detached process while the debrief is read; only all three open the next stage."""
# ruff: noqa: PLC0415 - heavy parts are loaded where they are needed: a status uses none

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from lab.ledger.progress import GRADINGS
from lab.report import plain
from lab.session import durable, locks

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.ledger.progress import StageProgress
    from lab.session.check import Heard
    from lab.session.session import Session

COMMAND: Final = "lab check --grade"
_CODE: Final = "from lab.cli.main import main; main()"
_PASSED_ON: Final = ("HOME", "LAB_CACHE", "LAB_RUNTIME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME")
_PAUSE: Final = 0.2
_GRACE: Final = 8.0


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


def begin(session: Session) -> None:
    """Start the grading in a process of its own, which outlives this one.

    Raises:
        WorldUnavailable: it could not be started.
    """
    from lab import process

    space = session.workspace
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    args = [sys.executable, "-I", "-c", _CODE, "-C", str(space.root), "check", "--grade"]
    pid = process.start(args, cwd=space.root, env=process.environment(passed_on), log=space.lab / "grading.log", mark=mark(session))
    _write(session, Note(pid, session.main(), session.current().id, time.time(), "The grading seeds are about to be played."))


def stop(session: Session) -> None:
    """End a grading that goes on: it is asked to, so that it clears up after itself; what it found so far stays."""
    found = note(session)
    if found is None:
        return
    from lab import process

    if is_running(session):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(found.pid, signal.SIGTERM)
        deadline = time.monotonic() + _GRACE
        while is_running(session) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.sweep(mark(session))
    (session.workspace.lab / "grading.json").unlink(missing_ok=True)


def grade(session: Session, heard: Heard) -> bool:
    """Play both grading seeds and pass the stage when every core check passed with both; True when it did.

    Raises:
        WrongState: another check is being played.
    """
    from lab.session.check import Player
    from lab.session.selecting import Selection

    stage = session.current()
    with locks.hold(session.workspace.id, locks.CHECK, command=COMMAND, patience=10.0):
        sha = session.main()
        told = session.stage(stage.id)
        core = tuple(item for item in told.checks if item.level == "core" and item.on == "game_day")
        live = frozenset(item.id for item in told.checks if item.on == "live")
        for number, kind in enumerate(GRADINGS, start=1):
            _say(session, sha, stage, heard.tell, f"Grading '{stage.title}' with seed {number} of {len(GRADINGS)}.")
            player = Player(session, told, Selection(core, core, live), heard, seed_kind=kind)
            player.play()
            if any(line.verdict != "passed" for line in player.lines):
                _say(session, sha, stage, heard.tell, f"Seed {number} of {len(GRADINGS)} was refused.")
                return False
        if session.main() != sha:
            _say(session, sha, stage, heard.tell, "The forge's 'main' moved while it was graded: `lab check` plays it again.")
            return False
        if session.current().state != "passed":
            session.ledger.append("stage.passed", stage=stage.id)
        return True


def wait(session: Session, tell: Callable[[str], None]) -> None:
    """Wait for the grading that goes on, saying what it says."""
    last = ""
    while is_running(session):
        found = note(session)
        if found and found.said != last:
            last = found.said
            tell(last)
        time.sleep(_PAUSE)


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


def _say(session: Session, sha: str, stage: StageProgress, tell: Callable[[str], None], said: str) -> None:
    _write(session, Note(os.getpid(), sha, stage.id, time.time(), said))
    tell(said)


def _write(session: Session, found: Note) -> None:
    told: dict[str, Any] = vars(found)
    durable.write_json(session.workspace.lab / "grading.json", told)
