"""What people look at rather than read: commits and diffs, production over time, the map, a teacher's view.

Minutes are company time, seconds are real.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.report.facts import TeammateLine
    from lab.report.model import AnswerReport, CustomersLine, HintReport, News, NextStep


@dataclass(frozen=True)
class HereReport:
    """Where the learner is, without waking anything: `is_awake` says whether the company runs now."""

    company: str
    stage: str
    place: str
    minute: float
    next: NextStep
    work: tuple[str, ...]
    door: str
    is_awake: bool
    checking: str
    customers: CustomersLine


@dataclass(frozen=True)
class HintsReport:
    """Every hint of the current stage that was given."""

    hints: tuple[HintReport, ...]


@dataclass(frozen=True)
class QuestionsReport:
    """What checks of the current stage ask the learner, each with the answer given so far."""

    questions: tuple[AnswerReport, ...]


@dataclass(frozen=True)
class CommitLine:
    """One commit of the forge's `main`. `at` is its date in seconds since the epoch; `tags` are those that name it."""

    sha: str
    subject: str
    author: str
    at: float
    result: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class CommitsReport:
    """The last commits of `main`, newest first; `branches` maps the forge's other branches to their commits."""

    commits: tuple[CommitLine, ...]
    branches: dict[str, str]


@dataclass(frozen=True)
class DiffReport:
    """What a pull request changes, or a commit did, as git shows it; `is_cut` when it was longer than is shown."""

    name: str
    text: str
    is_cut: bool


@dataclass(frozen=True)
class Second:
    """What customers got in one second, which is one company minute."""

    minute: int
    good: int
    late: int
    wrong: int
    failed: int
    worst_ms: float


@dataclass(frozen=True)
class Mark:
    """Something that happened to production: `kind` is deploy, verb, boot, kill, stage or leap."""

    minute: float
    kind: str
    text: str


@dataclass(frozen=True)
class Incident:
    """A stretch of company minutes in which customers got wrong answers or none; `until` is None while it lasts."""

    since: int
    until: int | None
    bad: int


@dataclass(frozen=True)
class ServerLine:
    """One server; `version` is what customers see there, `state` is serving, quiet or asleep."""

    name: str
    state: str
    version: str
    last: str = ""


@dataclass(frozen=True)
class ProductionReport:
    """The last seconds of production on one axis with what was done to it."""

    minute: float
    seconds: tuple[Second, ...]
    marks: tuple[Mark, ...]
    incidents: tuple[Incident, ...]
    servers: tuple[ServerLine, ...]
    versions: dict[str, float]
    customers: CustomersLine


@dataclass(frozen=True)
class Piece:
    """One piece of the company as it is drawn. `at` is column and row; `page` is where more of it is seen.

    `state` is fine, hurts, working, quiet or planned; `told` says it in a sentence.
    """

    id: str
    title: str
    at: tuple[float, float]
    page: str
    state: str
    told: str
    is_own: bool = False


@dataclass(frozen=True)
class Handwork:
    """Something that the operator does by hand until a stage takes it over."""

    id: str
    title: str
    is_by_hand: bool
    told: str


@dataclass(frozen=True)
class MapReport:
    """The company as it is now, and what comes with the next stage (`planned`)."""

    company: str
    minute: float
    stage: str
    pieces: tuple[Piece, ...]
    links: tuple[tuple[str, str, str], ...]
    handwork: tuple[Handwork, ...]


@dataclass(frozen=True)
class FeedReport:
    """The team: who they are, what they say and do, oldest first, and what they wait for."""

    members: tuple[TeammateLine, ...]
    said: tuple[News, ...]
    happened: tuple[str, ...]


@dataclass(frozen=True)
class Struggle:
    """One check as a teacher sees it. `minutes` is company time between the first look and the first pass, or until now."""

    id: str
    title: str
    level: str
    verdict: str
    attempts: int
    failures: int
    blocked: int
    hints: int
    minutes: float | None
    message: str


@dataclass(frozen=True)
class TaughtStage:
    """One stage as a teacher sees it: what proves it, and how it went. `minutes` is real time spent in it so far."""

    id: str
    title: str
    code: str
    state: str
    planned_minutes: int
    minutes: float | None
    solutions: tuple[str, ...]
    traps: tuple[str, ...]
    prove: str
    checks: tuple[Struggle, ...]


@dataclass(frozen=True)
class StageProof:
    """How far a stage is proven on this machine: how many cases it has, how many were proven as they are now, the titles of the others."""

    stage: str
    cases: int
    proven: int
    open: tuple[str, ...]


@dataclass(frozen=True)
class ProofsReport:
    """Of every stage, what `lab author prove` remembers."""

    stages: tuple[StageProof, ...]


@dataclass(frozen=True)
class TeachingReport:
    """The instructor's view of one workspace; `stuck` are the checks that cost most, worst first."""

    workspace: str
    scenario: str
    seed: int
    stages: tuple[TaughtStage, ...]
    stuck: tuple[str, ...]
