"""`lab author new` and `lab author schema`: what an author needs to begin."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

from pathlib import Path

import click

from lab.cli.desk import Desk, pass_desk


@click.command()
@click.argument("kind", required=False, default="")
@click.option("--write", "target", type=click.Path(file_okay=False, path_type=Path), help="Write all of them into this folder.")
@pass_desk
def schema(desk: Desk, kind: str, target: Path | None) -> None:
    """Print the JSON Schema of KIND (stage, scenario, overlay, trap, bank, mutants, personas), or write all of them."""
    from lab.authoring import schema as making
    from lab.errors import UsageProblem
    from lab.session.wiring import kinds

    if target:
        written = making.write(target, kinds())
        desk.console.lines([f"Wrote {len(written)} schemas into '{target}'. Editors find them by the first line of each scenario file."])
        return
    found = making.schemas(kinds())
    if kind not in found:
        said = f"There is no schema '{kind}'." if kind else "Which schema?"
        raise UsageProblem(said, remedy=f"There are: {', '.join(found)}; or all of them: lab author schema --write DIR.")
    desk.console.write(making.as_text(found[kind]))


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--from", "stage", default="", help="Start from a copy of this shipped stage.")
@pass_desk
def new(desk: Desk, target: Path, stage: str) -> None:
    """Write a new scenario into the folder TARGET: small, proven, and with comments that teach."""
    from lab.authoring.new import new as make
    from lab.session.wiring import kinds

    made = make((desk.directory or Path()) / target, kinds(), stage=stage)
    desk.console.lines(
        [
            f"'{made}' is a whole scenario. Begin with its stage.yaml: the comments say what is what.",
            f"lab author watch {target}      says at each save what is wrong",
            f"lab author prove {target}      shows that its checks are right",
            f"lab start {target}             plays it",
        ]
    )
