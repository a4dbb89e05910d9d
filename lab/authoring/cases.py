"""What has to be proven of a stage: its untouched start, each solution, each trap, and what each must show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from lab.checks.base import Check, Finding
    from lab.scenario.model import Stage, Trap

Kind = Literal["start", "solution", "trap"]
CHANGED_LINES = 15


@dataclass(frozen=True)
class Case:
    """One tree to be judged: `layers` are the folders laid over the stage's start, in order.

    `checks` are those whose scenes are played; with `whole`, every core and stretch check of the stage is among them.
    """

    stage: Stage
    kind: Kind
    name: str
    layers: tuple[Path, ...]
    checks: tuple[Check, ...]
    trap: Trap | None = None

    @property
    def title(self) -> str:
        """How the table calls it."""
        return self.kind if self.kind == "start" else f"{self.kind} {self.name}"


def cases(stage: Stage, *, slices: bool) -> list[Case]:
    """Every case of a stage. `slices`: the first solution whole; the others and the traps by the scenes they need."""
    everything = tuple(stage.checks)
    core = tuple(check for check in stage.checks if check.level == "core")
    found = [Case(stage, "start", "start", (), _first_scenes(stage) if slices else core)]
    for place, solution in enumerate(stage.solutions):
        checks = everything if place == 0 or not slices else _sampled(stage)
        found.append(Case(stage, "solution", solution.name, (solution.path,), checks))
    for trap in stage.traps:
        base = next(solution for solution in stage.solutions if solution.name == trap.base)
        checks = _needed(stage, {refusal.check for refusal in trap.refused_by}) if slices else everything
        found.append(Case(stage, "trap", trap.name, (base.path, trap.path), checks, trap))
    return found


def _needed(stage: Stage, named: set[str]) -> tuple[Check, ...]:
    """All checks that look at the scenes of the named ones, and of those that they require."""
    todo, wanted = list(named), set[str]()
    while todo:
        name = todo.pop()
        if name not in wanted:
            wanted.add(name)
            todo += stage.check(name).requires
    scenes = {stage.check(name).scene for name in wanted}
    live = any(stage.check(name).on == "live" for name in wanted)
    return tuple(check for check in stage.checks if (check.scene in scenes if check.on == "game_day" else live))


def _first_scenes(stage: Stage) -> tuple[Check, ...]:
    """The checks of the first milestone: if the untouched start fails there, it fails."""
    return tuple(stage.check(name) for name in stage.milestones[0].checks)


def _sampled(stage: Stage) -> tuple[Check, ...]:
    """The core checks: what a second solution must pass to open the next stage."""
    return tuple(check for check in stage.checks if check.level == "core")


def holes(case: Case, findings: Mapping[str, Finding]) -> list[str]:
    """What is not as it must be, as sentences; empty when the case is proven."""
    blocked = [f"'{name}' is blocked: {found.message}" for name, found in findings.items() if found.verdict == "blocked"]
    if blocked:
        return blocked
    if case.kind == "start":
        failing = [name for name, found in findings.items() if found.verdict == "failed"]
        return [] if failing else ["the untouched start fails no check"]
    if case.kind == "solution":
        return [
            f"'{name}' {found.verdict}: {found.message}"
            for name, found in findings.items()
            if found.verdict != "passed" and not _asks(case, name)
        ]
    return _trap_holes(case, findings)


def _asks(case: Case, name: str) -> bool:
    """Whether a check is a question to a person, which no solution's files can answer."""
    return bool(case.stage.check(name).type == "answered")


def _trap_holes(case: Case, findings: Mapping[str, Finding]) -> list[str]:
    assert case.trap
    found = []
    named = {refusal.check: refusal.message for refusal in case.trap.refused_by}
    seldom = {refusal.check for refusal in case.trap.refused_by if refusal.sometimes}
    for name, words in named.items():
        finding = findings.get(name)
        if name in seldom and finding and finding.verdict != "failed":
            continue
        if finding is None or finding.verdict != "failed":
            found.append(f"'{name}' should refuse it, and {'was not judged' if finding is None else finding.verdict}")
        elif words not in f"{finding.message}\n{finding.evidence}":
            found.append(f"'{name}' refuses it, and its message lacks '{words}': {finding.message}")
    others = [name for name, finding in findings.items() if finding.verdict == "failed" and name not in named and not _asks(case, name)]
    found += [f"'{name}' refuses it too, and trap.yaml does not say so: {findings[name].message}" for name in others]
    return found


def unrefused(stage: Stage, refused: Iterable[str]) -> list[str]:
    """The checks that no start and no trap was refused by: they cannot fail, as far as is proven."""
    seen = set(refused)
    return [check.id for check in stage.checks if check.id not in seen]
