"""`lab next`, `lab goto`, `lab reset` and `lab down`: what changes where the learner is. One at a time."""
# ruff: noqa: PLC0415 - heavy parts are loaded where they are needed: a status uses none

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lab import rooms
from lab.errors import Refused, UsageProblem, WorldUnavailable, WrongState
from lab.failpoints import failpoint
from lab.report.model import DoneReport, NextStep, OpenedReport
from lab.session import drill, graded, grading, keeping, locks
from lab.session.opening import open_stage, reopen_stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.ledger.progress import StageProgress
    from lab.scenario.model import Stage
    from lab.session.check import Heard
    from lab.session.session import Session

    Tell = Callable[[str], None]

JOURNAL: Final = "Write three lines while you remember: `lab journal`."


def go_next(session: Session, heard: Heard) -> OpenedReport | DoneReport:
    """Open the next stage once this one has passed; grading that is not done is waited for, or played now.

    Raises:
        WrongState: a core check has not passed yet.
        Refused: a grading seed refused one.
    """
    with locks.hold(session.workspace.id, locks.CHANGE, command="lab next"):
        stage = session.current()
        if stage.state == "open":
            _pass(session, stage, heard)
        failpoint("next.passed")
        following = session.workspace.after(stage.id)
        if following is None:
            told_all = NextStep("What you did, and what customers got:", "lab score")
            return DoneReport((f"'{stage.title}' was the last stage there is.", JOURNAL), told_all)
        told = session.stage(following.id)
        open_stage(session, told, heard.tell)
        return OpenedReport(told.id, told.title, told.brief, (f"'{stage.title}' is passed. '{told.title}' is open.", JOURNAL))


def _pass(session: Session, stage: StageProgress, heard: Heard) -> None:
    left = [item.title for item in stage.core if not item.has_passed]
    if left:
        more = f", and {len(left) - 1} more" if len(left) > 1 else ""
        raise WrongState(f"'{stage.title}' is not done: '{left[0]}' has not passed yet{more}.", remedy="`lab check` plays it.")
    grading.wait(session, heard.tell)
    if session.current().state == "passed":
        return
    if grading.grade(session, heard):
        return
    refused = graded.refusals(session.current())
    if not refused:
        raise WorldUnavailable("The grading seeds could not be judged to the end.", remedy="`lab check` says why; then `lab next` again.")
    raise Refused(
        f"A grading seed refuses {refused[0]}",
        remedy="It plays other names, numbers and bugs than practice: what does yours rely on? `lab hint` helps.",
    )


def reset(session: Session, name: str, tell: Tell) -> OpenedReport:
    """Put the start of a stage (default: the current one) back exactly; the learner's work is kept on a tag.

    Raises:
        UsageProblem: there is no such stage.
        WrongState: it was never opened.
    """
    with locks.hold(session.workspace.id, locks.CHANGE, command="lab reset"):
        known = session.progress().stage(name) if name else session.current()
        if known is None or known.state == "skipped":
            _named(session, name)
            raise WrongState(
                f"The stage '{name}' was never opened, so there is no start to put back.", remedy=f"Jump to it: lab goto {name}."
            )
        grading.stop(session)
        return reopen_stage(session, session.stage(known.id), tell)


def _named(session: Session, name: str) -> None:
    names = [note.id for note in session.workspace.stages]
    if name not in names:
        raise UsageProblem(f"There is no stage '{name}'.", remedy=f"There are: {', '.join(names)}.")


def skipped_by(session: Session, name: str) -> tuple[str, ...]:
    """The titles of the stages that a `goto` would skip, in order.

    Raises:
        UsageProblem: there is no such stage.
        WrongState: it was opened before.
    """
    _named(session, name)
    progress = session.progress()
    known = progress.stage(name)
    if known and known.state != "skipped":
        raise WrongState(f"'{known.title}' was opened already.", remedy=f"Its start comes back with `lab reset {name}`.")
    names = [note.id for note in session.workspace.stages]
    before = session.workspace.stages[: names.index(name)]
    return tuple(note.title for note in before if not ((stage := progress.stage(note.id)) and stage.state in {"passed", "skipped"}))


def go_to(session: Session, name: str, tell: Tell, *, catch_up: bool) -> OpenedReport:
    """Jump to a stage; with `catch_up` each skipped stage's reference solution is merged into the forge's `main`.

    Raises:
        WrongState: stages lie between and `catch_up` is not wanted.
    """
    with locks.hold(session.workspace.id, locks.CHANGE, command="lab goto"):
        titles = skipped_by(session, name)
        if titles and not catch_up:
            shown = ", ".join(f"'{title}'" for title in titles)
            raise WrongState(
                f"{shown} would be skipped, and '{session.stage(name).title}' builds on what they leave.",
                remedy=f"Take their reference solutions over: lab goto {name} --catch-up. Your own tree is kept on a tag.",
            )
        grading.stop(session)
        sentences = _catch_up(session, name, tell) if titles else ()
        told = session.stage(name)
        open_stage(session, told, tell)
        if titles:
            space = session.workspace
            keeping.follow(space.clone, forge=session.parts.forge(space).path(space.repository))
        return OpenedReport(told.id, told.title, told.brief, sentences)


def _catch_up(session: Session, name: str, tell: Tell) -> tuple[str, ...]:
    space = session.workspace
    forge = session.parts.forge(space).path(space.repository)
    tag = keeping.keep(space.clone, forge=forge, why=f"All of your work before `lab goto {name}`")
    sentences = [f"Your own tree is kept in your clone: git show {tag}."] if tag else []
    for note in space.stages:
        if note.id == name:
            break
        known = session.progress().stage(note.id)
        if known and known.state in {"passed", "skipped"}:
            continue
        stage = session.stage(note.id)
        if known is None:
            open_stage(session, stage, tell)
        tell(f"Merging the reference solution of '{stage.title}'.")
        merge_solution(session, stage)
        session.ledger.append("stage.skipped", actor="learner", source="learner", stage=stage.id, title=stage.title)
        sentences.append(f"'{stage.title}' is skipped; its reference solution is on 'main'.")
    return tuple(sentences)


def merge_solution(session: Session, stage: Stage) -> None:
    """Lay a stage's first reference solution over the forge's `main`, as one commit by 'lab', past every ruleset.

    Raises:
        LabError: the solution could not be laid over this tree.
    """
    from lab.company.git import ZERO, Git

    space = session.workspace
    forge = session.parts.forge(space)
    room = Path(tempfile.mkdtemp(prefix=rooms.prefix("catchup")))
    try:
        git = Git.clone(forge.url(space.repository), room / space.repository)
        session.parts.apply_solution(stage, git.directory)
        git.run("add", "--all")
        if not git.out("status", "--porcelain"):
            return
        git.run("commit", "--quiet", "-m", f"Take over the reference solution of '{stage.title}'")
        old, new = forge.head(space.repository) or ZERO, git.out("rev-parse", "HEAD")
        bare = Git(forge.path(space.repository))
        bare.run("fetch", "--quiet", "--no-write-fetch-head", "--", str(git.directory), "+HEAD:refs/lab/catch-up")
        bare.run("update-ref", "refs/heads/main", new, old)
        bare.run("update-ref", "-d", "refs/lab/catch-up")
        told = {"repo": space.repository, "ref": "refs/heads/main", "old": old, "new": new, "pusher": "lab", "options": ["catch-up"]}
        session.ledger.append("ref.updated", actor="lab", source="forge", **told)
    finally:
        shutil.rmtree(room, ignore_errors=True)


def down(session: Session, tell: Tell) -> DoneReport:
    """End everything that runs for this workspace; nothing of the learner's is lost."""
    with locks.hold(session.workspace.id, locks.CHANGE, command="lab down"):
        tell("Ending the company's processes.")
        grading.stop(session)
        drill.close(session)
        session.parts.sleep(session.workspace)
    return DoneReport(("Everything is ended; nothing is lost. Any command wakes it again.",), NextStep("When you come back:", "lab"))
