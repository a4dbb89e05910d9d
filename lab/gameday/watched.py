"""What was seen of a monitored shop: each fault, what customers felt of it, and what the pager said. Times are company minutes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Paged:
    """A page or ticket during an incident: minutes after customers felt it (or it began), until it was resolved (None: it was not).

    `key` is its thread: what comes twice with the same one came back.
    """

    channel: str
    after: float
    title: str
    text: str
    severity: str
    runbook: str
    runbook_answers: bool
    resolved_after: float | None
    is_heartbeat: bool = False
    key: str = ""


@dataclass(frozen=True)
class Incident:
    """One fault as it was played. `wanted` is page, ticket or quiet; `names` is what a page should name (a route, an instance).

    `baseline_bad` is the share of bad answers in the minutes before, `bad` the share during it, `lasted` how long it was on.
    `resolved_after` counts from the moment it was over to the last page's end; None: not within the time that was given.
    """

    kind: str
    says: str
    wanted: str
    names: tuple[str, ...]
    pages: tuple[Paged, ...]
    asked: int
    bad: int
    baseline_bad: float
    lasted: float
    resolved_after: float | None

    @property
    def share(self) -> float:
        """The share of visits that were bad while it was on."""
        return self.bad / self.asked if self.asked else 0.0

    def of(self, channel: str) -> tuple[Paged, ...]:
        """The pages, or the tickets."""
        return tuple(page for page in self.pages if page.channel == channel)


@dataclass(frozen=True)
class Watch:
    """A whole stretch of watching. `early` are pages that came before anything had happened; `problem` says why nothing watches.

    `troubles` is what the learner's own tools say of themselves: failing rules, unknown series, refused messages.
    """

    incidents: tuple[Incident, ...] = ()
    early: tuple[Paged, ...] = ()
    troubles: tuple[str, ...] = ()
    problem: str = ""
    remedy: str = ""
    has_heartbeat: bool = False


@dataclass(frozen=True)
class Exposed:
    """The shop's own `/metrics` after many different paths and customers: its lines, and the label values that are most."""

    asked: int
    lines: int
    examples: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class LogFound:
    """What the `find-log` verb printed for the id of one failed call. `lines` are the services whose lines were wanted, and if found."""

    id: str
    wanted: tuple[str, ...]
    found: tuple[str, ...]
    leaked: tuple[str, ...]
    foreign: int
    output: str
    problem: str = ""


@dataclass(frozen=True)
class StoryJudged:
    """What a learner's rules made of one hidden story: whether somebody should be woken, and by which alerts somebody was."""

    says: str
    pages: bool
    woken_by: tuple[str, ...]


@dataclass(frozen=True)
class RulesJudged:
    """All hidden stories; none where there are no rules. `unknown`: series that rules ask for and no story has."""

    stories: tuple[StoryJudged, ...] = ()
    unknown: tuple[str, ...] = ()
    problem: str = ""
