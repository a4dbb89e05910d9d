"""Post-mortems: whether the times and the cause that the learner wrote down are those of the ledger."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import Field

from lab.checks.base import Check, Finding, failed, passed
from lab.company.clock import minute_at, stamp
from lab.errors import UsageProblem
from lab.gameday.facts import CannotJudge
from lab.ledger.delivery.handling import Handled, handled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.gameday.facts import Facts

CAUSES: Final = ("change", "infra", "data", "provider", "unknown")
WITHIN: Final = 2.0
TIMES: Final = ("detected", "mitigated", "resolved")
_CLOCK: Final = re.compile(r"(?:day (\d+), ?)?(\d{1,2}:\d{2})")


@dataclass(frozen=True)
class Form:
    """A post-mortem. Times are minutes of the ledger: when it was noticed, when customers were well again, when it was over."""

    detected: float
    mitigated: float
    resolved: float
    cause: str


def form(told: Mapping[str, Any]) -> Form:
    """The form of plain values: times as the company's clock shows them (`12:04`, `day 2, 09:15`), or minutes; a cause.

    Raises:
        UsageProblem: a field is missing or can't be understood.
    """
    cause = str(told.get("cause") or "")
    if cause not in CAUSES:
        wanted = ", ".join(CAUSES)
        raise UsageProblem(f"The cause is '{cause}', and it should be one of {wanted}.", remedy="Look at the ledger: lab log --all.")
    detected, mitigated, resolved = (_minute(name, told.get(name)) for name in TIMES)
    return Form(detected, mitigated, resolved, cause)


def _minute(name: str, value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    match = _CLOCK.fullmatch(str(value or "").strip())
    try:
        if match:
            return float(minute_at(match[2], day=int(match[1] or 0)))
    except ValueError:
        pass
    raise UsageProblem(f"'{name}' is '{value or ''}', and it should be a time of the company, such as '12:04' or 'day 2, 09:15'.")


def compared(told: Form, incident: Handled, *, within: float = WITHIN) -> tuple[str, ...]:
    """What of a post-mortem is not so, a sentence each; nothing when all times are right within `within` minutes."""
    if incident.restored is None:
        return (f"Incident {incident.number} is not over: customers are still let down.",)
    right = {"detected": incident.detected, "mitigated": incident.restored, "resolved": incident.restored}
    wrong = [
        f"'{name}' is {stamp(getattr(told, name))}, and the ledger does not say so."
        for name, minute in right.items()
        if abs(getattr(told, name) - minute) > within and not _is_later(name, told, incident)
    ]
    if told.cause != incident.incident.cause:
        wrong += [f"The cause is said to be '{told.cause}', and that is not what the ledger shows."]
    return tuple(wrong)


def _is_later(name: str, told: Form, incident: Handled) -> bool:
    """Whether 'resolved' is when the learner said so, which may be later than when customers were well again."""
    return name == "resolved" and incident.resolved is not None and abs(told.resolved - incident.resolved) <= WITHIN


class PostmortemTrue(Check):
    """The post-mortem of an incident (`lab incident review`) has the ledger's times and cause. `incident` counts from the last, 0 is any.

    Any: at least `at_least` incidents are reviewed rightly. Times may be off by `within` company minutes.
    """

    type: Literal["postmortem_true"]
    within: float = Field(default=WITHIN, ge=0, le=60)
    at_least: int = Field(default=1, ge=1, le=10)

    def look(self, facts: Facts) -> Finding:
        """Compare each review with the ledger."""
        known = handled(facts.events, now=max((event.minute for event in facts.events), default=0.0))
        over = [one for one in known if one.restored is not None]
        if not over:
            raise CannotJudge("There has been no incident that is over, so there is nothing to review.")
        reviewed = [one for one in over if one.review]
        if not reviewed:
            return failed(
                f"{len(over)} incident{'s are' if len(over) > 1 else ' is'} over, and no post-mortem was handed in.",
                look_at="lab incident list, then lab incident review NUMBER",
            )
        trouble = {one.number: compared(form(one.review), one, within=self.within) for one in reviewed}
        right = [number for number, sentences in trouble.items() if not sentences]
        if len(right) >= self.at_least:
            return passed(f"The post-mortem of incident {right[-1]} says what the ledger says.")
        number, sentences = next((number, sentences) for number, sentences in reversed(trouble.items()) if sentences)
        return failed(
            f"The post-mortem of incident {number} should have the ledger's times (within {self.within:g} min) and cause: {sentences[0]}",
            look_at="lab incident list; lab log --all",
            evidence="\n".join(sentences),
        )
