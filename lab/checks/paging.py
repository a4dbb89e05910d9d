"""Checks on who was woken, when, for what and how often: the pager is read, never the learner's rules."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from pydantic import Field

from lab.checks.base import Check, Finding, failed, passed
from lab.gameday.facts import CannotJudge
from lab.gameday.watched import Incident, Paged, Watch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.gameday.facts import Facts

TOO_SLOW: Final = 12.0
WELL: Final = 0.06
HURT: Final = 0.08
BY_DESIGN: Final[Mapping[str, int]] = {"night-one": 1}
"""Visits that a non-fault lets down itself."""
LOOK: Final = "`lab monitoring` shows your rules as the company's clock runs them"


class PagerCheck(Check):
    """A check that reads the pager: on a machine that is far too slow it refuses nobody."""

    by_the_clock: ClassVar[bool] = True

    def look(self, facts: Facts) -> Finding:
        """Judge, and take a refusal back that may be the machine's own slowness."""
        found = self.judged(facts)
        has_watched = not any(isinstance(one, Watch) and one.problem for one in facts.outcomes.values())
        if found.verdict == "failed" and has_watched and facts.pace > TOO_SLOW:
            raise CannotJudge(f"The machine was {facts.pace:.1f} times slower than usual: late can't be told from on time.")
        return found

    @abstractmethod
    def judged(self, facts: Facts) -> Finding:
        """What the pager says."""


def unwatched(watch: Watch) -> Finding | None:
    """The finding when nothing watches, or something paged before anything had happened; None when all is well so far."""
    if watch.problem:
        return failed(watch.problem, look_at=watch.remedy or "monitoring/, harborline.yaml")
    woken = [page for page in watch.early if page.channel == "page"]
    if woken:
        return failed(
            f"You were woken before anything had happened, by '{woken[0].title}': an alert that fires on a healthy shop.",
            look_at=LOOK,
            evidence=_evidence(watch, woken),
        )
    return None


def sound(incident: Incident, *, pace: float) -> None:
    """Whether an incident can be judged: the shop served well before, and customers felt what they were to feel.

    Raises:
        CannotJudge: it did not, so that nobody's alarm is to blame.
    """
    if incident.baseline_bad > WELL:
        raise CannotJudge(f"The shop did not serve well before '{incident.says}' ({incident.baseline_bad:.0%} bad, pace {pace:.1f}).")
    if incident.wanted == "page" and incident.kind not in ("vanished", "watcher-killed") and incident.share < HURT:
        raise CannotJudge(f"Customers hardly felt that {incident.says}: {incident.bad} of {incident.asked} were let down.")


def _evidence(watch: Watch, pages: tuple[Paged, ...] | list[Paged]) -> str:
    lines = [f"{page.after:5.1f} min  {page.channel}: {page.title}" for page in pages]
    return "\n".join([*lines, *watch.troubles[:6]])


class PagedInTime(PagerCheck):
    """Each fault among `of` (labels of `watch` events) that should wake somebody does so within `within` company minutes."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["paged_in_time"]
    of: tuple[str, ...] = Field(min_length=1)
    within: float = Field(default=3, gt=0, le=60, description="Company minutes after which a page is late.")
    also_quiet: bool = Field(default=False, description="The non-faults of the same stretch must wake nobody.")

    def judged(self, facts: Facts) -> Finding:
        """Look at each incident; the limit is stretched by the machine's pace."""
        if self.also_quiet:
            calm = KeptQuiet(id=self.id, type="kept_quiet", title=self.title, of=self.of).judged(facts)
            if calm.verdict != "passed":
                return calm
        told = []
        for label in self.of:
            watch = facts.of(label, Watch)
            if wrong := unwatched(watch):
                return wrong
            for incident in watch.incidents:
                if incident.wanted != "page":
                    continue
                if wrong := self._late(watch, incident, facts.pace):
                    return wrong
                told.append(f"{incident.says}: paged after {incident.of('page')[0].after:.1f} min")
        if not told:
            raise CannotJudge("No fault was played that should wake anybody.")
        return passed("Somebody was woken each time. " + "; ".join(told) + ".")

    def _late(self, watch: Watch, incident: Incident, pace: float) -> Finding | None:
        pages = incident.of("page")
        if not pages:
            sound(incident, pace=pace)
            felt = f"{incident.bad} of {incident.asked} visits were let down, and " if incident.bad else ""
            return failed(
                f"Nobody was woken in {incident.lasted:.0f} company minutes: {incident.says}; {felt}the pager stayed silent.",
                look_at=LOOK,
                evidence=_evidence(watch, incident.pages),
            )
        limit = self.within * pace
        if pages[0].after > limit:
            sound(incident, pace=pace)
            return failed(
                f"The page came after {pages[0].after:.1f} company minutes, within {self.within:g} it was wanted: {incident.says}.",
                look_at=LOOK,
                evidence=_evidence(watch, incident.pages),
            )
        return None


class Ticketed(PagerCheck):
    """A slow burn becomes a ticket within `within` company minutes, and wakes nobody."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["ticketed"]
    of: str
    within: float = Field(default=12, gt=0, le=120, description="Company minutes in which the ticket must be there.")

    def judged(self, facts: Facts) -> Finding:
        """Look at the tickets, and at the pages that should not be there."""
        watch = facts.of(self.of, Watch)
        if wrong := unwatched(watch):
            return wrong
        for incident in watch.incidents:
            if incident.wanted != "ticket":
                continue
            sound(incident, pace=facts.pace)
            if incident.of("page"):
                return failed(
                    f"You were woken by '{incident.of('page')[0].title}' although it could wait for the morning: {incident.says}.",
                    look_at=LOOK,
                    evidence=_evidence(watch, incident.pages),
                )
            if not incident.of("ticket") or incident.of("ticket")[0].after > self.within * facts.pace:
                return failed(
                    f"Nobody got a ticket within {self.within:g} company minutes: {incident.says}; the month's error budget goes unseen.",
                    look_at=LOOK,
                    evidence=_evidence(watch, incident.pages),
                )
        return passed("A slow burn became a ticket, and everybody slept.")


class KeptQuiet(PagerCheck):
    """Nobody is woken for what hurts no customer: every non-fault among `of`. Tickets are allowed."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["kept_quiet"]
    of: tuple[str, ...] = Field(min_length=1)

    def judged(self, facts: Facts) -> Finding:
        """Look for pages."""
        count = 0
        for label in self.of:
            watch = facts.of(label, Watch)
            if wrong := unwatched(watch):
                return wrong
            for incident in watch.incidents:
                pages = incident.of("page") if incident.wanted == "quiet" else ()
                if pages and incident.bad - BY_DESIGN.get(incident.kind, 0) > HURT * incident.asked:
                    raise CannotJudge(f"Customers were let down although nothing was wrong ({incident.says}): this machine is too busy.")
                if pages:
                    return failed(
                        f"You were woken by '{pages[0].title}' although no customer was hurt: {incident.says}.",
                        look_at=LOOK,
                        evidence=_evidence(watch, pages),
                    )
                count += incident.wanted == "quiet"
        return passed(f"Nobody was woken by {count} things that hurt no customer.")


class FewPages(PagerCheck):
    """One incident is at most `at_most` pages, resolved within `resolved` company minutes of its end, and none comes back."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["few_pages"]
    of: tuple[str, ...] = Field(min_length=1)
    at_most: int = Field(default=2, ge=1, description="How many pages one incident may bring.")
    resolved: float = Field(default=5, gt=0, description="Company minutes after the end in which the page must be resolved.")

    def judged(self, facts: Facts) -> Finding:
        """Count the pages of each incident."""
        for label in self.of:
            watch = facts.of(label, Watch)
            if wrong := unwatched(watch):
                return wrong
            for incident in watch.incidents:
                pages = incident.of("page")
                if incident.wanted == "page" and (wrong := self._noisy(watch, incident, pages, facts.pace)):
                    return wrong
        return passed(f"Each incident was at most {self.at_most} pages, resolved in time, and none came back.")

    def _noisy(self, watch: Watch, incident: Incident, pages: tuple[Paged, ...], pace: float) -> Finding | None:
        evidence = _evidence(watch, pages)
        threads = Counter(page.key or page.title for page in pages)
        again = [page.title for page in pages if threads[page.key or page.title] > 1]
        if again:
            return failed(f"'{again[0]}' came, went and came back within one incident: {incident.says}.", look_at=LOOK, evidence=evidence)
        if len(pages) > self.at_most:
            return failed(
                f"One incident woke you {len(pages)} times, at most {self.at_most} were wanted: {incident.says}.",
                look_at=LOOK,
                evidence=evidence,
            )
        last = max((page.resolved_after for page in pages if page.resolved_after is not None), default=None)
        if pages and (any(page.resolved_after is None for page in pages) or (last or 0.0) > self.resolved * pace):
            return failed(
                f"{self.resolved:g} company minutes after it was over the page was not resolved: {incident.says}.",
                look_at=LOOK,
                evidence=evidence,
            )
        return None


class PageTells(PagerCheck):
    """A page says what is hurt (the route or instance), how bad it is, and where the runbook stands, which can be read."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["page_tells"]
    of: tuple[str, ...] = Field(min_length=1)

    def judged(self, facts: Facts) -> Finding:
        """Read the pages of each incident that has something to name."""
        for label in self.of:
            watch = facts.of(label, Watch)
            if wrong := unwatched(watch):
                return wrong
            for incident in watch.incidents:
                pages = tuple(page for page in incident.of("page") if not page.is_heartbeat)
                if incident.wanted == "page" and pages and (wrong := self._mute(watch, incident, pages)):
                    return wrong
        return passed("Each page named what was hurt, how bad it is, and a runbook that can be read.")

    def _mute(self, watch: Watch, incident: Incident, pages: tuple[Paged, ...]) -> Finding | None:
        text = "\n".join(page.text for page in pages)
        evidence = text + "\n" + _evidence(watch, pages)
        if incident.names and not any(name in text for name in incident.names):
            return failed(
                f"The page does not name '{incident.names[0]}', which is what was hurt: {incident.says}.", look_at=LOOK, evidence=evidence
            )
        if not any(page.severity for page in pages):
            return failed(
                f"The page has no severity, as a label or a field of that name: {incident.says}.", look_at=LOOK, evidence=evidence
            )
        if not any(page.runbook_answers for page in pages):
            said = f"its runbook '{pages[0].runbook}' can't be read" if pages[0].runbook else "it has no 'runbook_url'"
            return failed(
                f"At three in the morning the page does not help: {said}. {incident.says.capitalize()}.", look_at=LOOK, evidence=evidence
            )
        return None
