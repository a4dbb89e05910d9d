"""`lab author try`, `watch` and `handout`: what an author does between two saves, and before a lesson."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lab.cli.desk import Desk, pass_desk

if TYPE_CHECKING:
    from lab.authoring.prove import Wish

scenario_option = click.option("--scenario", default="", help="Which one; default: the one you stand in, else the shipped one.")


def chosen(name: str) -> str:
    """The scenario that is meant: the one named, the one in the current directory, or the shipped one."""
    if name:
        return name
    return str(Path.cwd()) if Path("scenario.yaml").is_file() else "company-evolution"


@click.command("try")
@click.argument("stage")
@click.option("--as", "laid", default="", metavar="SOLUTION|trap/NAME", help="Lay this solution or trap in.")
@click.option("--dir", "folder", type=click.Path(path_type=Path), help="The workspace; default: try-STAGE.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Names, numbers and bugs are drawn from it.")
@scenario_option
@pass_desk
def try_(desk: Desk, /, stage: str, laid: str, folder: Path | None, seed: int | None, scenario: str) -> None:
    """Open STAGE as a student sees it, in a workspace of its own."""
    from lab.authoring.trying import Try, try_stage

    where = folder or Path(f"try-{stage}")
    report = try_stage(Try(chosen(scenario), stage, where, laid, seed), desk.parts, desk.console.tell)
    lines = [f"'{report.title}' is open" + (f", with '{report.laid}' on main." if report.laid else ", untouched.")]
    if report.live:
        lines += ["It also acts on the live company; run these in the clone:", *(f"  sh {script}" for script in report.live)]
    desk.console.lines([*lines, "", "Paste:", f"  {report.enter}"])


@click.command()
@click.argument("scenario", required=False, default="")
@click.option("--no-prove", is_flag=True, help="Only lint.")
@pass_desk
def watch(desk: Desk, scenario: str, *, no_prove: bool) -> None:
    """Lint SCENARIO at each save, and prove the part that was touched. Ctrl-C ends it."""
    from lab.authoring.lint.run import lint
    from lab.authoring.watching import saves, slices_of
    from lab.report.lint import lines

    name = chosen(scenario)
    desk.console.lines([*lines(lint(name, desk.parts.read)), "Watching; Ctrl-C ends it."])
    for saved in saves(name):
        report = lint(name, desk.parts.read)
        desk.console.lines(["", f"Saved: {', '.join(saved)}", *lines(report)])
        if report.mistakes or no_prove:
            continue
        told = desk.parts.read(desk.parts.find(name))
        for wish in slices_of(saved, told):
            _prove(desk, name, wish)


def _prove(desk: Desk, name: str, wish: Wish) -> None:
    from lab.authoring import table
    from lab.authoring.prove import prove
    from lab.company.pipelines.toolchain import Toolchain
    from lab.errors import LabError

    toolchain = Toolchain.find()
    try:
        toolchain.prepare(desk.console.tell)
        told = desk.parts.read(desk.parts.find(name))
        prove(told, toolchain, wish, tell=desk.console.tell, on_row=lambda row: desk.console.lines([table.line(row)]))
    except LabError as problem:  # the next save may mend it
        desk.console.lines([str(problem)])


@click.command()
@click.argument("scenario", required=False, default="")
@click.option("--stage", default="", help="Only this stage.")
@click.option("--write", "target", type=click.Path(dir_okay=False, path_type=Path), help="Into this file; default: SCENARIO-handout.html.")
@pass_desk
def handout(desk: Desk, scenario: str, stage: str, target: Path | None) -> None:
    """Write a page for whoever teaches SCENARIO: the plan, the texts, the hints, the traps."""
    from lab.authoring.handout import page
    from lab.errors import UsageProblem
    from lab.session import durable

    told = desk.parts.read(desk.parts.find(chosen(scenario)))
    stages = [one for one in told.stages if stage in ("", one.id)]
    if not stages:
        raise UsageProblem(f"There is no stage '{stage}'.", remedy=f"There are: {', '.join(one.id for one in told.stages)}.")
    path = target or Path(f"{told.id}-handout.html")
    durable.write(path, page(told, stages))
    desk.console.lines(
        [f"Wrote '{path}'. It tells hints, traps and solutions of {', '.join(one.title for one in stages)}: keep it from learners."]
    )
