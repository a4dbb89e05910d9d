"""`lab start`, `lab list`, `lab doctor` and `lab completion`."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lab.cli.desk import Desk, json_option, pass_desk
from lab.errors import UsageProblem


@click.command()
@click.argument("scenario", required=False, default="company-evolution")
@click.option("--dir", "folder", type=click.Path(path_type=Path), default=Path("harborline"), show_default=True, help="The new folder.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Names, numbers and bugs are drawn from it; default: by chance.")
@click.option("--runner", type=click.Choice(["host", "docker"]), default="host", show_default=True, help="Where pipelines run.")
@click.option("--as", "who", default="", metavar="NAME", help="Your name in a class; it goes with --class.")
@click.option("--class", "key", default="", metavar="KEY", help="Your class's key: with your name it gives the seed.")
@pass_desk
def start(desk: Desk, /, scenario: str, folder: Path, **asked: Any) -> None:
    """Open a workspace in a new folder and begin its first stage."""
    from lab.report.prose import start as render
    from lab.report.prose import story
    from lab.session.start import Wish
    from lab.session.start import start as open_workspace

    root = (desk.directory / folder) if desk.directory and not folder.is_absolute() else folder
    wish = Wish(scenario, root, **asked)
    report = open_workspace(
        wish, desk.parts, tell=desk.console.tell, on_story=lambda told: desk.console.write(story(told, desk.console.paper))
    )
    desk.console.write(render(report, desk.console.paper))


@click.command("list")
@json_option
@pass_desk
def list_(desk: Desk, *, as_json: bool) -> None:
    """List the scenarios that can be started, and their stages."""
    from lab.report.tables import scenarios as render
    from lab.session.scenarios import scenarios

    desk.show("list", scenarios(desk.parts), render, as_json=as_json)


@click.command()
@json_option
@pass_desk
def doctor(desk: Desk, *, as_json: bool) -> int:
    """Look at what this machine has and lacks, with the remedy for each."""
    from lab.report.tables import doctor as render
    from lab.session.doctor import doctor as look
    from lab.session.workspace import current_directory

    report = look(desk.directory or current_directory())
    desk.show("doctor", report, render, as_json=as_json, outcome=report.outcome)
    return report.outcome


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script of a shell: eval "$(lab completion bash)"."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is None:
        raise UsageProblem(f"click knows no completion for '{shell}'.")
    made = found(ctx.find_root().command, {}, "lab", "_LAB_COMPLETE")
    ctx.find_object(Desk).console.write(made.source_template % made.source_vars() + "\n")  # type: ignore[union-attr]  # main puts a desk there
