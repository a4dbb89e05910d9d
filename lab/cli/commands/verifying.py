"""`lab verify`: what was handed in, for whoever teaches."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lab.cli.desk import Desk, json_option, pass_desk
from lab.errors import Refused, UsageProblem, WorldUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lab.checks.base import Finding
    from lab.scenario.model import Scenario
    from lab.session.handin.claims import Claim
    from lab.session.handin.receiving import Received

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("place", type=click.Path(path_type=Path))
@click.option("--csv", "as_table", is_flag=True, help="The roster as CSV.")
@click.option("--sample", type=click.IntRange(0), help="Play only so many again, drawn by what was handed in; 0: none.")
@click.option("--stage", default="", help="Play only this stage again.")
@click.option("--scenario", default="", help="Where the scenario is, if it is none of the installed ones.")
@click.option("--class", "key", default="", help="The class's key: each seed must come from it and the name.")
@click.option("--signer", type=_FILE, help="A public SSH key: each bundle must be signed by its owner.")
@json_option
@pass_desk
def verify(desk: Desk, /, place: Path, *, as_table: bool, as_json: bool, scenario: str, **asked: Any) -> int:
    """Read the bundle PLACE, or every '*.lab.zip' in that folder, and play again what they claim.

    A re-play runs the learners' code on this machine, as you and with your rights: use one that you can throw away.
    """
    from lab.report import roster
    from lab.session.handin.roster import Inquiry
    from lab.session.handin.roster import verify as look

    if as_table and as_json:
        raise UsageProblem("'--csv' and '--json' exclude each other.")
    report = look(Inquiry(place, **asked), _replayer(desk, scenario))
    if place.is_file() and report.lines[0].verdict == "refused":
        raise Refused(report.lines[0].said)
    if as_table:
        desk.console.write(roster.as_csv(report))
    else:
        desk.show("verify", report, roster.roster, as_json=as_json, outcome=report.outcome)
    return report.outcome


def _replayer(desk: Desk, place: str) -> Callable[[Received, Claim, Path], Mapping[str, Finding]]:
    """What plays a claim again: the scenario and the tools are looked for once, when the first is played."""
    from functools import cache

    from lab.company.pipelines.toolchain import Toolchain
    from lab.session.handin.replaying import replay

    @cache
    def toolchain() -> Toolchain:
        found = Toolchain.find()
        found.prepare(desk.console.tell)
        return found

    @cache
    def scenario(name: str) -> Scenario:
        return desk.parts.read(desk.parts.find(place or name))

    def play(received: Received, claim: Claim, room: Path) -> Mapping[str, Finding]:
        manifest = received.manifest
        told = scenario(manifest.scenario)
        if told.digest != manifest.digest:
            raise WorldUnavailable(
                f"Its scenario '{manifest.scenario}' is another version than the one that is installed here.",
                remedy=f"Use the lab that it was made with ({manifest.version}), or name its scenario: --scenario DIR",
            )
        desk.console.tell(f"{received.path.name}: playing '{claim.stage}' again ({claim.kind}).")
        return replay(received, claim, told, toolchain(), room, tell=desk.console.tell)

    return play
