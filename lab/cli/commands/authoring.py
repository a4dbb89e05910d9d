"""`lab author`: for those who write scenarios."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lab.cli.commands import author_trying, author_writing
from lab.cli.desk import Desk, json_option, pass_desk

if TYPE_CHECKING:
    from lab.authoring.rows import ProofReport


@click.group()
def author() -> None:
    """For those who write scenarios."""


for _command in (
    author_writing.new,
    author_writing.schema,
    author_writing.lint,
    author_writing.docs,
    author_writing.import_,
    author_writing.kit,
    author_trying.try_,
    author_trying.watch,
    author_trying.handout,
):
    author.add_command(_command)


@author.command()
@click.argument("scenario")
@click.option("--stage", default="", help="Only this stage.")
@click.option("--only", multiple=True, help="Only the start, this solution or this trap; may be given several times.")
@click.option("--seeds", default=None, type=click.IntRange(1, 20), help="How many seeds: 2, or 1 with --slices.")
@click.option("--slices", is_flag=True, help="As CI does: the first solution whole, all others by the scenes they need.")
@click.option(
    "--repeat", default=1, type=click.IntRange(1, 50), help="Play each case so often, and name those that don't always say the same."
)
@click.option("--mutate", is_flag=True, help="Break the first solution in one place after another, and list what no check refuses.")
@click.option("--sample", type=click.IntRange(1), help="With --mutate: only so many of each stage, drawn by the seed.")
@click.option("--fresh", is_flag=True, help="Play also what is remembered from an earlier proof.")
@click.option(
    "--write",
    "target",
    default=None,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the proof into this file: .md, .json, .xml (JUnit) or .html.",
)
@json_option
@pass_desk
def prove(desk: Desk, /, scenario: str, *, as_json: bool, target: Path | None, seeds: int | None, **asked: Any) -> int:
    """Prove SCENARIO: the start fails, the solutions pass, each trap is refused by the named checks."""
    from lab.authoring import table
    from lab.authoring.proof_files import Made, written
    from lab.authoring.prove import Wish
    from lab.authoring.prove import prove as run
    from lab.company.pipelines.toolchain import Toolchain
    from lab.session import durable

    began = time.monotonic()
    commit = _commit()
    wish = Wish(seeds=seeds or (1 if asked["slices"] else 2), commit=commit, **asked)
    toolchain = Toolchain.find()
    toolchain.prepare(desk.console.tell)
    told = desk.parts.read(desk.parts.find(scenario))
    report = run(
        told, toolchain, wish, tell=desk.console.tell, on_row=lambda row: None if as_json else desk.console.lines([table.line(row)])
    )
    if target:
        sort = " --slices" if wish.slices else " --mutate" if wish.mutate else ""
        made = Made(f"lab author prove {scenario}{sort}", commit, (time.monotonic() - began) / 60)
        durable.write(target, written(report, made, target.suffix))
    desk.show("prove", report, _shown, as_json=as_json)
    return 0 if report.is_proven else 1


def _commit() -> str:
    """What is proven, by git: the commit, with a plus sign where something is not committed."""
    from lab.company.git import Git

    git = Git(Path.cwd())
    name = git.out("rev-parse", "--short", "HEAD", check=False) or "unknown"
    return f"{name}+" if git.out("status", "--porcelain", check=False) else name


def _shown(report: ProofReport, _: object) -> str:
    from lab.authoring import table

    return f"{table.summary(report)}\n"
