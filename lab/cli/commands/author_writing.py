"""`lab author schema`: what an author's editor and eye need while writing."""
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
    """Print the JSON Schema of KIND (stage, scenario, trap, bank, mutants, personas), or write all of them."""
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
