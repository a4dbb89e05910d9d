"""`lab log` and `lab run`: pipelines, in the verbs and the look of `gh run`."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

import click

from lab.cli.desk import Desk, json_option, pass_desk
from lab.errors import UsageProblem

_COLOURS = {"success": 0, "": 0}


@click.command()
@click.argument("name", metavar="[RUN]", required=False, default="")
@click.option("-f", "--follow", is_flag=True, help="Show jobs and steps as they end, until the run is finished.")
@click.option("--all", "everything", is_flag=True, help="The company's whole ledger: every event with its number.")
@json_option
@pass_desk
def log(desk: Desk, name: str, *, follow: bool, everything: bool, as_json: bool) -> int:
    """List the last pipeline runs, or show RUN: its jobs, its steps, the failing step's last lines."""
    from lab.report import runs as render
    from lab.session import logs

    if everything:
        desk.show("events", logs.everything(desk.session), render.events, as_json=as_json)
        return 0
    if follow:
        if as_json:
            raise UsageProblem("'--follow' and '--json' do not go together.", remedy="Leave one of them out.")
        return _follow(desk, name or logs.newest(desk.session))
    report = logs.one(desk.session, name) if name else logs.recent(desk.session)
    desk.show("log", report, render.log, as_json=as_json)
    return 0


def _follow(desk: Desk, name: str) -> int:
    from lab.report import runs as render
    from lab.session import logs

    result = ""
    paper = desk.console.paper
    for event in logs.follow(desk.session, name):
        data = event.data
        if event.type == "step.finished":
            desk.console.lines(["  " + render.step_line(data["step"], data["result"], data["seconds"], paper, job=data["job"])])
        elif event.type == "job.finished":
            desk.console.lines([render.step_line(data["job"], data["result"], data["seconds"], paper)])
        elif event.type == "run.finished":
            result = data["result"]
    desk.console.write(render.log(logs.one(desk.session, name), paper))
    return 0 if result == "success" else 1


@click.group()
def run() -> None:
    """Pipeline runs, with the verbs of 'gh run'."""


@run.command("list")
@click.option("-L", "--limit", default=20, show_default=True, help="How many.")
@click.option("-s", "--status", default="", help="Only queued, running, success, failure, cancelled or error.")
@json_option
@pass_desk
def list_(desk: Desk, limit: int, status: str, *, as_json: bool) -> None:
    """List runs, newest first."""
    from lab.report import runs as render
    from lab.session import logs

    desk.show("log", logs.recent(desk.session, count=limit, state=status), render.log, as_json=as_json)


@run.command()
@click.argument("name", metavar="[RUN]", required=False, default="")
@json_option
@pass_desk
def view(desk: Desk, name: str, *, as_json: bool) -> None:
    """Show one run (default: the newest)."""
    from lab.report import runs as render
    from lab.session import logs

    desk.show("log", logs.one(desk.session, name or logs.newest(desk.session)), render.log, as_json=as_json)


@run.command()
@click.argument("name", metavar="RUN")
@pass_desk
def rerun(desk: Desk, name: str) -> None:
    """Run it again, on the same commit."""
    from lab.session import logs

    made = desk.session.parts.rerun(desk.session.workspace, logs.runs(desk.session).get(name).id)
    desk.console.write(f"Queued as {made}. Follow it: lab log -f {made}\n")


@run.command()
@click.argument("name", metavar="RUN")
@pass_desk
def cancel(desk: Desk, name: str) -> None:
    """End a run that is queued or runs."""
    from lab.session import logs

    desk.session.parts.cancel(desk.session.workspace, logs.runs(desk.session).get(name).id)
    desk.console.write("It is cancelled.\n")
