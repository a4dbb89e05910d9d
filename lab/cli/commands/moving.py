"""`lab next`, `lab goto`, `lab reset`, `lab update` and `lab down`."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

import sys

import click

from lab.cli.desk import Desk, pass_desk
from lab.errors import UsageProblem


@click.command("next")
@pass_desk
def next_(desk: Desk) -> None:
    """Open the next stage; grading that is not done is waited for."""
    from lab.report import prose
    from lab.report.model import OpenedReport
    from lab.session.check import Heard
    from lab.session.moving import go_next

    report = go_next(desk.session, Heard(tell=desk.console.tell))
    paper = desk.console.paper
    desk.console.write(prose.opened(report, paper) if isinstance(report, OpenedReport) else prose.done(report, paper))


@click.command()
@click.argument("stage", required=False, default="")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_desk
def reset(desk: Desk, stage: str, *, yes: bool) -> None:
    """Put the start of this stage back, or of STAGE: forge, servers and your clone. Your work is kept on a tag."""
    from lab.report.prose import opened as render
    from lab.session.moving import reset as put_back

    title = stage or desk.session.current().title
    _confirm(desk, f"Put the start of '{title}' back? Your work is kept on a tag, your findings of this stage are not.", yes=yes)
    desk.console.write(render(put_back(desk.session, stage, desk.console.tell), desk.console.paper))


@click.command()
@click.argument("stage")
@click.option("--catch-up", is_flag=True, help="Take over the reference solution of every stage between.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_desk
def goto(desk: Desk, stage: str, *, catch_up: bool, yes: bool) -> None:
    """Jump to STAGE."""
    from lab.report.prose import opened as render
    from lab.session.moving import go_to, skipped_by

    titles = skipped_by(desk.session, stage)
    if titles and catch_up:
        shown = ", ".join(f"'{title}'" for title in titles)
        _confirm(desk, f"Skip {shown}, with their reference solutions on 'main'? Your own tree is kept on a tag.", yes=yes)
    desk.console.write(render(go_to(desk.session, stage, desk.console.tell, catch_up=catch_up), desk.console.paper))


@click.command()
@click.argument("scenario", required=False, default="")
@pass_desk
def update(desk: Desk, scenario: str) -> None:
    """Move on to the scenario as it is installed now, or to the version in the folder SCENARIO. Your work stays as it is."""
    from lab.report.prose import done as render
    from lab.session.updating import update as move_on

    desk.console.write(render(move_on(desk.session, scenario, desk.console.tell), desk.console.paper))


@click.command()
@pass_desk
def down(desk: Desk) -> None:
    """End everything that runs for this workspace. Nothing is lost, and any command wakes it again."""
    from lab.report.prose import done as render
    from lab.session.moving import down as end

    desk.console.write(render(end(desk.session, desk.console.tell), desk.console.paper))


def _confirm(desk: Desk, question: str, *, yes: bool) -> None:
    """Ask, unless `--yes` said so; where nobody can answer, say that `--yes` is wanted.

    Raises:
        UsageProblem: there is no terminal to ask at.
    """
    if yes:
        return
    if not (sys.stdin and sys.stdin.isatty()):
        raise UsageProblem(f"{question} There is no terminal to ask at.", remedy="Say it with `--yes`.")
    desk.console.wipe()
    click.confirm(question, abort=True)
