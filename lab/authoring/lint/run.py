"""Lints a scenario: what reading refuses, then every rule on every stage that is the author's own, then what no stage shows."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lab.authoring.lint.base import Told
from lab.authoring.lint.catalogue import RULES
from lab.errors import Problem, ScenarioWrong
from lab.scenario import library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lab.scenario.model import Scenario

UNREADABLE: Final = "unreadable"
UNREACHABLE: Final = "unreachable-stage"
WHY_UNREADABLE: Final = (
    "An option, an event, a label, a colleague or a commit that does not exist, an id that is used twice, a text that is missing: each "
    "with its line and a guess at what was meant. Other rules look once all of it can be read."
)
WHY_UNREACHABLE: Final = "A folder in 'stages/' that scenario.yaml does not list is never played; a typing error in a name looks like that."


@dataclass(frozen=True)
class Found:
    """One place where a rule is broken; `line` 0 is the file as a whole. Only a 'mistake' makes the command fail."""

    rule: str
    level: str
    file: str
    line: int
    message: str


@dataclass(frozen=True)
class LintReport:
    """What was found in one scenario, and how many stages were looked at."""

    scenario: str
    stages: int
    found: tuple[Found, ...]

    @property
    def mistakes(self) -> tuple[Found, ...]:
        """What makes the command fail."""
        return tuple(one for one in self.found if one.level == "mistake")


def lint(name: str | Path, read: Callable[[Path], Scenario]) -> LintReport:
    """Look at the scenario of that name or path; `read` reads a whole one.

    Raises:
        UsageProblem: there is none.
    """
    root = library.told(name)
    try:
        scenario = read(library.find(root))
    except ScenarioWrong as wrong:
        return LintReport(root.name, 0, tuple(_found(UNREADABLE, "mistake", problem) for problem in wrong.problems))
    own = [stage for stage in scenario.stages if (root / "stages" / stage.id / "stage.yaml").is_file()]
    found = [
        _found(rule.id, rule.level, problem)
        for stage in own
        for told in [Told(scenario, stage, root)]
        for rule in RULES
        for problem in rule().look(told)
    ]
    found += [_found(UNREACHABLE, "mistake", problem) for problem in _unreachable(scenario, root)]
    return LintReport(root.name, len(own), tuple(sorted(found, key=lambda one: (one.file, one.line, one.rule))))


def _found(rule: str, level: str, problem: Problem) -> Found:
    return Found(rule, level, problem.file, problem.line, problem.message)


def _unreachable(scenario: Scenario, root: Path) -> Iterator[Problem]:
    names = {one.id for stage in scenario.stages for one in (stage, *stage.skipped)}
    for path in sorted(root.glob("stages/*/stage.yaml")):
        name = path.parent.name
        if name not in names:
            close = difflib.get_close_matches(name, names, n=1)
            guess = f" (is it '{close[0]}'?)" if close else ""
            yield Problem(f"stages/{name}", 0, f"scenario.yaml does not list this stage, so nobody can reach it{guess}")
