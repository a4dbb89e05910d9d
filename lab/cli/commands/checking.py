"""`lab check`, `lab hint` and `lab answer`."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import click

from lab.cli.desk import Desk, json_option, pass_desk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.report.model import CheckReport
    from lab.report.standing import CheckLine
    from lab.session.check import Heard, Wanted

_PAUSE: Final = 1.0


@click.command()
@click.argument("name", metavar="[CHECK]", required=False, default="")
@click.option("--all", "everything", is_flag=True, help="Every check of the stage, each failing one in full.")
@click.option("--watch", is_flag=True, help="Check again whenever the forge's 'main' moves, until Ctrl-C.")
@click.option("--fresh", is_flag=True, help="Play again, even if nothing has changed.")
@click.option("--grade", is_flag=True, hidden=True)
@json_option
@pass_desk
def check(desk: Desk, name: str, *, everything: bool, watch: bool, fresh: bool, grade: bool, as_json: bool) -> int:  # noqa: PLR0913 - the command's options
    """Play the current milestone with your work, or only CHECK, and say what happened.

    What is graded is the forge's 'main', on a throwaway copy of the company.
    """
    from lab.session.check import Wanted

    if grade:
        return _grade(desk)
    wanted = Wanted(name, everything, fresh)
    if watch:
        return _watch(desk, wanted)
    return _once(desk, wanted, as_json=as_json)


def _once(desk: Desk, wanted: Wanted, *, as_json: bool) -> int:
    from lab.session.check import Heard
    from lab.session.check import check as play

    screen = _Screen(desk, unfold=wanted.everything)
    heard = Heard(tell=desk.console.tell) if as_json else screen.heard()
    report = play(desk.session, wanted, heard)
    if as_json:
        desk.show("check", report, lambda *_: "", as_json=True, outcome=report.outcome)
    else:
        screen.end(report)
    return report.outcome


class _Screen:
    """Shows a check as it plays: the heading, each finding (the first failing one in full), then what it led to."""

    def __init__(self, desk: Desk, *, unfold: bool) -> None:
        self._console = desk.console
        self._unfold = unfold
        self._in_full = False

    def heard(self) -> Heard:
        """Who hears of the check."""
        from lab.session.check import Heard

        return Heard(self._heading, self._finding, self._console.tell)

    def _heading(self, stage: str, milestone: str, sha: str, work: Sequence[str]) -> None:
        from lab.report.checking import heading

        self._console.lines(heading(stage, milestone, sha, work, self._console.paper))

    def _finding(self, line: CheckLine) -> None:
        from lab.report.checking import finding

        full = line.verdict == "failed" and (self._unfold or not self._in_full)
        self._in_full = self._in_full or full
        self._console.lines(finding(line, self._console.paper, full=full))

    def end(self, report: CheckReport) -> None:
        """What it led to."""
        from lab.report.checking import ending

        self._console.lines(ending(report, self._console.paper))


def _watch(desk: Desk, wanted: Wanted) -> int:
    """Check, wait until `main` moves, check again. Ctrl-C ends it."""
    from lab.session import check as use_case

    session = desk.session
    while True:
        sha = session.main()
        screen = _Screen(desk, unfold=wanted.everything)
        screen.end(use_case.check(session, wanted, screen.heard()))
        desk.console.write("\nWatching the forge's 'main'. Ctrl-C ends this.\n")
        while session.main() == sha:
            time.sleep(_PAUSE)
        desk.console.write("\n")


def _grade(desk: Desk) -> int:
    """The detached process of `lab.session.grading`: what it says goes to its log."""
    from lab.session import grading
    from lab.session.check import Heard

    screen = _Screen(desk, unfold=True).heard()
    heard = Heard(finding=screen.finding, tell=lambda sentence: desk.console.write(f"{sentence}\n"))
    return 0 if grading.grade(desk.session, heard) else 1


@click.command()
@click.argument("name", metavar="[CHECK]", required=False, default="")
@click.option("--again", is_flag=True, help="Repeat the steps that were given; give no new one.")
@pass_desk
def hint(desk: Desk, name: str, *, again: bool) -> None:
    """Take one step of three towards the next check, or towards CHECK. Hints never cost a pass."""
    from lab.report.checking import hint as render
    from lab.session.hints import hint as give

    desk.console.write(render(give(desk.session, name, again=again), desk.console.paper))


@click.command()
@click.argument("name", metavar="CHECK")
@click.argument("value", nargs=-1)
@pass_desk
def answer(desk: Desk, name: str, value: tuple[str, ...]) -> int:
    """Answer the question of CHECK; without a VALUE, read the question."""
    from lab.report.checking import answer as render
    from lab.session.hints import answer as give

    report = give(desk.session, name, " ".join(value))
    desk.console.write(render(report, desk.console.paper))
    return 1 if report.line and report.line.verdict == "failed" else 0
