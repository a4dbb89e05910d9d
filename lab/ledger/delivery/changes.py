"""What teammates pushed, folded by Change-Id."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from lab.ledger.delivery.model import FEATURE, Change

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lab.ledger.store import Event

TYPES: Final = ("change.pushed", "change.withdrawn", "change.rejected", "pr.opened", "pr.closed", "pr.rejected", "pr.merged")


def fold(events: Iterable[Event], at: Callable[[float], float]) -> dict[str, Change]:
    """The changes by id, in the order of their first push; `at` turns a minute of the ledger into worked minutes."""
    found: dict[str, Change] = {}
    pulls: dict[int, str] = {}
    for event in events:
        data = event.data
        if event.type == "change.pushed":
            _pushed(found, data, at(_received(event)))
        elif event.type in {"change.withdrawn", "change.rejected"} and data.get("change_id") in found:
            old, when = found[data["change_id"]], at(event.minute)
            is_out = event.type == "change.withdrawn"
            found[old.id] = replace(old, withdrawn=when) if is_out else replace(old, rejected=when)
        elif event.type == "pr.opened":
            _opened(found, pulls, data)
        elif event.type.startswith("pr.") and data.get("number") in pulls:
            name, when = pulls[data["number"]], at(event.minute)
            is_merged = event.type == "pr.merged"
            found[name] = replace(found[name], rejected=None if is_merged else when, merged=when if is_merged else found[name].merged)
    return found


def _received(event: Event) -> float:
    """When the forge got it. What was there before the company opened tells by how many minutes."""
    return float(event.data.get("received", event.minute))


def _pushed(found: dict[str, Change], data: dict[str, Any], when: float) -> None:
    """A change, or another push of one: the first time counts, and a second push takes a rejection back."""
    name = str(data["change_id"])
    first = found.get(name)
    found[name] = Change(
        id=name,
        by=str(data.get("author", "")),
        pushed=min(first.pushed, when) if first else when,
        is_good=data.get("label", "good") == "good",
        kind=str(data.get("kind") or FEATURE),
        breaks=frozenset(data.get("breaks") or ()),
        mends=str(data.get("mends") or ""),
        pr=data.get("pr") or (first.pr if first else None),
        sha=str(data.get("sha", "")),
        merged=first.merged if first else None,
        withdrawn=first.withdrawn if first else None,
    )


def _opened(found: dict[str, Change], pulls: dict[int, str], data: dict[str, Any]) -> None:
    name = next((one.id for one in reversed(found.values()) if one.sha and one.sha == data.get("sha")), "")
    if name:
        pulls[int(data["number"])] = name
        found[name] = replace(found[name], pr=int(data["number"]))
