"""`lab drill`: on call, for one trouble that you have not seen."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

import click

from lab.cli.desk import Desk, pass_desk


@click.group(invoke_without_command=True)
@click.option("--seed", type=click.IntRange(min=0), help="The drill of this number; the same number is the same drill.")
@click.pass_context
def drill(context: click.Context, seed: int | None) -> None:
    """Be on call: one trouble on a copy of your company, a page, fifteen minutes. Without a command: begin, or show, the drill."""
    if context.invoked_subcommand:
        return
    from lab.report.drill import drill as render
    from lab.session import drill as use_case

    desk = context.find_object(Desk)
    assert desk
    goes_on = seed is None and use_case.goes_on(desk.session)
    report = use_case.show(desk.session) if goes_on else use_case.begin(desk.session, seed, desk.console.tell)
    desk.console.write(render(report, desk.console.paper))


@drill.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("server")
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[COMMAND]...")
@pass_desk
def ssh(desk: Desk, server: str, words: tuple[str, ...]) -> None:
    """Log in to SERVER of the drill, or run COMMAND there."""
    from lab.session.drill import ssh_command

    desk.become(ssh_command(desk.session, server, words))


@drill.command("run")
@click.argument("verb")
@click.argument("sha", default="")
@pass_desk
def run(desk: Desk, verb: str, sha: str) -> int:
    """Run VERB of your 'harborline.yaml' against the drill's company; SHA stands for {sha} (default: its main)."""
    from lab.report.drill import verb as render
    from lab.session import drill as use_case

    report = use_case.run(desk.session, verb, sha)
    desk.console.write(render(report, desk.console.paper))
    return 0 if report.exit == 0 else 1


@drill.command()
@click.option("--when", required=True, help="When it will be over, or when Lena hears from you again.")
@click.option("--next", "following", required=True, help="What you do next.")
@pass_desk
def say(desk: Desk, when: str, following: str) -> None:
    """Send Lena a status line."""
    from lab.report.drill import drill as render
    from lab.session import drill as use_case

    desk.console.write(render(use_case.say(desk.session, when, following), desk.console.paper))


@drill.command()
@click.option("--cause", required=True, help="What it was; `lab drill` lists the words.")
@pass_desk
def end(desk: Desk, cause: str) -> int:
    """End the drill: customers are asked, your cause and your status lines are judged."""
    from lab.report.drill import ended as render
    from lab.session import drill as use_case

    report = use_case.end(desk.session, cause)
    desk.console.write(render(report, desk.console.paper))
    return report.exit_code
