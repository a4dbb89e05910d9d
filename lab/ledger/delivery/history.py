"""All of it together: a ledger's events become changes, deployments and incidents."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from lab.ledger.delivery import causes, changes, clock, incidents, runs, sli, versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lab.ledger.delivery.model import Change, Deployment, Fault, Incident
    from lab.ledger.delivery.sli import Second
    from lab.ledger.store import Event, Ledger

TYPES: Final = tuple(dict.fromkeys((*changes.TYPES, *versions.TYPES, *sli.TYPES, *causes.TYPES, *runs.TYPES, *clock.TYPES)))


@dataclass(frozen=True)
class History:
    """What happened until `now` (worked minutes). `rework` are the numbers of deployments that mended an incident."""

    now: float
    changes: Mapping[str, Change] = field(default_factory=dict)
    deployments: tuple[Deployment, ...] = ()
    incidents: tuple[Incident, ...] = ()
    faults: tuple[Fault, ...] = ()
    seconds: tuple[Second, ...] = ()
    rework: frozenset[int] = frozenset()
    checked: Mapping[str, runs.Checked] = field(default_factory=dict)
    time: clock.WorkedTime = field(default_factory=clock.WorkedTime)

    def deployment(self, number: int | None) -> Deployment | None:
        """The deployment of that number."""
        return self.deployments[number - 1] if number else None

    def is_counted(self, one: Deployment) -> bool:
        """Whether a deployment counts: it brought changes, or it mended something. Empty redeployments do not."""
        return bool(one.payload) or one.number in self.rework

    def is_blamed(self, one: Deployment) -> bool:
        """Whether an incident comes from it."""
        return any(incident.deployment == one.number for incident in self.incidents)


def read(ledger: Ledger, *, threshold: float = incidents.THRESHOLD) -> History:
    """The history of a company up to now.

    Raises:
        WorldUnavailable: the ledger can't be read.
    """
    return fold(ledger.events(*TYPES), now=ledger.minute(), threshold=threshold)


def fold(events: Iterable[Event], *, now: float, threshold: float = incidents.THRESHOLD) -> History:
    """Fold a ledger's events into its history up to the minute `now`; what the learner says (source `learner`) is passed over."""
    told = sorted((event for event in events if event.source != "learner"), key=lambda event: event.seq)
    time = clock.worked_time(told, now=now)
    end = time.at(now)
    pushed = changes.fold(told, time.at)
    shown = versions.spans(told, time.at, now=end)
    deployed = versions.deployments(shown, versions.contents_of(told), versions.starts_over(told, time.at))
    seconds = sli.seconds(told, time.at)
    faults = causes.faults(told, time.at)
    pages = tuple(time.at(event.minute) for event in told if event.type == "page")
    found = []
    for incident in incidents.find(seconds, threshold=threshold):
        known = causes.attributed(incident, deployed, pushed, faults, seconds)
        found.append(_paged(causes.remediated(known, deployed, pushed), pages, deployed))
    rework = _rework(deployed, found, pushed)
    checked = runs.fold(told, pushed, time.at)
    return History(end, pushed, deployed, tuple(found), faults, tuple(seconds), rework, checked, time)


def _paged(incident: Incident, pages: tuple[float, ...], deployed: tuple[Deployment, ...]) -> Incident:
    """The incident with the first page from its deployment's exposure (else its opening) to its end."""
    start = deployed[incident.deployment - 1].exposed if incident.deployment else incident.opened
    start = min(start, incident.opened)
    within = (page for page in pages if page >= start and (incident.restored is None or page <= incident.restored))
    return replace(incident, paged=min(within, default=None))


def _rework(deployed: tuple[Deployment, ...], found: list[Incident], pushed: Mapping[str, Change]) -> frozenset[int]:
    """Deployments that ended an incident, and those that mend one of the last day and are linked to it."""
    numbers = {incident.remediation for incident in found if incident.remediation}
    for incident in found:
        blamed = deployed[incident.deployment - 1] if incident.deployment else None
        for one in deployed:
            is_late = incident.restored is not None and one.exposed > incident.restored
            if is_late and one.exposed - incident.opened <= causes.LINKED_FOR and one.number != incident.deployment:
                numbers |= {one.number} if causes.mending(one, incident, pushed, blamed=blamed) else set()
    return frozenset(numbers)
