"""`lab author new`, `schema`, `lint`, `docs`, `import` and `kit`: what an author needs while writing, and to hand out what is written."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

from pathlib import Path

import click

from lab.cli.desk import Desk, json_option, pass_desk


@click.command()
@click.argument("kind", required=False, default="")
@click.option("--write", "target", type=click.Path(file_okay=False, path_type=Path), help="Write all of them into this folder.")
@pass_desk
def schema(desk: Desk, kind: str, target: Path | None) -> None:
    """Print the JSON Schema of KIND (stage, scenario, overlay, trap, bank, mutants, personas, survivors), or write all of them."""
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


@click.command()
@click.argument("scenarios", nargs=-1)
@json_option
@pass_desk
def lint(desk: Desk, scenarios: tuple[str, ...], *, as_json: bool) -> int:
    """Look for mistakes in SCENARIOS (default: those that come with the lab) without playing anything."""
    from dataclasses import asdict

    from lab.authoring.lint.run import lint as look
    from lab.report.lint import lines

    reports = [look(name, desk.parts.read) for name in scenarios or desk.parts.names()]
    mistakes = sum(len(report.mistakes) for report in reports)
    if as_json:
        from lab.report.as_json import document

        desk.console.write(
            document("lint", {"scenarios": [asdict(report) for report in reports], "mistakes": mistakes}, outcome=1 if mistakes else 0)
        )
    else:
        desk.console.lines([line for report in reports for line in lines(report)])
    return 1 if mistakes else 0


@click.command()
@click.option("--write", "target", type=click.Path(file_okay=False, path_type=Path), default=Path("docs"), show_default=True)
@pass_desk
def docs(desk: Desk, target: Path) -> None:
    """Write docs/lint.md and docs/checks.md anew, from the code."""
    from lab.authoring import check_docs
    from lab.authoring.lint import document
    from lab.session.wiring import kinds

    for name, text in (("lint.md", document.document()), ("checks.md", check_docs.document(kinds()))):
        (target / name).write_text(text, encoding="utf-8")
    desk.console.lines([f"Wrote '{target / 'lint.md'}' and '{target / 'checks.md'}'."])


@click.command("import")
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--try", "tried", is_flag=True, help="Play each in its box: what refuses the start, what passes once it is solved.")
@json_option
@pass_desk
def import_(desk: Desk, source: Path, target: Path, *, tried: bool, as_json: bool) -> int:
    """Bring over Killercoda, Katacoda and Instruqt labs from the folder SOURCE into the new scenario TARGET, with an audit."""
    from lab.authoring.importing.run import bring
    from lab.company.pipelines.toolchain import Toolchain
    from lab.report.imported import imported

    here = desk.directory or Path()
    report = bring(here / source, here / target, tell=desk.console.tell, tried_with=Toolchain.find() if tried else None)
    desk.show("import", report, imported, as_json=as_json)
    return 0 if any(line.stage for line in report.lines) else 1


@click.command()
@click.argument("scenario", required=False, default="company-evolution")
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), default=Path("harborline-kit.tar.gz"), show_default=True)
@click.option("--no-images", is_flag=True, help="Leave the base images of containers out.")
@pass_desk
def kit(desk: Desk, scenario: str, target: Path, *, no_images: bool) -> None:
    """Pack all that a class needs for SCENARIO into one archive: the lab, its packages, its images. Nobody needs a network then."""
    import sys

    from lab.authoring.kit import NAME, Sources, make
    from lab.company.pipelines.downloads import fetch
    from lab.company.pipelines.toolchain import Toolchain
    from lab.scenario import library
    from lab.session.images import save

    tell = desk.console.tell
    toolchain = Toolchain.find()
    toolchain.prepare(tell)
    sources = Sources(
        fetch=lambda lock, folder: fetch([sys.executable, "-m", "pip"], lock, folder, what="The lab's packages"),
        wheels=toolchain.wheels,
        save=None if no_images else lambda file: save(file, tell),
    )
    told = library.told(scenario)
    made = make(told, desk.parts.read(desk.parts.find(scenario)), (desk.directory or Path()) / target, sources, tell=tell)
    images = f", {len(made.images)} base images" if made.images else ""
    desk.console.lines(
        [
            f"'{made.path}' has it all: the scenario '{made.scenario}', {made.wheels} packages{images}; {made.size / 1e6:.0f} MB.",
            f"It is for Python {made.python} on {made.platform}. A learner types:",
            f"tar -xf {made.path.name} && {NAME}/play --as NAME --class KEY",
        ]
    )
