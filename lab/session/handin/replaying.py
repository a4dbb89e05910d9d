"""Play again what a bundle claims, on this machine: a company of its seed, its commit, the same game day.

It runs the learner's code here, as whoever calls it and with their rights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.checks.base import passed
from lab.checks.day import Day, Played, settled
from lab.company.company import Company
from lab.company.git import Git
from lab.errors import Refused
from lab.gameday import opening
from lab.session.session import seed_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lab.checks.base import Finding
    from lab.company.pipelines.toolchain import Toolchain
    from lab.scenario.model import Scenario, Stage
    from lab.session.handin.claims import Claim
    from lab.session.handin.receiving import Received

_HEADS: Final = "+refs/heads/*:refs/heads/*"
_TAGS: Final = "+refs/tags/*:refs/tags/*"


def replay(
    received: Received, claim: Claim, scenario: Scenario, toolchain: Toolchain, room: Path, *, tell: Callable[[str], None]
) -> dict[str, Finding]:
    """The finding of each check that the claim tells of, found here. `room` is a folder for the company, the caller's to remove.

    Raises:
        Refused: the bundle lacks the commit, or the scenario the stage or a check.
        LabError: the company could not be founded or played.
    """
    stage = _stage(scenario, claim)
    wanted = [check for check in stage.checks if check.id in claim.verdicts]
    raw: dict[str, Finding] = {}

    def ended(played: Played) -> None:
        raw.update(played.findings)

    with _company(received, claim, scenario, stage, room) as company:
        seed = seed_of(received.manifest.seed, claim.kind)
        day = Day(company, stage, seed, scenario.digest, toolchain.key(), None, tell, ended)
        day.play(wanted)
    elsewhere = {*claim.live, *(name for name, verdict in claim.verdicts.items() if verdict == "passed")} - {one.id for one in wanted}
    known = {name: passed("The ledger tells that it passed.") for name in elsewhere}
    if claim.kind != "practice":  # a grading seed takes live checks as passed, as they were when it began
        known |= {check.id: passed("It was judged live.") for check in stage.checks if check.on == "live"}
    return settled(wanted, raw, known=known)


def _stage(scenario: Scenario, claim: Claim) -> Stage:
    names = {stage.id: stage for stage in scenario.stages}
    if claim.stage not in names:
        raise Refused(f"It tells of a stage '{claim.stage}', and the scenario has none.")
    stage = names[claim.stage]
    strange = claim.verdicts.keys() - {check.id for check in stage.checks}
    if strange:
        raise Refused(f"It tells of a check '{min(strange)}', and the stage '{stage.id}' has none.")
    return stage


def _company(received: Received, claim: Claim, scenario: Scenario, stage: Stage, room: Path) -> Company:
    """A company founded on the bundle's seed, in the state of the stage, with the claim's commit as `main`."""
    git = received.git
    if git.out("rev-parse", "--verify", "--quiet", f"{claim.sha}^{{commit}}", check=False) != claim.sha:
        raise Refused(f"The commit {claim.sha[:7] or 'of nothing'}, on which '{stage.id}' was judged, is not in it.")
    root = room / f"{stage.id}-{claim.kind}"
    with opening.found_company(root, scenario, seed=received.manifest.seed) as company:
        opening.lay_start(company, stage)
        forge = Git(company.forge.path(company.repository))
        forge.run("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", str(git.directory), _HEADS, _TAGS, timeout=120)
        forge.run("update-ref", "refs/heads/main", claim.sha)
        company.forge.reconcile()
    return Company.open(root)
