"""Checks on what the shop tells of itself: its metrics' size, and its logs for one customer's call."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from lab.checks.base import Check, Finding, failed, passed
from lab.gameday.facts import CannotJudge
from lab.gameday.watched import Exposed, LogFound, RulesJudged

if TYPE_CHECKING:
    from lab.gameday.facts import Facts


class FewSeries(Check):
    """After a flood of different paths and customers the shop's own `/metrics` has fewer than `below` lines."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["few_series"]
    of: str
    below: int = Field(default=5_000, ge=10, description="Fewer lines than this are wanted.")

    def look(self, facts: Facts) -> Finding:
        """Count them."""
        seen = facts.of(self.of, Exposed)
        if seen.problem:
            return failed(f"'/metrics' could not be read after {seen.asked:,} requests: {seen.problem}", look_at="app/metrics.py")
        if seen.lines < self.below:
            return passed(f"After {seen.asked:,} different requests '/metrics' has {seen.lines:,} lines.")
        return failed(
            f"After {seen.asked:,} different requests '/metrics' has {seen.lines:,} lines, fewer than {self.below:,} were wanted: "
            "a label takes a new value with every customer.",
            look_at="app/metrics.py: which values can each label have?",
            evidence="\n".join(seen.examples),
        )


class LogFoundByCall(Check):
    """The `find-log` verb prints, for the id of a failed call, the lines of every service that had to do with it, and nobody's e-mail."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["log_found"]
    of: str

    def look(self, facts: Facts) -> Finding:
        """Hold what was printed against the logs."""
        seen = facts.of(self.of, LogFound)
        if not seen.id:
            raise CannotJudge(seen.problem)
        if seen.problem:
            return failed(seen.problem, look_at="harborline.yaml", evidence=seen.output)
        missing = [name for name in seen.wanted if name not in seen.found]
        if missing:
            return failed(
                f"`find-log {seen.id}` shows nothing of {', '.join(missing)}, which had to do with that call.",
                look_at="$LOGS/*.log: in whose lines does the id stand?",
                evidence=seen.output,
            )
        if seen.leaked:
            return failed(
                f"`find-log {seen.id}` prints a customer's e-mail address, which is nobody's business.",
                look_at="your find-log",
                evidence="\n".join(seen.leaked),
            )
        if seen.foreign:
            return failed(
                f"`find-log {seen.id}` prints {seen.foreign} lines of other customers' calls beside those of this one.",
                look_at="your find-log",
                evidence=seen.output,
            )
        return passed(f"`find-log` shows the call {seen.id} in {', '.join(seen.found)}, and no e-mail address.")


class RulesJudgeWell(Check):
    """Rules of Prometheus, as they are written, wake somebody in each hidden story that is worth it, and in no other."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["rules_judge_well"]
    of: str

    def look(self, facts: Facts) -> Finding:
        """Look for the first story that was misjudged."""
        seen = facts.of(self.of, RulesJudged)
        if seen.problem:
            return failed(seen.problem, look_at="`lab monitoring`")
        if seen.unknown:
            raise CannotJudge(f"Your rules ask for '{seen.unknown[0]}', which the hidden series don't have: they are judged live only.")
        wrong = [story for story in seen.stories if bool(story.woken_by) != story.pages]
        told = "\n".join(f"{story.says}: {', '.join(story.woken_by) or 'nobody was woken'}" for story in wrong)
        if wrong and wrong[0].pages:
            return failed(f"By your rules nobody would be woken when {wrong[0].says}.", look_at="monitoring/", evidence=told)
        if wrong:
            said = f"By your rules '{wrong[0].woken_by[0]}' would wake you although {wrong[0].says}."
            return failed(said, look_at="monitoring/", evidence=told)
        if not seen.stories:
            return passed("There are no rules of Prometheus to try: what you run instead is judged live.")
        return passed(f"Your rules judge {len(seen.stories)} hidden series as they should.")
