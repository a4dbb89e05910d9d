"""`lab score --skills` and `lab journal`: frozen values, and how they look on a terminal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from lab.report import plain
from lab.report.tables import columns

if TYPE_CHECKING:
    from lab.report.paper import Paper

LOWEST: Final = 1.0
HIGHEST: Final = 5.0
_BLOCKS: Final = 20


@dataclass(frozen=True)
class SkillLine:
    """One skill. `level` is 1 to 5, None while nothing of it was played; counts are of checks in stages that were played.

    `played` and `there_are` count the stages that train it: those that were opened and not skipped, and all of the scenario.
    """

    id: str
    title: str
    level: float | None
    checks: int
    passed: int
    unaided: int
    played: int
    there_are: int


@dataclass(frozen=True)
class Checkpoint:
    """The levels as they stood when a stage was passed. `minute` is company time."""

    stage: str
    title: str
    minute: float
    levels: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class SkillsReport:
    """The learner's profile: each skill that the scenario trains, and how it grew."""

    scenario: str
    skills: tuple[SkillLine, ...]
    checkpoints: tuple[Checkpoint, ...] = ()


@dataclass(frozen=True)
class JournalEntry:
    """What the learner wrote after a stage: three lines, each may be empty. `minute` is company time of the last change."""

    stage: str
    title: str
    learned: str = ""
    challenges: str = ""
    next: str = ""
    minute: float | None = None


@dataclass(frozen=True)
class JournalReport:
    """The journal, in the order of the stages. `asked` is the stage whose entry is the next to write."""

    entries: tuple[JournalEntry, ...]
    asked: str = ""


def skills(report: SkillsReport, paper: Paper) -> str:
    """A line for each skill: its level as a number and a bar, and what it is made of."""
    lines = [paper.paint(plain.line(report.scenario), "bold"), *columns([_cells(item, paper) for item in report.skills], indent="  ")]
    grown = [f"After '{plain.line(point.title)}': {_levels(report, point)}." for point in report.checkpoints if point.levels]
    return paper.done([*lines, "", *[text for told in [*grown, FORMULA] for text in paper.fold(told)]])


def _cells(item: SkillLine, paper: Paper) -> tuple[str, ...]:
    stages = f"{item.played} of {plain.count(item.there_are, 'stage')}"
    if item.level is None:
        return item.title, "-", "", "not played yet", stages
    return (
        item.title,
        f"{item.level:.1f}",
        _bar(item.level, paper),
        f"{item.unaided} of {plain.count(item.checks, 'check')} unaided",
        stages,
    )


def _bar(level: float, paper: Paper) -> str:
    full = round((level - LOWEST) / (HIGHEST - LOWEST) * _BLOCKS)
    return ("█" if paper.unicode else "#") * full + ("░" if paper.unicode else ".") * (_BLOCKS - full)


def _levels(report: SkillsReport, point: Checkpoint) -> str:
    titles = {item.id: item.title for item in report.skills}
    return ", ".join(f"{titles.get(name, name)} {level:.1f}" for name, level in point.levels.items())


def journal(report: JournalReport, paper: Paper) -> str:
    """Each entry, and how to write the next."""
    lines: list[str] = []
    for entry in report.entries:
        lines += [paper.paint(plain.line(entry.title), "bold")]
        told = (("Learned", entry.learned), ("Hard", entry.challenges), ("Next", entry.next))
        for word, text in told:
            lines += paper.fold(plain.line(text), indent=" " * 11, first=f"  {word:<9}") if text else []
        lines += [""]
    asked = f" {report.asked}" if report.asked else ""
    return paper.done([*lines, *paper.fold(HOW.format(asked=asked))])


HOW: Final = 'Three lines after each stage: lab journal{asked} --learned "…" --challenges "…" --next "…"'
FORMULA: Final = (
    "A level is 1 plus 4 times the share of checks that passed without a hint, among those of the stages that you played; a core check "
    "counts twice, a stretch check once, and either twice as much in a stage that is there for the skill."
)
