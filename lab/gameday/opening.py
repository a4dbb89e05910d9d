"""A stage's start on a live company: founding it, laying the stage's files, playing the events that open it."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, Any, Final

from lab.company import founding, oracle
from lab.company.charter import Charter
from lab.company.company import Company
from lab.company.git import Git
from lab.company.servers.provision import ServerSetup
from lab.company.team import bank
from lab.gameday import planned
from lab.gameday.laying import commit_layers
from lab.gameday.stagehand import Stagehand
from lab.scenario import library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from lab.company.parts import Parts
    from lab.scenario.model import Event, Scenario, Stage

SERVER: Final = "web1"
FIRST_RELEASE: Final = "friday"


def found_company(root: Path, scenario: Scenario, *, seed: int, parts: Parts | None = None) -> Company:
    """Make the company of a scenario in `root`, with its repository and its past; no stage is open yet.

    Raises:
        WorldUnavailable: the disk is full or a program is missing.
        ScenarioWrong: the scenario's oracle or team can't be read.
    """
    made = Company.create(root, Charter(scenario=scenario.path, seed=seed, repository=scenario.repository), parts=parts)
    told = oracle.load(scenario.path)
    people = bank.load(scenario.path / "team", oracle=told).personas
    commits = [
        founding.Commit(
            one["author"],
            one["message"],
            one["days"],
            one["files"],
            one["tables"],
            one["change_id"],
            one["tag"],
            one["label"],
            tuple(one.get("breaks", ())),
        )
        for one in told.history(seed, told.tables(seed))
    ]
    past = founding.Past(
        product=library.product() / scenario.repository,
        commits=commits,
        emails={name: person.email for name, person in people.items()},
        opened=time.time(),
        last=FIRST_RELEASE,
    )
    founding.found(made.forge, scenario.repository, past)
    return made


def open_stage(company: Company, stage: Stage, tell: Callable[[str], None] = lambda _: None) -> None:
    """Perform a stage's start: its files onto main, its servers, its customers, its events, and `stage.opened` last.

    The company must not be running; its servers are laid out when it starts.

    Raises:
        LabError: a step could not be done. It may be repeated from the state before.
    """
    tell(f"Opening '{stage.title}'.")
    lay_start(company, stage)
    events = [event for event in stage.events if not event.after]
    _play(company, [event for event in events if not planned.is_planned(event)], company.root / "opening")
    later = planned.rows(event for event in events if planned.is_planned(event))
    company.ledger.append_many([("stage.opened", "lab", "engine", opened_as(stage)), *later])


def wake(company: Company, stage: Stage, check: str) -> None:
    """Play the events that waited for the first pass of `check`, or plan those that wait for more.

    Raises:
        LabError: one of them could not be played.
    """
    events = [event for event in stage.events if event.after == check]
    company.ledger.append_many(planned.rows(event for event in events if planned.is_planned(event)))
    _play(company, [event for event in events if not planned.is_planned(event)], company.root / "opening")


def lay_start(company: Company, stage: Stage) -> None:
    """Put a stage's files onto main, and its server and customers into the company's charter.

    What the stage catches up comes first: the start and the first solution of each stage that learners did not play.
    """
    for number, skipped in enumerate(stage.skipped):
        lay_start(company, skipped)
        room = company.root / f"caught-up-{number}"
        try:
            commit_layers(company, [skipped.solutions[0].path], room, message=f"Solve '{skipped.title}'")
        finally:
            shutil.rmtree(room, ignore_errors=True)
    setups = (ServerSetup(SERVER, repository=company.repository, runs=stage.server_runs),) if stage.server_runs else ()
    box = str(stage.box) if stage.box.is_dir() else ""
    company.change(
        servers=setups,
        customers=stage.customers,
        scale=stage.company_minutes_per_second,
        containers=stage.needs.docker and not box,
        box=box,
    )
    files = _start_files(company, stage)
    if files:
        commit_files(company, files, message=f"Start of '{stage.title}'", by="priya")


def _start_files(company: Company, stage: Stage) -> dict[str, tuple[bytes, bool]]:
    found: dict[str, tuple[bytes, bool]] = {}
    if stage.team_tests:
        told = oracle.load(company.charter.scenario).files(dict(company.truth.tables_now()))
        found |= {path: (text.encode(), False) for path, text in told.items() if path.startswith("tests/")}
    if stage.start.is_dir():
        for path in founding.tree_files(stage.start):
            found[path.relative_to(stage.start).as_posix()] = (path.read_bytes(), bool(path.stat().st_mode & 0o100))
    return found


def commit_files(company: Company, files: Mapping[str, tuple[bytes, bool]], *, message: str, by: str) -> str:
    """Commit files onto the forge's `main` as the forge itself does, past every ruleset; gives the new commit.

    `files` maps a path to its content and whether it may be executed.
    """
    git = Git(company.forge.path(company.repository), actor=by)
    old = git.out("rev-parse", "refs/heads/main")
    index = {"GIT_INDEX_FILE": str(company.root / "start.index")}
    git.run("read-tree", old, env=index)
    lines = []
    for path, (content, is_program) in sorted(files.items()):
        blob = git.run("hash-object", "-w", "--stdin", stdin=content).output.strip()
        lines.append(f"{'100755' if is_program else '100644'} {blob}\t{path}\0")
    git.run("update-index", "-z", "--index-info", stdin="".join(lines).encode(), env=index)
    tree = git.run("write-tree", env=index).output.strip()
    (company.root / "start.index").unlink(missing_ok=True)
    if tree == git.out("rev-parse", f"{old}^{{tree}}"):
        return old
    new = git.run("commit-tree", tree, "-p", old, "-m", message).output.strip()
    git.run("update-ref", "refs/heads/main", new, old)
    company.forge.reconcile()
    return new


def _play(company: Company, events: Iterable[Event], room: Path) -> None:
    todo = list(events)
    if not todo:
        return
    with Stagehand(company, seed=company.charter.seed, room=room, tell=lambda _: None) as hand:
        for event in todo:
            event.what.play(hand)


def opened_as(stage: Stage) -> dict[str, Any]:
    """What `stage.opened` carries, so that the status needs no scenario."""
    milestones = [{"id": one.id, "title": one.title, "minutes": one.minutes, "checks": list(one.checks)} for one in stage.milestones]
    checks = []
    for check in stage.checks:
        milestone = stage.milestone_of(check.id)
        checks.append(
            {"id": check.id, "title": check.title, "level": check.level, "on": check.on, "milestone": milestone.id if milestone else ""}
        )
    return {"stage": stage.id, "title": stage.title, "milestones": milestones, "checks": checks}
