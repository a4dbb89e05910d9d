"""Which deployment an incident comes from, what else may have caused it, and which deployment ended it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from lab.ledger.delivery.model import CHANGE, MENDING, UNKNOWN, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from lab.ledger.delivery.model import Change, Deployment, Incident
    from lab.ledger.delivery.sli import Second
    from lab.ledger.store import Event

TYPES: Final = ("fault.start", "fault.end", "page")
BLAMED_FOR: Final = 60.0
TAKING_OVER: Final = 15.0
LINKED_FOR: Final = 1440.0


def faults(events: Iterable[Event], at: Callable[[float], float]) -> tuple[Fault, ...]:
    """The faults that the engine made, in order; an end belongs to the last start of its kind."""
    found: list[Fault] = []
    for event in events:
        kind = str(event.data.get("kind", ""))
        if event.type == "fault.start":
            found.append(Fault(kind, str(event.data.get("cause", "infra")), at(event.minute)))
        elif event.type == "fault.end":
            place = next((n for n in reversed(range(len(found))) if found[n].kind == kind and found[n].end is None), None)
            if place is not None:
                found[place] = replace(found[place], end=at(event.minute))
    return tuple(found)


def attributed(
    incident: Incident, deployments: Sequence[Deployment], changes: Mapping[str, Change], active: Sequence[Fault], seconds: Sequence[Second]
) -> Incident:
    """The incident with its cause: the engine's truth first, then the latest deployment near it, else an active fault."""
    during = [fault for fault in active if fault.is_active(incident.opened)]
    guilty = _by_truth(incident, deployments, changes, _during(incident, seconds))
    if guilty is None and not during:
        guilty = _by_time(incident, deployments) or _by_gap(incident, deployments, seconds)
    if guilty is not None:
        return replace(incident, deployment=guilty.number, cause=CHANGE)
    return replace(incident, cause=during[-1].cause if during else UNKNOWN)


def _during(incident: Incident, seconds: Sequence[Second]) -> Sequence[Second]:
    times = [one.at for one in seconds]
    end = len(times) if incident.restored is None else bisect_left(times, incident.restored)
    return seconds[bisect_left(times, incident.opened) : end]


def _by_truth(
    incident: Incident, deployments: Sequence[Deployment], changes: Mapping[str, Change], during: Sequence[Second]
) -> Deployment | None:
    """The latest deployment that brought a bad change which serves, and whose broken behaviour is what fails."""
    failing = {focus for one in during for focus in one.focuses}
    serving = [one for one in deployments if one.exposed <= incident.opened and (one.ended is None or one.ended > incident.opened)]
    there = {name for one in serving for name in one.contents}
    for one in reversed([one for one in deployments if one.exposed <= incident.opened]):
        bad = [changes[name] for name in one.payload if name in there and name in changes and not changes[name].is_good]
        if any(change.breaks & failing for change in bad):
            return one
    return None


def _by_time(incident: Incident, deployments: Sequence[Deployment]) -> Deployment | None:
    """The latest deployment that was exposed before the incident, at most an hour after it served all."""
    before = [one for one in deployments if one.exposed <= incident.opened]
    if not before:
        return None
    last = before[-1]
    until = last.full if last.full is not None else last.ended
    return last if until is None or incident.opened <= until + BLAMED_FOR else None


def _by_gap(incident: Incident, deployments: Sequence[Deployment], seconds: Sequence[Second]) -> Deployment | None:
    """The deployment whose taking over was the outage: nobody answered from the first bad second until it was there.

    A restart in place turns customers away before the new version can be seen, so the definition of 4.3 alone would call it unknown.
    """
    after = next((one for one in deployments if one.exposed > incident.opened), None)
    is_near = after is not None and after.exposed - incident.opened <= TAKING_OVER
    if after is None or not is_near or (incident.restored is not None and after.exposed > incident.restored):
        return None
    gap = [one for one in seconds if incident.opened <= one.at < after.exposed]
    return after if any(one.is_silent for one in gap) else None


def remediated(incident: Incident, deployments: Sequence[Deployment], changes: Mapping[str, Change]) -> Incident:
    """The incident with the deployment that ended it: the last one exposed in it that goes back, reverts or mends."""
    if incident.restored is None:
        return incident
    within = [one for one in deployments if incident.opened < one.exposed <= incident.restored and one.number != incident.deployment]
    for one in reversed(within):
        kind = mending(one, incident, changes, blamed=_of(incident, deployments))
        if kind:
            return replace(incident, remediation=one.number, kind=kind)
    return incident


def _of(incident: Incident, deployments: Sequence[Deployment]) -> Deployment | None:
    return next((one for one in deployments if one.number == incident.deployment), None)


def mending(one: Deployment, incident: Incident, changes: Mapping[str, Change], *, blamed: Deployment | None) -> str:
    """How a deployment mends an incident: rollback, revert or hotfix; empty when it does not.

    In an incident, a deployment that brings nothing new goes back, or is the learner's own mending. A change mends only if it is
    a fix or a revert, was pushed after the incident opened, and is linked: to `#` and its number, or to a change of the deployment
    that the incident comes from. Calling a feature 'fix' is not enough. After the incident only what is linked mends it.
    """
    guilty = set(blamed.payload) if blamed else set()
    if guilty & set(one.mended):
        return "revert"
    kinds = {changes[name].kind for name in one.payload if name in changes and _is_linked(changes[name], incident, guilty)}
    if kinds:
        return "revert" if "revert" in kinds else "hotfix"
    is_within = incident.restored is None or one.exposed <= incident.restored
    if one.payload or not (is_within or guilty & set(one.dropped)):
        return ""
    return "hotfix" if one.own and not one.is_back else "rollback"


def _is_linked(change: Change, incident: Incident, guilty: set[str]) -> bool:
    is_meant = change.mends in guilty or change.mends == f"#{incident.number}"
    return is_meant and change.kind in MENDING and change.pushed >= incident.opened
