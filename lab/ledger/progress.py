"""How far the learner is: stages, milestones, checks and hints, folded from the ledger.

The fold needs no scenario: `stage.opened` carries titles, milestones and checks. It begins again at the last reset of a
stage, but for hints, which stay given.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - dataclass fields, read by tools at run time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab.ledger.store import Event, Ledger

UPDATED: Final = "scenario.updated"
TYPES: Final = (
    "stage.opened",
    "stage.passed",
    "stage.reset",
    "stage.skipped",
    UPDATED,
    "check.finding",
    "hint.given",
    "answer.given",
)
GRADINGS: Final = ("grading-1", "grading-2")
PRACTICE: Final = ("practice", "live")


@dataclass(frozen=True)
class CheckProgress:
    """One check of a stage and the finding that stands.

    `verdict` is passed, failed, waiting or blocked, and empty when nobody looked yet; `minute` is company time of the
    standing finding, `passed_minute` of its first pass; `hints` counts the steps given; `grades` maps a grading seed's
    kind to its verdict, `refusal` is what the last refused one said; `unaided` says that no hint was given before the first pass.
    """

    id: str
    title: str
    level: str = "core"
    on: str = "game_day"
    milestone: str = ""
    verdict: str = ""
    message: str = ""
    look_at: str = ""
    evidence: str = ""
    minute: float | None = None
    passed_minute: float | None = None
    hints: int = 0
    unaided: bool = True
    grades: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    answer: str | None = None

    @property
    def is_core(self) -> bool:
        """Whether the next stage waits for it."""
        return self.level == "core"

    @property
    def has_passed(self) -> bool:
        """Whether its standing finding is a pass."""
        return self.verdict == "passed"


@dataclass(frozen=True)
class MilestoneProgress:
    """A part of a stage; `minutes` is the learner's time that the author planned."""

    id: str
    title: str
    minutes: int
    checks: tuple[str, ...]


@dataclass(frozen=True)
class StageProgress:
    """One stage that was opened. Minutes are company time; `state` is open, passed or skipped."""

    id: str
    title: str
    state: str
    opened_minute: float
    opened_at: float
    opened_seq: int
    passed_minute: float | None = None
    passed_at: float | None = None
    milestones: tuple[MilestoneProgress, ...] = ()
    checks: tuple[CheckProgress, ...] = ()
    resets: int = 0

    def check(self, id: str) -> CheckProgress | None:  # noqa: A002 - the word of stage.yaml
        """The check of that id, or None."""
        return next((check for check in self.checks if check.id == id), None)

    def of(self, milestone: MilestoneProgress) -> tuple[CheckProgress, ...]:
        """The checks that a milestone asks for, in its order."""
        return tuple(check for name in milestone.checks if (check := self.check(name)))

    def has_reached(self, milestone: MilestoneProgress) -> bool:
        """Whether every core check of the milestone stands as passed."""
        return all(check.has_passed for check in self.of(milestone) if check.is_core)

    def reached_minute(self, milestone: MilestoneProgress) -> float | None:
        """Company time of the last first pass of the milestone's core checks; None while it is not reached."""
        times = [check.passed_minute for check in self.of(milestone) if check.is_core]
        if not self.has_reached(milestone):
            return None
        return max((time for time in times if time is not None), default=None)

    @property
    def milestone(self) -> MilestoneProgress | None:
        """The first milestone not reached yet; None when all are."""
        return next((item for item in self.milestones if not self.has_reached(item)), None)

    @property
    def core(self) -> tuple[CheckProgress, ...]:
        """The core checks."""
        return tuple(check for check in self.checks if check.is_core)

    @property
    def is_practised(self) -> bool:
        """Whether every core check passed with the practice seed or live."""
        return bool(self.core) and all(check.has_passed for check in self.core)

    def has_grade(self, kind: str) -> bool:
        """Whether every core check that is played on a game day passed with the grading seed `kind`."""
        return all(check.grades.get(kind) == "passed" for check in self.core if check.on == "game_day")

    @property
    def is_graded(self) -> bool:
        """Whether both grading seeds passed too."""
        return self.is_practised and all(self.has_grade(kind) for kind in GRADINGS)


@dataclass(frozen=True)
class Progress:
    """Every stage that was opened, in the order of its first opening, and the one that is played now."""

    stages: tuple[StageProgress, ...] = ()
    current_id: str = ""

    @property
    def current(self) -> StageProgress | None:
        """The stage opened last; None before the first."""
        return self.stage(self.current_id)

    def stage(self, id: str) -> StageProgress | None:  # noqa: A002 - the word of scenario.yaml
        """The stage of that id, or None when it was never opened."""
        return next((stage for stage in self.stages if stage.id == id), None)


def progress(ledger: Ledger) -> Progress:
    """Read the ledger and fold it.

    Raises:
        WorldUnavailable: the ledger can't be read.
    """
    return fold(ledger.events(*TYPES))


def fold(events: Iterable[Event]) -> Progress:
    """Fold events, in order of `seq`, into the progress they tell."""
    state = Progress()
    for event in events:
        step = _STEPS.get(event.type)
        state = step(state, event) if step else state
    return state


def _put(state: Progress, stage: StageProgress, *, current: str | None = None) -> Progress:
    known = state.stage(stage.id) is not None
    stages = tuple(stage if old.id == stage.id else old for old in state.stages) if known else (*state.stages, stage)
    return Progress(stages, state.current_id if current is None else current)


def _opened(state: Progress, event: Event) -> Progress:
    data = event.data
    old = state.stage(data["stage"])
    stage = StageProgress(
        id=data["stage"],
        title=data.get("title", data["stage"]),
        state="open",
        opened_minute=event.minute,
        opened_at=event.at,
        opened_seq=event.seq,
        milestones=tuple(_milestone(told) for told in data.get("milestones", ())),
        checks=tuple(_check(told, data, old) for told in data.get("checks", ())),
        resets=old.resets if old else 0,
    )
    return _put(state, stage, current=stage.id)


def _milestone(told: Mapping[str, Any]) -> MilestoneProgress:
    return MilestoneProgress(told["id"], told.get("title", told["id"]), int(told.get("minutes", 0)), tuple(told.get("checks", ())))


def _check(told: Mapping[str, Any], data: Mapping[str, Any], old: StageProgress | None) -> CheckProgress:
    """A check as the opening tells it; what hints were given for it before stays given."""
    before = old.check(told["id"]) if old else None
    owner = next((item["id"] for item in data.get("milestones", ()) if told["id"] in item.get("checks", ())), "")
    hints = before.hints if before else 0
    return CheckProgress(
        id=told["id"],
        title=told.get("title", told["id"]),
        level=told.get("level", "core"),
        on=told.get("on", "game_day"),
        milestone=told.get("milestone") or owner,
        hints=hints,
        unaided=not hints,
    )


def _passed(state: Progress, event: Event) -> Progress:
    stage = state.stage(event.data["stage"])
    return _put(state, replace(stage, state="passed", passed_minute=event.minute, passed_at=event.at)) if stage else state


def _skipped(state: Progress, event: Event) -> Progress:
    name = event.data["stage"]
    stage = state.stage(name) or StageProgress(
        id=name,
        title=event.data.get("title", name),
        state="skipped",
        opened_minute=event.minute,
        opened_at=event.at,
        opened_seq=event.seq,
    )
    return _put(state, replace(stage, state="skipped"))


def _reset(state: Progress, event: Event) -> Progress:
    """Begin a stage anew: its findings go, its hints stay, and it is the one that is played."""
    stage = state.stage(event.data["stage"])
    if stage is None:
        return state
    fresh = tuple(_fresh(check) for check in stage.checks)
    again = replace(
        stage,
        state="open",
        checks=fresh,
        resets=stage.resets + 1,
        passed_minute=None,
        passed_at=None,
        opened_minute=event.minute,
        opened_at=event.at,
        opened_seq=event.seq,
    )
    return _put(state, again, current=stage.id)


def _updated(state: Progress, event: Event) -> Progress:
    """The open stage as a new version of the scenario tells it; of findings only passes of live checks stay, which are judged once."""
    data = event.data
    old = state.stage(data.get("stage", ""))
    if old is None:
        return state
    checks = []
    for told in data["checks"]:
        check, before = _check(told, data, old), old.check(told["id"])
        if before and before.has_passed and before.on == check.on == "live":
            check = replace(before, title=check.title, level=check.level, milestone=check.milestone)
        checks.append(check)
    milestones = tuple(_milestone(told) for told in data["milestones"])
    return _put(state, replace(old, title=data["title"], milestones=milestones, checks=tuple(checks)))


def _fresh(check: CheckProgress) -> CheckProgress:
    told = (check.id, check.title, check.level, check.on, check.milestone)
    return CheckProgress(*told, hints=check.hints, unaided=not check.hints)


def _with_check(state: Progress, event: Event, **changes: Any) -> Progress:
    stage = state.stage(event.data["stage"])
    if stage is None:
        return state
    checks = tuple(replace(check, **changes) if check.id == event.data["check"] else check for check in stage.checks)
    return _put(state, replace(stage, checks=checks))


def _finding(state: Progress, event: Event) -> Progress:
    data = event.data
    stage = state.stage(data["stage"])
    check = stage.check(data["check"]) if stage else None
    if check is None:
        return state
    kind, verdict = data.get("seed_kind", "practice"), data["verdict"]
    if kind not in PRACTICE:
        return _grade(state, event, check)
    if check.has_passed and (verdict == "blocked" or check.on == "live"):
        return state  # blocked never overwrites a pass; a live check is judged once
    first = check.passed_minute if check.passed_minute is not None else (event.minute if verdict == "passed" else None)
    return _with_check(state, event, **_told(event), passed_minute=first)


def _told(event: Event) -> dict[str, Any]:
    data = event.data
    return {
        "verdict": data["verdict"],
        "message": str(data.get("message", "")),
        "look_at": str(data.get("look_at") or ""),
        "evidence": _text(data.get("evidence")),
        "minute": event.minute,
    }


def _text(evidence: Any) -> str:
    if isinstance(evidence, (list, tuple)):
        return "\n".join(str(line) for line in evidence)
    return str(evidence or "")


def _grade(state: Progress, event: Event, check: CheckProgress) -> Progress:
    """Note a grading seed's verdict; blocked never overwrites a pass."""
    kind, verdict = event.data["seed_kind"], event.data["verdict"]
    if verdict == "blocked" and check.grades.get(kind) == "passed":
        return state
    grades = {**check.grades, kind: verdict}
    refusal = str(event.data.get("message", "")) if verdict == "failed" else check.refusal if "failed" in grades.values() else ""
    return _with_check(state, event, grades=grades, refusal=refusal)


def _hint(state: Progress, event: Event) -> Progress:
    stage = state.stage(event.data["stage"])
    check = stage.check(event.data["check"]) if stage else None
    if check is None:
        return state
    steps = max(check.hints, int(event.data.get("step", check.hints + 1)))
    aided = check.passed_minute is None
    return _with_check(state, event, hints=steps, unaided=check.unaided and not aided)


def _answer(state: Progress, event: Event) -> Progress:
    return _with_check(state, event, answer=str(event.data.get("value", "")))


_STEPS: Final = {
    "stage.opened": _opened,
    "stage.passed": _passed,
    "stage.skipped": _skipped,
    "stage.reset": _reset,
    UPDATED: _updated,
    "check.finding": _finding,
    "hint.given": _hint,
    "answer.given": _answer,
}
