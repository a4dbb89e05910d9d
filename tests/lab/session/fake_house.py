"""A house of fakes: a real forge and a real ledger, but scenes that say what the test tells them to say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from lab.checks.base import Check, Finding, Verdict, failed, in_order, judge, passed
from lab.company.forge.forge import Forge
from lab.company.git import Git
from lab.errors import UsageProblem, WrongState
from lab.ledger.store import Ledger
from lab.report.facts import TeammateLine
from lab.scenario.model import Event, Milestone, Scenario, Scene, Solution, Stage
from lab.session.parts import SceneEnded
from lab.session.solutions import lay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from lab.session.parts import Asked
    from lab.session.workspace import Workspace

WAITING_EVENT = {"by": "tom", "label": ""}


class Told(Check):
    """A check whose finding the house gives."""

    type: Literal["told"] = "told"
    question: str = ""

    def look(self, facts: object) -> Finding:
        raise AssertionError("the fake house never looks")


@dataclass(frozen=True)
class Saying:
    """A scripted event that says who it is by."""

    by: str
    label: str = ""


def a_stage(path: Path, name: str, title: str, *, code: str = "C0", live: bool = False, chained: bool = False, asking: str = "") -> Stage:
    more = (Told(id="after", title="What comes after holds", on="live", level="stretch", requires=("first",)),) if chained else ()
    checks = (
        Told(id="first", title="The first thing holds", scene="one", on="live" if live else "game_day"),
        Told(id="second", title="The second thing holds", scene="two"),
        Told(id="third", title="The third thing holds", scene="two", requires=("second",)),
        Told(id="extra", title="An extra thing holds", scene="two", level="stretch", skills=("security",), question=asking),
        *more,
    )
    return Stage.model_construct(
        id=name,
        code=code,
        title=title,
        job=f"Make '{title}' hold.",
        minutes=20,
        skills=("testing",),
        prove_minutes=1,
        checks=checks,
        milestones=(
            Milestone(id="begin", title="Begin", minutes=10, checks=("first",)),
            Milestone(id="go-on", title="Go on", minutes=10, checks=("second", "third")),
        ),
        hints={check.id: (f"What of {check.id}?", f"Look at {check.id}.", f"Do {check.id}.") for check in checks},
        briefing=f"# {title}\n\nThe job is told here.\n",
        debrief=f"# {title}, afterwards\n\nWhy it works.\n\n## One line for your portfolio\n\nMade **{name}** hold.\n",
        path=path,
        game_day=(Scene.model_construct(id="one", events=()), Scene.model_construct(id="two", events=())),
        events=(Event.model_construct(kind="say", what=Saying("tom"), play=Saying("tom"), after="first"),),
        solutions=(Solution(name="plain", path=path / "solutions" / "plain"),),
    )


def a_scenario(
    path: Path, *, live: bool = False, chained: bool = False, asking: str = "", codes: tuple[str, str] = ("C0", "C0")
) -> Scenario:
    stages = tuple(
        a_stage(path / "stages" / name, name, title, code=code, live=live, chained=chained, asking=asking)
        for name, title, code in (("alpha", "Alpha", codes[0]), ("beta", "Beta", codes[1]))
    )
    for stage in stages:
        files = stage.path / "solutions" / "plain" / "files"
        files.mkdir(parents=True, exist_ok=True)
        (files / f"{stage.id}.txt").write_text(f"solved {stage.id}\n", encoding="utf-8")
    (path / "scenario.yaml").write_text("format: 1\n", encoding="utf-8")
    return Scenario.model_construct(
        format=1,
        id=path.name,
        title="A small scenario",
        company="Harborline",
        repository="storefront",
        story="Once upon a time.",
        path=path,
        digest="d" * 64,
        stages=stages,
    )


@dataclass
class FakeHouse:
    """Implements `lab.session.parts.Parts`. `say` maps a check, or a check and a seed kind's seed, to its finding."""

    folder: Path
    live: bool = False
    chained: bool = False
    asking: str = ""  # what the stretch check asks
    codes: tuple[str, str] = ("C0", "C0")
    say: dict[str, Finding] = field(default_factory=dict)
    by_seed: dict[tuple[str, int], Finding] = field(default_factory=dict)
    played: list[tuple[tuple[str, ...], int]] = field(default_factory=list)
    woken: int = 0
    slept: int = 0
    opened: list[str] = field(default_factory=list)
    passed_live: list[str] = field(default_factory=list)
    cached: set[str] = field(default_factory=set)
    rebuilt: int = 0
    before_scene: Callable[[str], None] = lambda _: None

    def names(self) -> tuple[str, ...]:
        return ("small",)

    def find(self, name: str) -> Path:
        path = self.folder / name
        if name != "small":
            raise UsageProblem(f"There is no scenario '{name}'.", remedy="There are: small; or name a folder with a scenario.yaml.")
        path.mkdir(parents=True, exist_ok=True)
        a_scenario(path, live=self.live, chained=self.chained, asking=self.asking, codes=self.codes)
        return path

    def read(self, path: Path) -> Scenario:
        return a_scenario(path, live=self.live, chained=self.chained, asking=self.asking, codes=self.codes)

    def prepare(self, tell: Callable[[str], None]) -> None:
        tell("Preparing.")

    def copy_environment(self, target: Path) -> None:
        (target / "bin").mkdir(parents=True)

    def variables(self, workspace: Workspace) -> dict[str, str]:
        return {"DOOR_URL": "http://127.0.0.1:1", "SPACED": "a 'b' c"}

    def found(self, workspace: Workspace, scenario: Scenario) -> None:
        ledger = Ledger.create(workspace.ledger)
        forge = Forge(workspace.company / "forge", ledger, company=workspace.company, follow=False)
        forge.create(workspace.repository)
        seed_repository(forge.path(workspace.repository), workspace.root / ".lab" / "seeding")

    def forge(self, workspace: Workspace) -> Forge:
        return Forge(workspace.company / "forge", Ledger(workspace.ledger), company=workspace.company, follow=False)

    def open_stage(self, workspace: Workspace, scenario: Scenario, stage: Stage, tell: Callable[[str], None]) -> None:
        self.opened.append(stage.id)
        milestones = [
            {"id": item.id, "title": item.title, "minutes": item.minutes, "checks": list(item.checks)} for item in stage.milestones
        ]
        checks = [
            {"id": item.id, "title": item.title, "level": item.level, "on": item.on, "milestone": _owner(stage, item.id)}
            for item in stage.checks
        ]
        ledger = Ledger(workspace.ledger)
        ledger.append("say", actor="lena", by="lena", text=f"Welcome to {stage.title}.")
        ledger.append("stage.opened", stage=stage.id, title=stage.title, milestones=milestones, checks=checks)

    def play(
        self,
        workspace: Workspace,
        scenario: Scenario,
        asked: Asked,
        *,
        on_scene: Callable[[SceneEnded], None],
        tell: Callable[[str], None],
    ) -> None:
        self.played.append((tuple(check.id for check in asked.checks), asked.seed))
        for scene in dict.fromkeys(check.scene for check in asked.checks):
            self.before_scene(scene)
            tell(f"Playing {scene}.")
            findings = {
                check.id: self.by_seed.get((check.id, asked.seed), self.finding(check.id))
                for check in asked.stage.checks
                if check.on == "game_day" and check.scene == scene
            }
            on_scene(SceneEnded(scene, findings, 1.5, is_cached=scene in self.cached))

    def finding(self, name: str) -> Finding:
        return self.say.get(name, passed(f"It does ({name})."))

    def look_live(self, workspace: Workspace, checks: Sequence[Check], answers: Mapping[str, str]) -> dict[str, Finding]:
        return {check.id: self.finding(check.id) for check in checks}

    def settled(self, checks: Sequence[Check], raw: Mapping[str, Finding], known: Iterable[str]) -> dict[str, Finding]:
        done = {name: passed("before") for name in known}
        for check in in_order(checks):
            if check.id in raw:
                done[check.id] = judge(check, raw[check.id], done)
        return {check.id: done[check.id] for check in checks if check.id in done}

    def after_pass(self, workspace: Workspace, scenario: Scenario, stage: Stage, check: str) -> None:
        self.passed_live.append(check)
        Ledger(workspace.ledger).append("say", actor="lena", by="lena", text="Thank you!")

    def wake(self, workspace: Workspace) -> None:
        self.woken += 1

    def sleep(self, workspace: Workspace) -> None:
        self.slept += 1

    def door(self, workspace: Workspace) -> str:
        return "http://127.0.0.1:1"

    def box(self, workspace: Workspace, tell: Callable[[str], None]) -> str:
        raise WrongState("This stage has no box.")

    def rebuild_servers(self, workspace: Workspace) -> None:
        self.rebuilt += 1

    def apply_solution(self, stage: Stage, tree: Path) -> None:
        lay(stage.solutions[0].path, tree)

    def personas(self, workspace: Workspace) -> tuple[TeammateLine, ...]:
        return (TeammateLine("lena", "Lena Fischer", "product"), TeammateLine("tom", "Tom Becker", "intern"))

    def servers(self, workspace: Workspace) -> tuple[str, ...]:
        return ("web1",)

    def rerun(self, workspace: Workspace, run: str) -> str:
        return f"{run}-again"

    def cancel(self, workspace: Workspace, run: str) -> None:
        return None


def _owner(stage: Stage, check: str) -> str:
    found = stage.milestone_of(check)
    return found.id if found else ""


def seed_repository(bare: Path, room: Path) -> None:
    """One commit on `main`, put there past the hooks."""
    git = Git.init(room)
    (room / "app.py").write_text("print('hello')\n", encoding="utf-8")
    git.run("add", "--all")
    git.run("commit", "--quiet", "-m", "Begin")
    Git(bare).run("fetch", "--quiet", "--", str(room), "main:main")


def refused(message: str = "It should hold, and it does not.", *, evidence: str = "line one\nline two") -> Finding:
    return failed(message, look_at="`app.py`", evidence=evidence)


def blocked(message: str = "The disk is full.") -> Finding:
    return Finding(Verdict.BLOCKED, message, look_at="`lab doctor`")
