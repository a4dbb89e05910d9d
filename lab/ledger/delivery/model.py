"""The values of a delivery history. Times are company minutes since the opening; `None` says that it has not happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FEATURE: Final = "feature"
MENDING: Final = frozenset({"revert", "fix"})
CHANGE: Final = "change"
UNKNOWN: Final = "unknown"
SUCCEEDED: Final = "succeeded"
ABORTED: Final = "aborted"
OPEN: Final = "open"


@dataclass(frozen=True)
class Change:
    """One logical change of a teammate, known by its Change-Id whatever squash or rebase does to its commit.

    `pushed` is when the forge first got it, never the author's date. `breaks` are the behaviours that a bad one breaks.
    `mends` is the change or the incident that a revert or a fix says it mends. `merged`, `withdrawn` and `rejected` are times.
    """

    id: str
    by: str
    pushed: float
    is_good: bool = True
    kind: str = FEATURE
    breaks: frozenset[str] = frozenset()
    mends: str = ""
    pr: int | None = None
    sha: str = ""
    merged: float | None = None
    withdrawn: float | None = None
    rejected: float | None = None


@dataclass(frozen=True)
class Deployment:
    """A version that came to customers and was not the one that served them.

    `exposed` is the first second in which the door showed it, `full` the first of ten minutes in which it gave (nearly) all
    answers, `ended` when another took over. `payload` are the changes that the last successful one before did not have,
    `dropped` those that only that one had, `mended` those that it newly takes back, `contents` all that hold in it,
    `own` how many commits are the learner's;
    `is_back` says that the version had been there before or has less than the one before. `state` is succeeded, aborted
    (another took over first) or open.
    """

    number: int
    sha: str
    exposed: float
    full: float | None = None
    ended: float | None = None
    state: str = OPEN
    digest: str = ""
    payload: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    is_back: bool = False
    own: int = 0


@dataclass(frozen=True)
class Incident:
    """A time in which customers did not get what they should, from the first bad second to the first of five good minutes.

    `deployment` is the number of the one that it comes from; `cause` is change, infra, data, provider or unknown.
    `remediation` is the deployment that ended it, `kind` how: rollback, revert or hotfix. `harmed` counts answers.
    """

    number: int
    opened: float
    restored: float | None = None
    harmed: int = 0
    deployment: int | None = None
    cause: str = UNKNOWN
    remediation: int | None = None
    kind: str = ""
    paged: float | None = None


@dataclass(frozen=True)
class Fault:
    """A fault that the engine made; `cause` is infra, data or provider."""

    kind: str
    cause: str
    start: float
    end: float | None = None

    def is_active(self, at: float) -> bool:
        """Whether it lasts at that minute."""
        return self.start <= at and (self.end is None or at <= self.end)


@dataclass(frozen=True)
class Window:
    """The span that is measured: from `start` up to, not including, `end`."""

    start: float
    end: float

    def has(self, at: float) -> bool:
        """Whether a minute is in it."""
        return self.start <= at < self.end

    @property
    def days(self) -> float:
        """Its length in company days."""
        return (self.end - self.start) / 1440
