"""The frozen facts of one finished scene, and the one way to ask for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from lab.gameday.outcomes import Unseen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lab.ledger.store import Event

Kind = TypeVar("Kind")


class CannotJudge(Exception):
    """A check can't be judged by these facts; `reason` is a whole sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Facts:
    """What happened in one scene: the outcome of each labelled event, and the events of its ledger.

    `answers` are what the learner answered to questions (`lab answer`), for live checks. `pace` is how many times slower
    than the reference this machine was meanwhile, at least 1: limits in seconds are stretched by it. `is_whole` is False
    when the scene was ended early, since all that was asked for had been decided.
    """

    outcomes: Mapping[str, object]
    events: tuple[Event, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    pace: float = 1.0
    is_whole: bool = True

    def of(self, label: str, kind: type[Kind]) -> Kind:
        """The outcome called `label`.

        Raises:
            CannotJudge: the event was not played or could not be measured.
        """
        found = self.outcomes.get(label)
        if isinstance(found, kind):
            return found
        if isinstance(found, Unseen):
            raise CannotJudge(found.reason)
        raise CannotJudge(f"The event '{label}' was not played.")

    def each_of(self, labels: tuple[str, ...], kind: type[Kind]) -> Iterator[Kind]:
        """The outcomes of several labels, one at a time: who finds trouble in an early one needs no later one.

        Raises:
            CannotJudge: the one whose turn it is was not played or could not be measured.
        """
        for label in labels:
            yield self.of(label, kind)

    def all_of(self, labels: tuple[str, ...], kind: type[Kind]) -> tuple[Kind, ...]:
        """The outcomes of several labels.

        Raises:
            CannotJudge: one of them was not played or could not be measured.
        """
        return tuple(self.of(label, kind) for label in labels)
