"""The real house behind `lab.session.parts`: scenario values turned into the company's own. The one place where they meet.

Every import of a heavy part stands in the method that needs it: most commands need few of them.
"""
# ruff: noqa: PLC0415, ARG002 - see above; a method takes what the interface gives

from __future__ import annotations

import contextlib
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lab.errors import WorldUnavailable
from lab.report.facts import TeammateLine
from lab.session.parts import SceneEnded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from lab.checks.base import Check, Finding
    from lab.company.box import Box
    from lab.company.company import Company
    from lab.company.forge.forge import Forge
    from lab.company.pipelines.toolchain import Toolchain
    from lab.scenario.model import Scenario, Stage
    from lab.scenario.reading import Kinds
    from lab.session.parts import Asked
    from lab.session.workspace import Workspace

SCENES: Final = "scenes"


def kinds(words: Mapping[str, frozenset[str]] | None = None) -> Kinds:
    """What a scenario may name: every check type and event, and the `words` of its bank, personas and hidden bugs."""
    from lab.checks.catalogue import CHECKS
    from lab.gameday.events.catalogue import EVENTS
    from lab.scenario.reading import Kinds

    return Kinds(CHECKS, EVENTS, words or {})


def read_scenario(path: Path) -> Scenario:
    """Read a scenario against the catalogues of checks and events, its bank of commits and its personas.

    Raises:
        ScenarioWrong: with every mistake, each with file and line.
    """
    from lab.company import oracle
    from lab.company.team import bank, mutants
    from lab.scenario.reading import read

    team = bank.load(path / "team", oracle=oracle.load(path))
    families = frozenset(family.id for family in mutants.load(path / "team"))
    words = {"bank": frozenset(team.entries), "personas": frozenset(team.personas), "mutants": families}
    return read(path, kinds=kinds(words))


@lru_cache(maxsize=8)
def _colleagues(team: Path, _: int) -> tuple[TeammateLine, ...]:
    """Read once for each time that the file was written: the dashboard asks at every word that somebody says."""
    from lab.company.team import bank

    people = bank.colleagues(team)
    return tuple(TeammateLine(one.id, one.name, one.role) for one in people if one.email.endswith("@harborline.example"))


class House:
    """The parts that a real workspace works with."""

    @cached_property
    def toolchain(self) -> Toolchain:
        """The machine's tools."""
        from lab.company.pipelines.toolchain import Toolchain

        return Toolchain.find()

    def names(self) -> tuple[str, ...]:
        """The scenarios that are installed."""
        from lab.scenario import library

        return library.names()

    def find(self, name: str) -> Path:
        """The folder of a scenario."""
        from lab.scenario import library

        return library.find(name)

    def read(self, path: Path) -> Scenario:
        """Read a scenario."""
        return read_scenario(path)

    def prepare(self, tell: Callable[[str], None]) -> None:
        """Have the toolchain ready."""
        self.toolchain.prepare(tell)

    def copy_environment(self, target: Path) -> None:
        """Put the learner's Python environment in `target`."""
        self.toolchain.copy_environment(target)

    def variables(self, workspace: Workspace) -> dict[str, str]:
        """What an entered shell has: the names that verbs get too, and where pip finds the company's own wheels."""
        from lab.company.images.registry import REGISTRY
        from lab.company.servers.ports import LOOPBACK

        with self.company(workspace) as company:
            port = company.book.read().get(REGISTRY)
        told = {
            "SSH_CONFIG": str(workspace.ssh_config),
            "DOOR_URL": self.door(workspace),
            "PIP_FIND_LINKS": self.toolchain.wheels.as_uri(),
        }
        return told | ({"REGISTRY": f"{LOOPBACK}:{port}"} if port else {})  # a company of an older lab's has none

    def found(self, workspace: Workspace, scenario: Scenario) -> None:
        """Make the company in the workspace."""
        from lab.gameday import opening

        with opening.found_company(workspace.company, scenario, seed=workspace.seed):
            pass

    def forge(self, workspace: Workspace) -> Forge:
        """The live company's forge."""
        from lab.company.forge.forge import Forge
        from lab.ledger.store import Ledger

        return Forge(workspace.company / "forge", Ledger(workspace.ledger), company=workspace.company)

    def company(self, workspace: Workspace) -> Company:
        """The live company, as a visitor."""
        from lab.company.company import Company

        return Company.open(workspace.company)

    def open_stage(self, workspace: Workspace, scenario: Scenario, stage: Stage, tell: Callable[[str], None]) -> None:
        """Perform a stage's start. The company is not running meanwhile."""
        from lab.gameday import opening

        self.sleep(workspace)
        if box := self._box(workspace):
            box.remove()
        with self.company(workspace) as company:
            opening.open_stage(company, stage, tell)
            if stage.needs.docker:
                self._see_to_docker(company, tell)

    def _see_to_docker(self, company: Company, tell: Callable[[str], None]) -> None:
        """Have the base images ready before they are waited for; without an engine, say so and go on: the briefing can be read."""
        try:
            company.harbour.prepare(tell).close()
        except WorldUnavailable as problem:
            tell(f"This stage needs a Docker engine. {problem}")

    def play(
        self,
        workspace: Workspace,
        scenario: Scenario,
        asked: Asked,
        *,
        on_scene: Callable[[SceneEnded], None],
        tell: Callable[[str], None],
    ) -> None:
        """Play the scenes that these checks need, on copies of the company."""
        from lab.checks.day import Day, Played

        def ended(played: Played) -> None:
            on_scene(SceneEnded(played.scene, played.findings, played.seconds, played.is_cached))

        cache = workspace.cache / SCENES
        if asked.fresh:
            self._forget(cache)
        with self.company(workspace) as company:
            day = Day(company, asked.stage, asked.seed, scenario.digest, self.toolchain.key(), cache, tell, ended)
            day.play(asked.checks)

    def _forget(self, cache: Path) -> None:
        for path in cache.glob("*.json"):
            path.unlink(missing_ok=True)

    def look_live(self, workspace: Workspace, checks: Sequence[Check], answers: Mapping[str, str]) -> dict[str, Finding]:
        """Look at the live company now."""
        from lab.checks.live import look_live

        with self.company(workspace) as company:
            return dict(look_live(company, checks, answers))

    def settled(self, checks: Sequence[Check], raw: Mapping[str, Finding], known: Iterable[str]) -> dict[str, Finding]:
        """The findings with `requires` applied."""
        from lab.checks.base import passed
        from lab.checks.day import settled

        return settled(checks, raw, known={name: passed("It passed before.") for name in known})

    def after_pass(self, workspace: Workspace, scenario: Scenario, stage: Stage, check: str) -> None:
        """Play the stage's events that waited for this check's first pass."""
        from lab.gameday import opening

        with self.company(workspace) as company:
            opening.wake(company, stage, check)

    def wake(self, workspace: Workspace) -> None:
        """Have the company's resident process running."""
        from lab.company import resident

        resident.ensure(workspace.company)

    def sleep(self, workspace: Workspace) -> None:
        """End the resident process and everything it started."""
        from lab.company import resident

        resident.stop(workspace.company)
        if box := self._box(workspace):
            box.rest()

    def _box(self, workspace: Workspace) -> Box | None:
        """The stage's box, if it has one; an engine that is gone has none."""
        from lab.company.charter import Charter

        charter = Charter.read(workspace.company)
        if not charter.box:
            return None
        from lab.company.box import Box

        with contextlib.suppress(WorldUnavailable):
            return Box.of(charter.id, Path(charter.box))
        return None

    def door(self, workspace: Workspace) -> str:
        """The address that customers use; empty while it is not known."""
        from lab.company import resident

        found = resident.find(workspace.company)
        return found.door if found else ""

    def box(self, workspace: Workspace, tell: Callable[[str], None]) -> str:
        """Have the box of the stage."""
        from lab.gameday.probes import the_box

        with self.company(workspace) as company:
            return the_box(company).ensure(self.toolchain, tell)

    def rebuild_servers(self, workspace: Workspace) -> None:
        """Put every server back into the stage's start state. The company is not running meanwhile."""
        with self.company(workspace) as company:
            company.lay_out()

    def apply_solution(self, stage: Stage, tree: Path) -> None:
        """Lay the stage's first reference solution over a clone."""
        from lab.gameday.laying import lay

        lay(stage.solutions[0].path, tree)

    def personas(self, workspace: Workspace) -> tuple[TeammateLine, ...]:
        """The simulated colleagues; nobody knows those who are not of the house."""
        team = workspace.kept_scenario / "team"
        written = team / "personas.yaml"
        return _colleagues(team, written.stat().st_mtime_ns if written.is_file() else 0)

    def servers(self, workspace: Workspace) -> tuple[str, ...]:
        """The names of the company's servers."""
        with self.company(workspace) as company:
            return tuple(company.servers)

    def rerun(self, workspace: Workspace, run: str) -> str:
        """Queue a run again; gives the new run's name."""
        return str(self._runner(workspace).rerun(run))

    def cancel(self, workspace: Workspace, run: str) -> None:
        """Have a run ended."""
        self._runner(workspace).cancel(run)

    def _runner(self, workspace: Workspace) -> Any:
        self.wake(workspace)
        return self.company(workspace).runner
