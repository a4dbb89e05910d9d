"""`lab drill` as values and as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.report import plain
from lab.report.model import DONE, NOT_YET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.report.paper import Paper


@dataclass(frozen=True)
class DrillReport:
    """A drill that goes on. `paged` and `left` are company minutes; `lines` how many status lines Lena has; `causes` what may be named."""

    seed: int
    page: str
    paged: float
    left: float
    lines: int
    causes: Mapping[str, str]


@dataclass(frozen=True)
class DrillVerb:
    """What a verb did in the drill: its exit code (None: it was ended) and what it printed."""

    verb: str
    exit: int | None
    output: str


@dataclass(frozen=True)
class Point:
    """One thing that a drill is judged by."""

    title: str
    is_met: bool
    says: str


@dataclass(frozen=True)
class DrillEnded:
    """A drill that is over."""

    seed: int
    points: tuple[Point, ...]

    @property
    def exit_code(self) -> int:
        """0 when every point is met, else 1."""
        return DONE if all(point.is_met for point in self.points) else NOT_YET


def drill(report: DrillReport, paper: Paper) -> str:
    """The page, the clock, and what can be typed."""
    time = f"{plain.span(report.left)} left." if report.left > 0 else "The time is over; customers still want to be well again."
    lines = paper.fold(report.page, first=f"{plain.clock(report.paged)} pager: ", indent="  ")
    lines += [f"Drill {report.seed}. {time} Lena has {report.lines} of 2 status lines.", ""]
    lines += [f"  {command:<46}{what}" for command, what in _COMMANDS]
    lines += ["", "Causes:", *(f"  {name:<10}{what}" for name, what in report.causes.items())]
    return paper.done(lines)


def verb(report: DrillVerb, paper: Paper) -> str:
    """What it printed, and how it ended."""
    ended = f"'{report.verb}' ended with {report.exit}." if report.exit is not None else f"'{report.verb}' was ended: it took too long."
    return paper.done([*paper.fold(report.output.rstrip(), indent="  "), ended])


def ended(report: DrillEnded, paper: Paper) -> str:
    """Each point with its verdict."""
    lines: list[str] = []
    for point in report.points:
        lines.append(f"{paper.verdict('passed' if point.is_met else 'failed')} {point.title}")
        lines += paper.fold(point.says, indent=" " * 10)
    return paper.done([*lines, f"The same once more: lab drill --seed {report.seed}"])


_COMMANDS = (
    ("lab drill ssh web1", "the server, with its logs"),
    ("lab drill run rollback", "any verb of your 'harborline.yaml', against this company"),
    ("lab drill say --when TIME --next 'WHAT'", "a status line to Lena, twice: when, and what comes next"),
    ("lab drill end --cause CAUSE", "when customers are well again"),
)
