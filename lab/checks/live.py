"""Checks on the learner's own company, now: judged once, on the workspace's seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from lab.checks.base import Check, Finding, Slug, failed, looked, passed
from lab.checks.delivery import served_wrongly, short
from lab.checks.own import Script
from lab.gameday.events.own import ScriptEvent
from lab.gameday.live import live_facts, probed
from lab.gameday.outcomes import Observation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lab.company.company import Company
    from lab.gameday.events.base import Happening
    from lab.gameday.facts import Facts


class CustomersSee(Check):
    """Customers get the tag `tag` at the door right now, with right answers.

    With `once_seen`, they must have been served that other tag before: a way back is only shown by having been away.
    """

    tags: ClassVar[tuple[str, ...]] = ("tag", "once_seen")
    type: Literal["customers_see"]
    on: Literal["live"] = "live"
    tag: str
    once_seen: str = ""
    focus: tuple[Slug, ...] = Field(default=(), description="Behaviours that are asked about beside the mixed questions.")

    def look(self, facts: Facts) -> Finding:
        """Look at the door, and at which versions customers saw before."""
        seen = facts.of(f"door:{self.tag}", Observation)
        if self.once_seen:
            away = facts.of(f"tag:{self.once_seen}", str)
            if not any(away in event.data.get("versions", {}) for event in facts.events):
                return failed(
                    f"Customers should be back on '{self.tag}' after they had '{self.once_seen}' ({short(away)}), and they never had it. "
                    "Tom is waiting for his release.",
                    look_at="`lab team`",
                )
        wrong = served_wrongly(seen, when=f"'{self.tag}' is wanted:")
        if wrong:
            return wrong
        return passed(f"Customers see '{self.tag}' ({short(seen.expected)}), {seen.right} answers right.")


class Answered(Check):
    """The learner answered a question about what the ledger shows (`lab answer CHECK VALUE`).

    The right answer is the `seq` of an event of `event_type` whose data hold all of `where`.
    """

    type: Literal["answered"]
    on: Literal["live"] = "live"
    question: str
    event_type: str
    where: dict[Slug, str | bool | int] = Field(default_factory=dict)

    def look(self, facts: Facts) -> Finding:
        """Compare the answer with the ledger."""
        given = {int(word) for word in facts.answers.get(self.id, "").replace(",", " ").split() if word.isdigit()}
        if not given:
            return failed(f"{self.question} Answer with `lab answer {self.id} NUMBER`.", look_at="`lab log --all`")
        right = {
            event.seq
            for event in facts.events
            if event.type == self.event_type and all(event.data.get(k) == v for k, v in self.where.items())
        }
        if given & right and not given - right:
            return passed("That is the event.")
        return failed(
            f"{self.question} The answer {', '.join(map(str, sorted(given)))} is not it.",
            look_at="`lab log --all`: who pushed, and what did not run before it?",
        )


def _probes(checks: Sequence[Check]) -> dict[str, Happening]:
    """The scripts that live checks have run, by the label under which they look for them."""
    scripts = [check for check in checks if isinstance(check, Script)]
    return {f"probe:{one.id}": ScriptEvent(run=one.run, at=one.at, limit=one.limit, folder=one.folder) for one in scripts}


def look_live(company: Company, checks: Sequence[Check], answers: Mapping[str, str]) -> dict[str, Finding]:
    """The findings of live checks on the company as it is now; `answers` are the learner's, by check id."""
    wanted = [check for check in checks if check.on == "live"]
    tags: dict[str, set[str]] = {}
    for check in wanted:
        for tag in {getattr(check, name) for name in getattr(check, "tags", ())} - {""}:
            tags.setdefault(tag, set()).update(getattr(check, "focus", ()))
    facts = probed(company, live_facts(company, tags=tags, answers=answers), _probes(wanted))
    return {check.id: looked(check, facts) for check in wanted}
