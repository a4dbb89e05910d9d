"""The two grading seeds: played by a detached process while the debrief is read; only all three open the next stage."""
# ruff: noqa: PLC0415 - heavy parts are loaded where they are needed: a status uses none

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from typing import TYPE_CHECKING, Any, Final

from lab.failpoints import failpoint
from lab.ledger.progress import GRADINGS
from lab.session import durable, graded, locks
from lab.session.graded import Note

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


def begin(session: Session) -> None:
    """Start the grading in a process of its own, which outlives this one.

    Raises:
        WorldUnavailable: it could not be started.
    """
    from lab import process

    space = session.workspace
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    args = [sys.executable, "-I", "-c", _CODE, "-C", str(space.root), "check", "--grade"]
    pid = process.start(args, cwd=space.root, env=process.environment(passed_on), log=space.lab / "grading.log", mark=graded.mark(session))
    _write(session, Note(pid, session.main(), session.current().id, time.time(), "The grading seeds are about to be played."))


def stop(session: Session) -> None:
    """End a grading that goes on: it is asked to, so that it clears up after itself; what it found so far stays."""
    found = graded.note(session)
    if found is None:
        return
    from lab import process

    if graded.is_running(session):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(found.pid, signal.SIGTERM)
        deadline = time.monotonic() + _GRACE
        while graded.is_running(session) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.sweep(graded.mark(session))
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
        failpoint("next.passing")
        if session.current().state != "passed":
            session.ledger.append("stage.passed", stage=stage.id)
        return True


def wait(session: Session, tell: Callable[[str], None]) -> None:
    """Wait for the grading that goes on, saying what it says."""
    last = ""
    while graded.is_running(session):
        found = graded.note(session)
        if found and found.said != last:
            last = found.said
            tell(last)
        time.sleep(_PAUSE)


def _say(session: Session, sha: str, stage: StageProgress, tell: Callable[[str], None], said: str) -> None:
    _write(session, Note(os.getpid(), sha, stage.id, time.time(), said))
    tell(said)


def _write(session: Session, found: Note) -> None:
    told: dict[str, Any] = vars(found)
    durable.write_json(session.workspace.lab / "grading.json", told)
