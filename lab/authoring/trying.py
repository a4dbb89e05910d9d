"""`lab author try`: a workspace that stands at a stage, as a student sees it, with a solution or a trap laid in if one is named."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lab.company.company import Company
from lab.errors import UsageProblem
from lab.gameday.laying import commit_layers
from lab.session import enter, keeping, moving, workspace
from lab.session.session import Session
from lab.session.start import Wish, start

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.scenario.model import Scenario, Stage
    from lab.session.parts import Parts

    Tell = Callable[[str], None]


@dataclass(frozen=True)
class Try:
    """What is tried: a stage of a scenario, in the folder `folder`; `laid` is a solution's name or 'trap/NAME', or empty."""

    scenario: str
    stage: str
    folder: Path
    laid: str = ""
    seed: int | None = None


@dataclass(frozen=True)
class TryReport:
    """The line to paste, the stage's title, what lies in it, and its live scripts, which a person runs over SSH."""

    enter: str
    title: str
    laid: str
    live: tuple[str, ...]


def layers_of(stage: Stage, laid: str) -> tuple[Path, ...]:
    """The folders of a solution, or of a trap and the solution below it.

    Raises:
        UsageProblem: the stage has none of that name.
    """
    solutions = {one.name: one for one in stage.solutions}
    traps = {f"trap/{one.name}": one for one in stage.traps}
    if not laid:
        return ()
    if laid in solutions:
        return (solutions[laid].path,)
    if laid in traps:
        return (solutions[traps[laid].base].path, traps[laid].path)
    raise UsageProblem(f"'{stage.id}' has no '{laid}'.", remedy=f"There are: {', '.join([*solutions, *traps]) or 'none'}.")


def try_stage(wish: Try, parts: Parts, tell: Tell) -> TryReport:
    """Open a workspace, jump to the stage with what comes before it caught up, and lay the solution in.

    Raises:
        UsageProblem: there is no such stage, solution or trap.
        WrongState: the folder is not empty.
    """
    told = parts.read(parts.find(wish.scenario))
    stage = _stage(told, wish.stage)
    layers_of(stage, wish.laid)
    start(Wish(wish.scenario, wish.folder, wish.seed), parts, tell=tell)
    space = workspace.read(wish.folder.resolve())
    session = Session(space, parts)
    if session.current().id != stage.id:
        moving.go_to(session, stage.id, tell, catch_up=True)
    layers = layers_of(session.stage(stage.id), wish.laid)
    if layers:
        tell(f"Laying in '{wish.laid}'.")
        room = Path(tempfile.mkdtemp(prefix="lab-try-"))
        try:
            commit_layers(Company.open(space.company), layers, room / "clone", message=f"Try '{wish.laid}'")
        finally:
            shutil.rmtree(room, ignore_errors=True)
        keeping.follow(space.clone, forge=parts.forge(space).path(space.repository))
    scripts = next((sorted((layer / "live").glob("*.sh")) for layer in reversed(layers) if (layer / "live").is_dir()), [])
    line = enter.command_line(space, here=workspace.current_directory())
    return TryReport(line, stage.title, wish.laid, tuple(map(str, scripts)))


def _stage(told: Scenario, name: str) -> Stage:
    try:
        return told.stage(name)
    except KeyError as problem:
        known = ", ".join(stage.id for stage in told.stages)
        raise UsageProblem(f"There is no stage '{name}'.", remedy=f"There are: {known}.") from problem
