"""Commands that only tell: bare `lab`, brief, status, score, export."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

from pathlib import Path

import click

from lab.cli.desk import Desk, json_option, pass_desk
from lab.errors import UsageProblem

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@pass_desk
def where(desk: Desk) -> None:
    """Say where you are, what changed, and the one next thing to do."""
    from lab.report.where import where as render
    from lab.session.where import where_am_i

    desk.console.write(render(where_am_i(desk.session), desk.console.paper))


@click.command()
@json_option
@pass_desk
def status(desk: Desk, *, as_json: bool) -> None:
    """Show stages, milestones and checks."""
    from lab.report.where import status as render
    from lab.session.status import status as look

    desk.show("status", look(desk.session), render, as_json=as_json)


@click.command()
@click.argument("stage", required=False, default="")
@click.option("--debrief", is_flag=True, help="The debrief instead: why it works, and what companies use.")
@pass_desk
def brief(desk: Desk, stage: str, *, debrief: bool) -> None:
    """Read the job of this stage again, or of STAGE."""
    from lab.report.prose import brief as render
    from lab.session.briefing import brief as look

    desk.console.write(render(look(desk.session, stage=stage, debrief=debrief), desk.console.paper))


@click.command()
@click.option("--skills", is_flag=True, help="Your profile instead: a level of 1 to 5 for each skill, and what it is made of.")
@json_option
@pass_desk
def score(desk: Desk, *, skills: bool, as_json: bool) -> None:
    """Show what you did, how much of it unaided, and what customers got."""
    if skills:
        from lab.report.profile import skills as render_skills
        from lab.session.profile import profile

        desk.show("skills", profile(desk.session), render_skills, as_json=as_json)
        return
    from lab.report.tables import score as render
    from lab.session.scoring import score as look

    desk.show("score", look(desk.session), render, as_json=as_json)


@click.command()
@click.option("--format", "form", type=click.Choice(["json", "junit", "csv"]), help="What a teacher's tool reads, on standard output.")
@click.option("--bundle", type=_FILE, help="Write the evidence into this file, to hand in: seed, ledger, logs, and the repository.")
@click.option("--sign", "key", type=_FILE, help="Sign the bundle with this SSH key.")
@pass_desk
def export(desk: Desk, form: str | None, bundle: Path | None, key: Path | None) -> None:
    """Write every result: as one document, or as a bundle that `lab verify` plays again."""
    if (form is None) == (bundle is None) or (key and not bundle):
        raise UsageProblem(
            "Say one of '--format' and '--bundle'; '--sign' goes with '--bundle'.", remedy="lab export --bundle NAME.lab.zip"
        )
    if bundle:
        _bundle(desk, bundle, key)
    else:
        _results(desk, str(form))


def _bundle(desk: Desk, target: Path, key: Path | None) -> None:
    from lab.report import plain
    from lab.session.handin.packing import pack

    made = pack(desk.session, target, key=key)
    desk.console.lines(
        [
            f"Wrote '{target}'{', signed' if key else ''}: ledger, ends of logs, and the repository at {plain.short(made.main)}.",
            f"It can be played again: lab verify '{target}'",
        ]
    )


def _results(desk: Desk, form: str) -> None:
    from lab.report import as_table

    stages = desk.session.progress().stages
    if form == "json":
        from lab.report.as_json import document
        from lab.session.journal import journal
        from lab.session.profile import profile
        from lab.session.scoring import score as look
        from lab.session.status import export as gather

        session = desk.session
        more = {"score": look(session), "skills": profile(session), "journal": journal(session)}
        desk.console.write(document("export", gather(session), **{name: _plain(report) for name, report in more.items()}))
    else:
        desk.console.write(as_table.as_csv(stages) if form == "csv" else as_table.as_junit(stages))


def _plain(report: object) -> object:
    from dataclasses import asdict

    return asdict(report)  # type: ignore[call-overload]  # every report is a dataclass
