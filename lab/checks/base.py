"""The centre of the lab: `look(facts) -> Finding`. It looks once and changes nothing."""

from __future__ import annotations

import traceback
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from lab.gameday.facts import CannotJudge, Facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EVIDENCE_LINES: Final = 14
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]


class Verdict(StrEnum):
    """One of four: nobody fails for what could not be judged."""

    PASSED = "passed"
    FAILED = "failed"
    WAITING = "waiting"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Finding:
    """What one look found.

    `message` is a whole sentence in the learner's words; `look_at` the file, log or command to look at next;
    `evidence` the excerpt that shows it.
    """

    verdict: Verdict
    message: str
    look_at: str = ""
    evidence: str = ""


def passed(message: str, *, evidence: str = "") -> Finding:
    """What was asked is so."""
    return Finding(Verdict.PASSED, message, evidence=evidence)


def failed(message: str, *, look_at: str, evidence: str = "") -> Finding:
    """What was asked is not so: `message` says what was expected and what happened."""
    return Finding(Verdict.FAILED, message, look_at=look_at, evidence=_tail(evidence))


def waiting(message: str) -> Finding:
    """Another check must pass first."""
    return Finding(Verdict.WAITING, message)


def blocked(reason: str, *, look_at: str = "`lab doctor`") -> Finding:
    """It could not be judged, and that is nobody's failure but ours or the world's."""
    return Finding(Verdict.BLOCKED, reason, look_at=look_at)


def _tail(text: str) -> str:
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return "\n".join(lines[-EVIDENCE_LINES:])


class Check(BaseModel, ABC):
    """A question asked of what happened. Its options are the fields of its class; its docstring is its documentation.

    `refers` names the fields that hold labels of events, `files` those that name a file of the stage, so that reading a scenario can
    tell a wrong one.
    `by_the_clock` says that seconds decide, so that a busy machine could refuse what is right.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    refers: ClassVar[tuple[str, ...]] = ()
    files: ClassVar[tuple[str, ...]] = ()
    example: ClassVar[str] = ""
    by_the_clock: ClassVar[bool] = False

    id: Slug
    type: str
    title: str
    scene: str = ""
    level: Literal["core", "stretch"] = "core"
    on: Literal["game_day", "live"] = "game_day"
    requires: tuple[Slug, ...] = ()
    skills: tuple[Slug, ...] = ()

    @abstractmethod
    def look(self, facts: Facts) -> Finding:
        """Look once at the facts."""


def looked(check: Check, facts: Facts) -> Finding:
    """What one look finds, whatever happens: a bug of a check is 'blocked', never the learner's failure."""
    try:
        return check.look(facts)
    except CannotJudge as reason:
        return blocked(reason.reason)
    except Exception:  # noqa: BLE001 - see the docstring
        last = traceback.format_exc().strip().splitlines()
        return blocked(
            f"The check '{check.id}' broke, which is a bug of the lab: {last[-1]}.",
            look_at="`lab log`, and tell the author of the scenario",
        )


def judge(check: Check, found: Finding, earlier: Mapping[str, Finding]) -> Finding:
    """The finding, or 'waiting' when what the check requires is not among `earlier` (by check id) and passed."""
    for name in check.requires:
        if name not in earlier or earlier[name].verdict is not Verdict.PASSED:
            return waiting(f"This is judged once '{name}' has passed.")
    return found


def in_order(checks: Iterable[Check]) -> list[Check]:
    """The checks so that each stands after those it requires; otherwise as they stood."""
    rest, done, ordered = list(checks), set[str](), list[Check]()
    names = {check.id for check in rest}
    while rest:
        ready = next((check for check in rest if all(name in done or name not in names for name in check.requires)), rest[0])
        rest.remove(ready)
        done.add(ready.id)
        ordered.append(ready)
    return ordered
