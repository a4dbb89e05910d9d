"""What the use cases about the company and the machine give back: scores, runs, pull requests, colleagues, the doctor."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lab.report.delivery import DeliveryLine
from lab.report.model import BLOCKED, DONE

if TYPE_CHECKING:
    from lab.report.model import CustomersLine, News
    from lab.report.standing import StageLine


@dataclass(frozen=True)
class MilestoneScore:
    """A milestone in the score; `minutes` is company time from the stage's opening, None while it is not reached."""

    id: str
    title: str
    minutes: float | None


@dataclass(frozen=True)
class StageScore:
    """A stage in the score. Counts are of core checks, `stretch` of stretch checks."""

    id: str
    title: str
    state: str
    checks: int
    passed: int
    unaided: int
    stretch: int
    stretch_passed: int
    hints: int
    resets: int
    minutes: float | None
    milestones: tuple[MilestoneScore, ...]
    customers: CustomersLine
    delivery: DeliveryLine = field(default_factory=DeliveryLine)


@dataclass(frozen=True)
class ScoreReport:
    """`lab score`: each stage that was opened, and what customers got in all."""

    scenario: str
    stages: tuple[StageScore, ...]
    customers: CustomersLine


@dataclass(frozen=True)
class Ailment:
    """One thing that `lab doctor` looked at; `state` is ok, warning or missing; `remedy` says what to do."""

    name: str
    state: str
    found: str
    remedy: str = ""


@dataclass(frozen=True)
class DoctorReport:
    """`lab doctor`."""

    ailments: tuple[Ailment, ...]

    @property
    def outcome(self) -> int:
        """The exit code: 4 when something that every stage needs is missing."""
        return BLOCKED if any(item.state == "missing" for item in self.ailments) else DONE


@dataclass(frozen=True)
class ImageLine:
    """One base image. `status` is ready, built, outdated, missing, loaded or removed; `size` is bytes, `seconds` what making it took."""

    name: str
    status: str
    digest: str = ""
    size: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class ImagesReport:
    """`lab images`."""

    images: tuple[ImageLine, ...]


@dataclass(frozen=True)
class ScenarioLine:
    """One scenario that can be started."""

    name: str
    title: str
    stages: tuple[StageLine, ...]


@dataclass(frozen=True)
class ListReport:
    """`lab list`."""

    scenarios: tuple[ScenarioLine, ...]


@dataclass(frozen=True)
class StepLine:
    """One step of a job. `seconds` is real time."""

    name: str
    result: str
    seconds: float
    log: str = ""


@dataclass(frozen=True)
class JobLine:
    """One job of a run."""

    name: str
    result: str
    seconds: float
    steps: tuple[StepLine, ...] = ()


@dataclass(frozen=True)
class RunLine:
    """One pipeline run. `state` is queued, running or finished, `result` success, failure, cancelled, error or empty."""

    id: str
    workflow: str
    event: str
    branch: str
    sha: str
    state: str
    result: str
    seconds: float
    number: int = 0
    actor: str = ""
    pr: int | None = None
    reason: str = ""
    jobs: tuple[JobLine, ...] = ()


@dataclass(frozen=True)
class LogReport:
    """`lab log`: the last runs, newest first; or one run whole (`is_one`), with the failing step's last lines."""

    runs: tuple[RunLine, ...]
    is_one: bool = False
    failing: str = ""
    tail: str = ""


@dataclass(frozen=True)
class EventLine:
    """One event of the ledger, in words."""

    seq: int
    minute: float
    type: str
    actor: str
    text: str


@dataclass(frozen=True)
class EventsReport:
    """`lab log --all`: the ledger, oldest first."""

    events: tuple[EventLine, ...]


@dataclass(frozen=True)
class TeammateLine:
    """One simulated colleague."""

    id: str
    name: str
    role: str


@dataclass(frozen=True)
class TeamReport:
    """`lab team`: who they are, what they said last, and what they wait for."""

    members: tuple[TeammateLine, ...]
    said: tuple[News, ...]
    happened: tuple[str, ...] = ()


@dataclass(frozen=True)
class PullLine:
    """One pull request. `checks` maps a status context to its state.

    `waits_for` says who is waited for, `merges_by` who has it merged as soon as nothing stands in its way.
    """

    number: int
    title: str
    branch: str
    author: str
    state: str
    sha: str
    body: str = ""
    checks: dict[str, str] = field(default_factory=dict)
    reviews: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()
    merges_by: str = ""


@dataclass(frozen=True)
class SecretLine:
    """The name of a secret, and the company time at which it was set."""

    name: str
    minute: float


@dataclass(frozen=True)
class SecretsReport:
    """`lab secret list`: names, never values."""

    secrets: tuple[SecretLine, ...]


@dataclass(frozen=True)
class PullsReport:
    """`lab pr list` and `lab pr view`."""

    pulls: tuple[PullLine, ...]
    is_one: bool = False
