"""What has to be proven of a stage: its untouched start, each solution, each trap, and what each must show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lab.scenario.slices import sliced, with_required

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from lab.checks.base import Check, Finding
    from lab.scenario.model import Stage, Trap

Kind = Literal["start", "solution", "trap", "mutant"]
CHANGED_LINES = 15


@dataclass(frozen=True)
class Case:
    """One tree to be judged: `layers` are the folders laid over the stage's start, in order.

    `checks` are those that are judged. `stage` is the whole one, or what a slice needs of it; then a scene ends once the
    checks in `enough` (by id) are decided. `explained` says why a mutant survives, where the solution's author has said so.
    """

    stage: Stage
    kind: Kind
    name: str
    layers: tuple[Path, ...]
    checks: tuple[Check, ...]
    trap: Trap | None = None
    enough: frozenset[str] = frozenset()
    explained: str = ""

    @property
    def title(self) -> str:
        """How the table calls it."""
        return self.kind if self.kind == "start" else f"{self.kind} {self.name}"


def cases(stage: Stage, *, slices: bool) -> list[Case]:
    """Every case of a stage. `slices`: the first solution whole; the others and the traps by the scenes they need.

    Of a draft: the start, the first solution, and the first trap that is built upon it.
    """
    if stage.status == "draft":
        first = stage.solutions[:1]
        upon = tuple(trap for trap in stage.traps if trap.base in {solution.name for solution in first})
        few = {"solutions": first, "traps": upon[:1], "status": "ready"}
        return cases(stage.model_copy(update=few), slices=slices)
    core = [check.id for check in stage.checks if check.level == "core"]
    found = [_case(stage, "start", "start", (), stage.milestones[0].checks if slices else core, slices=slices)]
    for place, solution in enumerate(stage.solutions):
        if place == 0 or not slices:
            found.append(Case(stage, "solution", solution.name, (solution.path,), tuple(stage.checks)))
        else:
            part = sliced(stage, core)  # what a second solution must pass to open the next stage
            found.append(Case(part, "solution", solution.name, (solution.path,), tuple(part.checks)))
    for trap in stage.traps:
        base = next(solution for solution in stage.solutions if solution.name == trap.base)
        always = [refusal.check for refusal in trap.refused_by if not (slices and refusal.sometimes)]
        named = always or [refusal.check for refusal in trap.refused_by]
        found.append(_case(stage, "trap", trap.name, (base.path, trap.path), named, slices=slices, trap=trap))
    return found


def _case(  # noqa: PLR0913 - private, the fields of a case
    stage: Stage, kind: Kind, name: str, layers: tuple[Path, ...], named: Iterable[str], *, slices: bool, trap: Trap | None = None
) -> Case:
    """A case that must fail: as a slice, what decides the named checks; whole, every check (of the start: every core check)."""
    if slices:
        part = sliced(stage, named)
        return Case(part, kind, name, layers, tuple(part.checks), trap, with_required(stage, named))
    checks = tuple(stage.checks) if trap else tuple(stage.check(one) for one in named)
    return Case(stage, kind, name, layers, checks, trap)


def holes(case: Case, findings: Mapping[str, Finding]) -> list[str]:
    """What is not as it must be, as sentences; empty when the case is proven."""
    blocked = [f"'{name}' is blocked: {found.message}" for name, found in findings.items() if found.verdict == "blocked"]
    if blocked:
        return blocked
    if case.kind == "mutant":
        return _mutant_holes(case, findings)
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


def _mutant_holes(case: Case, findings: Mapping[str, Finding]) -> list[str]:
    refusing = [name for name, found in findings.items() if found.verdict == "failed"]
    if not refusing:
        return [] if case.explained else ["it survives: every check passes without it"]
    told = f"survivors.yaml explains why it survives, and '{refusing[0]}' refuses it: {findings[refusing[0]].message}"
    return [told] if case.explained else []


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
        if name in seldom and (finding is None or finding.verdict != "failed"):
            continue
        if finding is None or finding.verdict != "failed":
            found.append(f"'{name}' should refuse it, and {'was not judged' if finding is None else finding.verdict}")
        elif words not in f"{finding.message}\n{finding.evidence}":
            found.append(f"'{name}' refuses it, and its message lacks '{words}': {finding.message}")
    others = [name for name, finding in findings.items() if finding.verdict == "failed" and name not in named and not _asks(case, name)]
    found += [f"'{name}' refuses it too, and trap.yaml does not say so: {findings[name].message}" for name in others]
    return found


def unrefused(stage: Stage, refused: Iterable[str]) -> list[str]:
    """The checks that no start and no trap was refused by: they cannot fail, as far as is proven.

    Those that are kept of an earlier stage are not among them: their traps stand there.
    """
    seen = {*refused, *stage.kept}
    return [check.id for check in stage.checks if check.id not in seen]
