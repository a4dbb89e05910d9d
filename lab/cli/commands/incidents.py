"""`lab incident`: what let customers down, and what you do about it."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lab.cli.desk import Desk, json_option, pass_desk
from lab.errors import UsageProblem

if TYPE_CHECKING:
    from lab.report.model import DoneReport

_LARGEST = 10_000


@click.group()
def incident() -> None:
    """Incidents: customers open them, you look after them."""


@incident.command("list")
@json_option
@pass_desk
def list_(desk: Desk, *, as_json: bool) -> None:
    """List incidents, oldest first."""
    from lab.report.incidents import incidents as render
    from lab.session import incidents as use_case

    desk.show("incidents", use_case.incidents(desk.session), render, as_json=as_json)


@incident.command()
@click.argument("number", type=int)
@pass_desk
def ack(desk: Desk, number: int) -> None:
    """Say that you look after incident NUMBER."""
    from lab.session import incidents as use_case

    _done(desk, use_case.acknowledge(desk.session, number))


@incident.command()
@click.argument("number", type=int)
@click.argument("text", nargs=-1, required=True)
@pass_desk
def note(desk: Desk, number: int, text: tuple[str, ...]) -> None:
    """Note TEXT for incident NUMBER, with the time."""
    from lab.session import incidents as use_case

    _done(desk, use_case.note(desk.session, number, " ".join(text)))


@incident.command()
@click.argument("number", type=int)
@pass_desk
def resolve(desk: Desk, number: int) -> None:
    """Say that incident NUMBER is over; customers must agree."""
    from lab.session import incidents as use_case

    _done(desk, use_case.resolve(desk.session, number))


@incident.command()
@click.argument("number", type=int)
@click.option("--detected", help="When it was noticed: the first page, else when it began ('12:04', 'day 2, 09:15').")
@click.option("--mitigated", help="When customers were well again.")
@click.option("--resolved", help="When it was over, or when you said so.")
@click.option("--cause", help="change, infra, data, provider or unknown.")
@click.option("--file", "file", type=click.Path(dir_okay=False, path_type=Path), help="The same fields in a YAML file.")
@pass_desk
def review(desk: Desk, /, number: int, file: Path | None, **fields: Any) -> None:
    """Hand in the post-mortem of incident NUMBER; it is compared with the ledger."""
    from lab.session import incidents as use_case

    told = use_case.from_file(_text(file)) if file else {}
    _done(desk, use_case.review(desk.session, number, told | {name: value for name, value in fields.items() if value is not None}))


def _text(file: Path) -> str:
    try:
        with file.open(encoding="utf-8") as source:
            return source.read(_LARGEST)
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageProblem(f"The file '{file}' could not be read: {problem}.") from problem


def _done(desk: Desk, report: DoneReport) -> None:
    from lab.report.prose import done as render

    desk.console.write(render(report, desk.console.paper))
