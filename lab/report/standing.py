"""What `lab status` gives back, apart from the rest: it must not pay for the reports it does not show.

Minutes are company time, seconds are real.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class CheckLine:
    """One check and its finding. `verdict` is empty when nobody looked yet; `cached_since` is the minute it was found."""

    id: str
    title: str
    verdict: str = ""
    message: str = ""
    look_at: str = ""
    evidence: str = ""
    level: str = "core"
    on: str = "game_day"
    milestone: str = ""
    minute: float | None = None
    seconds: float = 0.0
    cached_since: float | None = None
    hints: int = 0
    grades: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MilestoneLine:
    """One milestone; `state` is reached, current or later."""

    id: str
    title: str
    minutes: int
    state: str
    reached_minute: float | None = None
    checks: tuple[CheckLine, ...] = ()


@dataclass(frozen=True)
class StageLine:
    """One stage of the scenario; `state` is passed, open, skipped or later."""

    id: str
    title: str
    state: str
    code: str = ""
    minutes: int = 0
    is_current: bool = False


@dataclass(frozen=True)
class StatusReport:
    """Where the learner stands. `grading` is a sentence about the grading seeds, or empty."""

    scenario: str
    workspace: str
    minute: float
    stages: tuple[StageLine, ...]
    milestones: tuple[MilestoneLine, ...] = ()
    stretch: tuple[CheckLine, ...] = ()
    grading: str = ""
    seed: int = 0
