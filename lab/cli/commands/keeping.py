"""What the learner keeps: the journal, and the portfolio."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

from pathlib import Path

import click

from lab.cli.desk import Desk, json_option, pass_desk


@click.command()
@click.argument("stage", required=False, default="")
@click.option("--learned", metavar="TEXT", help="What you learned.")
@click.option("--challenges", metavar="TEXT", help="What was hard.")
@click.option("--next", "following", metavar="TEXT", help="What you do next.")
@json_option
@pass_desk
def journal(desk: Desk, stage: str, learned: str | None, challenges: str | None, following: str | None, *, as_json: bool) -> None:
    """Write lines of the journal for STAGE (default: the one passed last); without a line, read it."""
    from lab.report.profile import journal as render
    from lab.session import journal as book

    told = {"learned": learned, "challenges": challenges, "next": following}
    lines = {name: text for name, text in told.items() if text is not None}
    report = book.write(desk.session, stage, lines) if lines else book.journal(desk.session)
    desk.show("journal", report, render, as_json=as_json)


@click.command()
@click.option("--name", default="", help="Your name, as it shall stand on the page.")
@click.option("--write", "target", type=click.Path(dir_okay=False, path_type=Path), default=Path("portfolio.html"), help="Into this file.")
@pass_desk
def portfolio(desk: Desk, name: str, target: Path) -> None:
    """Write an HTML page of the stages that you passed, your skills and your journal."""
    from lab.report import plain
    from lab.report.portfolio import page
    from lab.session import durable
    from lab.session.portfolio import portfolio as gather

    report = gather(desk.session, name=name)
    durable.write(target, page(report))
    built = plain.count(len(report.built), "stage") if report.built else "no stage yet: the first stands there once it is passed"
    desk.console.lines([f"Wrote '{target}', with {built}."])
