"""`lab score --skills`: what the learner showed, by skill, computed from the ledger and the scenario's tags; and how it grew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.ledger.progress import TYPES, fold
from lab.report.profile import HIGHEST, LOWEST, Checkpoint, SkillLine, SkillsReport
from lab.scenario.skills import SKILLS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lab.ledger.progress import CheckProgress, Progress, StageProgress
    from lab.ledger.store import Event
    from lab.scenario.model import Scenario
    from lab.session.session import Session

CORE: Final = 2
STRETCH: Final = 1
TAUGHT: Final = 2
"""How often a check counts for the skills that its stage is there for."""

Tags = dict[tuple[str, str], dict[str, int]]
Weighted = tuple[int, "CheckProgress"]


def profile(session: Session) -> SkillsReport:
    """Every skill that the scenario trains, in the order of the list of skills, and each passing of a stage as a checkpoint.

    Raises:
        ScenarioWrong: the workspace's kept scenario was changed into something wrong.
    """
    tags = tags_of(session.scenario)
    known = {skill for named in tags.values() for skill in named}
    ordered = [*(skill for skill in SKILLS if skill in known), *sorted(known - set(SKILLS))]
    events = session.ledger.events(*TYPES)
    now = fold(events)
    lines = tuple(_line(skill, now, tags) for skill in ordered)
    return SkillsReport(session.workspace.title, lines, tuple(_checkpoints(events, ordered, tags)))


def tags_of(scenario: Scenario) -> Tags:
    """The skills of each check, by stage and check: its own, or else those of its stage; each with what the check counts for it."""
    return {
        (stage.id, check.id): {skill: TAUGHT if skill in stage.teaches else 1 for skill in check.skills or stage.skills}
        for stage in scenario.stages
        for check in stage.checks
    }


def level(checks: Sequence[Weighted]) -> float | None:
    """1 plus 4 times the weighted share of `checks` that passed unaided (docs/json.md); None of no checks."""
    if not checks:
        return None
    whole = sum(times * _weight(item) for times, item in checks)
    shown = sum(times * _weight(item) for times, item in checks if item.has_passed and item.unaided)
    return round(LOWEST + (HIGHEST - LOWEST) * shown / whole, 2)


def _weight(check: CheckProgress) -> int:
    return CORE if check.is_core else STRETCH


def _played(now: Progress) -> Iterator[StageProgress]:
    return (stage for stage in now.stages if stage.state != "skipped")


def _checks(skill: str, now: Progress, tags: Tags) -> list[Weighted]:
    """The checks of a skill in the stages that were played, each with how often it counts."""
    told = [(tags.get((stage.id, item.id), {}), item) for stage in _played(now) for item in stage.checks]
    return [(times[skill], item) for times, item in told if skill in times]


def _line(skill: str, now: Progress, tags: Tags) -> SkillLine:
    checks = _checks(skill, now, tags)
    passed = [item for _, item in checks if item.has_passed]
    there_are = {stage for (stage, _), named in tags.items() if skill in named}
    played = {stage.id for stage in _played(now)} & there_are
    return SkillLine(
        id=skill,
        title=SKILLS.get(skill, skill),
        level=level(checks),
        checks=len(checks),
        passed=len(passed),
        unaided=sum(item.unaided for item in passed),
        played=len(played),
        there_are=len(there_are),
    )


def _checkpoints(events: Sequence[Event], skills: Sequence[str], tags: Tags) -> Iterator[Checkpoint]:
    """The levels at each passing of a stage; one that a reset took back gives way to the next of the same stage."""
    found: dict[str, Checkpoint] = {}
    for place, event in enumerate(events, start=1):
        if event.type != "stage.passed":
            continue
        then = fold(events[:place])
        name = str(event.data["stage"])
        stage = then.stage(name)
        levels = {skill: told for skill in skills if (told := level(_checks(skill, then, tags))) is not None}
        found.pop(name, None)
        found[name] = Checkpoint(name, stage.title if stage else name, event.minute, levels)
    yield from found.values()
