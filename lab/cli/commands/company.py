"""`lab ssh`, `lab box`, `lab team` and `lab monitoring`."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

import os

import click

from lab.cli.desk import Desk, json_option, pass_desk


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("server")
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[COMMAND]...")
@pass_desk
def ssh(desk: Desk, server: str, words: tuple[str, ...]) -> None:
    """Log in to SERVER, or run COMMAND there; standard input goes along."""
    from lab.session.colleagues import ssh_command

    desk.become(ssh_command(desk.session, server, words))


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[COMMAND]...")
@pass_desk
def box(desk: Desk, words: tuple[str, ...]) -> None:
    """Open a terminal in the stage's box, or run COMMAND there. The box is made when it is first needed."""
    from lab.session.boxes import box_command

    desk.become(box_command(desk.session, words, terminal=os.isatty(0), tell=desk.console.tell))


@click.command()
@click.argument("what", type=click.Choice(["next"]), required=False)
@pass_desk
def team(desk: Desk, what: str | None) -> None:
    """See who works here and what they said; 'next' tells what they wait for."""
    from lab.report.tables import team as render
    from lab.session import colleagues

    report = colleagues.team_next(desk.session) if what else colleagues.team(desk.session)
    desk.console.write(render(report, desk.console.paper))


@click.command()
@json_option
@pass_desk
def monitoring(desk: Desk, *, as_json: bool) -> None:
    """Check the files of your clone's `monitoring/`, and show how they run on the company's clock: durations are 30 times shorter."""
    from lab.session.monitoring import scaled

    desk.show("monitoring", scaled(desk.session), lambda report, _: report.text, as_json=as_json)
