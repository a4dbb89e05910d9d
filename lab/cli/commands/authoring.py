"""`lab author`: for those who write scenarios."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

import click

from lab.cli.desk import Desk, json_option, pass_desk


@click.group()
def author() -> None:
    """For those who write scenarios."""


@author.command()
@click.argument("scenario")
@click.option("--stage", default=None, help="Only this stage.")
@click.option("--only", default=None, help="Only the start, this solution or this trap.")
@click.option("--seeds", default=2, show_default=True, type=click.IntRange(1, 20), help="How many seeds.")
@json_option
@pass_desk
def prove(desk: Desk, scenario: str, stage: str | None, only: str | None, seeds: int, *, as_json: bool) -> int:
    """Prove SCENARIO: the start fails, solutions pass, each trap is refused by the named check, reset returns to the start."""
    from lab.authoring.prove import prove as run  # type: ignore[import-not-found,unused-ignore]

    path = desk.parts.find(scenario)
    report = run(path, stage=stage, only=only, seeds=seeds, on_row=lambda row: None if as_json else desk.console.lines([str(row)]))
    desk.show("prove", report, lambda told, _: f"{told}\n", as_json=as_json)
    return 0 if report.is_proven else 1
