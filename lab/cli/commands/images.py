"""`lab images`: make, list and remove the company's base images."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

from pathlib import Path

import click

from lab.cli.desk import Desk, json_option, pass_desk


@click.group()
def images() -> None:
    """The company's base images: made once for this machine, then used again."""


@images.command()
@click.argument("names", nargs=-1, metavar="[IMAGE]...")
@json_option
@pass_desk
def build(desk: Desk, names: tuple[str, ...], *, as_json: bool) -> None:
    """Make each IMAGE that is missing (default: all), and what it rests on."""
    from lab.report.tables import images as render
    from lab.session.images import build as make

    desk.show("images", make(names, desk.console.tell), render, as_json=as_json)


@images.command("list")
@json_option
@pass_desk
def list_(desk: Desk, *, as_json: bool) -> None:
    """List what there is of each."""
    from lab.report.tables import images as render
    from lab.session.images import listing

    desk.show("images", listing(), render, as_json=as_json)


@images.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@pass_desk
def load(desk: Desk, files: tuple[Path, ...], *, as_json: bool) -> None:
    """Take in the images of each FILE, as a kit of `lab author kit` has them: no network is needed."""
    from lab.report.tables import images as render
    from lab.session.images import load as take_in

    desk.show("images", take_in(files), render, as_json=as_json)


@images.command()
@click.option("--all", "everything", is_flag=True, help="Every image of the lab's, also those in use from now on.")
@json_option
@pass_desk
def prune(desk: Desk, *, everything: bool, as_json: bool) -> None:
    """Remove the images that nothing makes any more."""
    from lab.report.tables import images as render
    from lab.session.images import prune as remove

    desk.show("images", remove(everything=everything), render, as_json=as_json)
