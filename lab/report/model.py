"""What every use case gives back: frozen values, without a word of layout. Minutes are company time, seconds are real.

Plain dataclasses: `lab status` must not pay for pydantic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lab.report.standing import CheckLine, MilestoneLine

DONE: Final = 0
NOT_YET: Final = 1
BLOCKED: Final = 4


@dataclass(frozen=True)
class NextStep:
    """The one thing to do now: a sentence, and the command to type (may be empty)."""

    sentence: str
    command: str = ""


@dataclass(frozen=True)
class News:
    """Something that happened while the learner was away."""

    minute: float
    who: str
    text: str


@dataclass(frozen=True)
class CustomersLine:
    """What customers got. `recent` is a letter a second, oldest first: g good, w wrong, f failed."""

    good: int = 0
    wrong: int = 0
    failed: int = 0
    late: int = 0
    bad_seconds: int = 0
    outage_minutes: int = 0
    longest_outage: int = 0
    recent: str = ""
    example: str = ""

    @property
    def answers(self) -> int:
        """How many there were in all."""
        return self.good + self.late + self.wrong + self.failed


@dataclass(frozen=True)
class WhereReport:
    """Bare `lab`: where you are, what changed since you left, and the one next thing to do."""

    stage: str
    milestone: str
    place: str
    minute: float
    next: NextStep
    news: tuple[News, ...] = ()
    more_news: int = 0
    customers: CustomersLine | None = None
    door: str = ""
    work: tuple[str, ...] = ()


@dataclass(frozen=True)
class StartReport:
    """`lab start`: the new workspace, or the one that was there (`is_new` is False)."""

    workspace: str
    enter: str
    title: str
    is_new: bool
    seconds: float = 0.0
    door: str = ""
    story: str = ""
    stage: str = ""
    briefing: str = ""
    trust: str = ""
    place: str = ""


@dataclass(frozen=True)
class TextReport:
    """A text of the scenario (Markdown), with its title."""

    title: str
    text: str


@dataclass(frozen=True)
class CheckReport:
    """One `lab check`: what was played, what was found, and what it led to.

    `lines` are the checks asked for; `later` are milestones not played; `work` names what is not graded because it is not
    on the forge; `stage_state` is open, practised (grading goes on) or passed.
    """

    stage: str
    milestone: str
    sha: str
    lines: tuple[CheckLine, ...]
    later: tuple[MilestoneLine, ...] = ()
    work: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()
    stage_state: str = "open"
    grading: str = ""
    debrief: str = ""
    seed_kind: str = "practice"
    seconds: float = 0.0
    cached_since: float | None = None
    next: NextStep | None = None
    customers: CustomersLine | None = None
    said: tuple[News, ...] = ()

    @property
    def outcome(self) -> int:
        """The exit code: 0 all core checks passed, 1 one failed or waits, 4 none failed but one is blocked."""
        verdicts = {line.verdict for line in self.lines if line.level == "core" or len(self.lines) == 1}
        if "failed" in verdicts:
            return NOT_YET
        if "blocked" in verdicts:
            return BLOCKED
        return DONE if verdicts <= {"passed"} else NOT_YET


@dataclass(frozen=True)
class HintReport:
    """One step of the ladder. `step` counts from 1 to `steps`."""

    check: str
    title: str
    step: int
    steps: int
    text: str
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True)
class AnswerReport:
    """A question, and the answer given; `answer` is empty when only the question was asked for."""

    check: str
    question: str
    answer: str = ""
    line: CheckLine | None = None


@dataclass(frozen=True)
class DoneReport:
    """Something was done: one sentence each, and perhaps what to do next."""

    sentences: tuple[str, ...]
    next: NextStep | None = None


@dataclass(frozen=True)
class OpenedReport:
    """A stage was opened by `lab next`, `lab goto` or `lab reset`."""

    stage: str
    title: str
    briefing: str
    sentences: tuple[str, ...] = ()
