"""Plays faults on a monitored shop, and says what customers felt and what the pager heard."""

from __future__ import annotations

import asyncio
import time
import urllib.error
import urllib.request
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any, Final

from lab.company.faults import FAULTS, Fault
from lab.company.monitored import Monitored, Place
from lab.company.monitoring import promtool
from lab.company.monitoring.durations import MINUTE
from lab.company.monitoring.pager import HEARTBEAT, Page
from lab.company.monitoring.scaling import MonitoringWrong
from lab.company.verbs import VerbsWrong
from lab.gameday import floods
from lab.gameday.watched import Exposed, Incident, LogFound, Paged, RulesJudged, StoryJudged, Watch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lab.gameday.stagehand import Stagehand

STAYS: Final = 1.0
"""Company minutes that a fault goes on after the page, so that flapping shows."""
RECOVERY: Final = 7.0
"""Company minutes in which a page should be resolved once all is well."""
SETTLING: Final = 30.0
"""Seconds that the shop and its monitoring have to warm up; what pages meanwhile and is resolved is forgotten."""
BETWEEN: Final = 0.5
CALM: Final = 8.0
"""Company minutes in which customers should be served well again, and every page be resolved, before the next fault begins."""
_TICK: Final = 0.1


class Outlook:
    """What one scene does with a monitored shop."""

    def __init__(self, hand: Stagehand) -> None:
        self._hand = hand
        self._luck = Random(f"faults {hand.seed}")  # noqa: S311 - a game's dice, which must fall the same again

    def shop(self, *, instances: int) -> Monitored:
        """A monitored shop from a fresh clone of `main`; not started."""
        hand = self._hand
        place = Place(
            tree=hand.teammate("priya").git.directory,
            room=hand.folder("monitored"),
            python=hand.company.parts.toolchain.plain / "bin" / "python",
            mark=hand.new_mark(),
            loop=hand.company.loop,
            ledger=hand.company.ledger,
            tables=hand.company.truth.tables_now(),
            seed=hand.seed,
            environment=hand.environment(),
        )
        place.room.mkdir(parents=True)
        return Monitored(place, instances=instances)

    def watch(self, kinds: Sequence[str], *, instances: int, rate: float, quiet: float, label: str = "") -> Watch:
        """Play these faults, one after the other, until that is refused which comes of it under `label`."""
        seen = Watch()
        try:
            with self.shop(instances=instances) as shop:
                shop.shoppers.rate = rate
                shop.watch(SETTLING)
                settled = time.monotonic()
                shop.minutes(quiet)
                early = [page for page in shop.pager.pages if page.at >= settled or page.resolved is None]
                seen = replace(seen, early=self._paged(early, settled, settled))
                for kind in kinds:
                    if self._hand.has_enough_of(label, seen):
                        break
                    self._hand.say(f"{FAULTS[kind].says}")
                    if seen.incidents:
                        shop.minutes(BETWEEN)
                    self._until(shop.is_calm, time.monotonic() + CALM * MINUTE)
                    seen = replace(seen, incidents=(*seen.incidents, self._incident(shop, kind)))
                troubles = (*shop.pager.strange, *(shop.stack.troubles() if shop.stack else ()))
                return replace(seen, troubles=tuple(troubles), has_heartbeat=shop.pager.has_heartbeat)
        except (MonitoringWrong, VerbsWrong) as wrong:
            return Watch(problem=wrong.message, remedy=wrong.remedy)

    def _incident(self, shop: Monitored, kind: str) -> Incident:
        """One fault, from its first moment to the end of its last page."""
        fault, ledger = FAULTS[kind], self._hand.company.ledger
        drawn = fault.draw(self._luck)
        before = shop.shoppers.since(time.monotonic() - 2 * MINUTE)
        known = len(shop.pager.pages)
        ledger.append("fault.start", kind=kind, cause=fault.cause, **dict(drawn))
        began = time.monotonic()
        fault.start(shop, drawn)
        self._until(lambda: self._is_noticed(shop, fault, known), began + fault.lasts * MINUTE)
        if fault.wanted != "quiet":
            shop.minutes(STAYS)
        ended = time.monotonic()
        fault.stop(shop, drawn)
        over = time.monotonic()
        ledger.append("fault.end", kind=kind, cause=fault.cause)
        self._recover(shop, fault, known, over)
        visits = shop.shoppers.since(began, ended)
        bad = [visit for visit in visits if visit.is_bad]
        felt = bad[0].at if bad and fault.cause != "monitoring" else began
        new = [page for page in shop.pager.pages[known:] if page.at >= began]
        closed = [page.resolved for page in new if page.resolved is not None]
        is_over = all(page.resolved is not None for page in new if page.channel == "page")
        return Incident(
            kind=kind,
            says=fault.says,
            wanted=fault.wanted,
            names=tuple(str(drawn[name]) for name in fault.names),
            pages=self._paged(new, over, felt),
            asked=len(visits),
            bad=len(bad),
            baseline_bad=sum(visit.is_bad for visit in before) / max(len(before), 1),
            lasted=(ended - began) / MINUTE,
            resolved_after=max([*((at - over) / MINUTE for at in closed), 0.0]) if is_over else None,
        )

    def _is_noticed(self, shop: Monitored, fault: Fault, known: int) -> bool:
        """Whether what was wanted has come; a non-fault is played to its end."""
        return fault.wanted != "quiet" and any(page.channel == fault.wanted for page in shop.pager.pages[known:])

    def _recover(self, shop: Monitored, fault: Fault, known: int, over: float) -> None:
        """Wait for the pages to be resolved; what killed monitoring can't be."""
        if fault.cause == "monitoring" and fault.wanted == "page" and not shop.pager.has_heartbeat:
            return
        if any(page.key == HEARTBEAT for page in shop.pager.pages[known:]):
            return
        self._until(lambda: all(page.resolved for page in shop.pager.pages[known:] if page.channel == "page"), over + RECOVERY * MINUTE)

    def _until(self, is_so: Any, deadline: float) -> None:
        while time.monotonic() < deadline and not is_so():
            time.sleep(_TICK)

    def _paged(self, pages: Iterable[Page], over: float, felt: float) -> tuple[Paged, ...]:
        return tuple(
            Paged(
                channel=page.channel,
                after=(page.at - felt) / MINUTE,
                title=page.title,
                text=page.text,
                severity=page.severity,
                runbook=page.runbook,
                runbook_answers=page.key == HEARTBEAT or self._answers(page.runbook),
                resolved_after=None if page.resolved is None else (page.resolved - over) / MINUTE,
                is_heartbeat=page.key == HEARTBEAT,
                key=page.key,
            )
            for page in pages
        )

    def _answers(self, url: str) -> bool:
        """Whether a runbook can be read: a file of the forge's `main` (`runbooks/…`), or a page that answers 200."""
        if not url:
            return False
        company = self._hand.company
        main = company.forge.head(company.repository) or ""
        if "://" not in url:
            return bool(company.forge.read(company.repository, main, url.lstrip("/")))
        name = url.split("://", 1)[1]
        if name.startswith("forge/"):
            path = name.removeprefix("forge/").split("#")[0]
            return bool(company.forge.read(company.repository, main, path))
        try:
            with urllib.request.urlopen(url, timeout=3) as answer:  # noqa: S310 - a learner's own address, asked once
                return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's OK
        except (OSError, ValueError, urllib.error.URLError):
            return False

    def rules(self) -> RulesJudged:
        """The learner's rules as they are written, against hidden series."""
        hand = self._hand
        found = promtool.judge(hand.teammate("priya").git.directory, hand.folder("rules"), seed=hand.seed)
        stories = tuple(StoryJudged(one.says, one.pages, one.woken_by) for one in found.verdicts)
        return RulesJudged(stories, found.unknown, found.problem)

    # -- what needs no monitoring ---------------------------------------------------------------------------------------------

    def flood(self, count: int) -> Exposed:
        """Many different paths and customers, and what `/metrics` has become."""
        with self.shop(instances=1) as shop:
            port = next(iter(shop.fleet.ports.values()))
            tables = self._hand.company.truth.tables_now()
            return asyncio.run(floods.flood(port, tables, count, seed=self._hand.seed))

    def find_log(self) -> LogFound:
        """A failed order, and what the verb prints for its id."""
        with self.shop(instances=2) as shop:
            shop.shoppers.rate = 10
            shop.minutes(1)
            shop.payments.status = 500
            shop.shoppers.burst(3, "/orders")
            failed = [visit for visit in shop.shoppers.visits if visit.route == "/orders" and visit.status >= 500]  # noqa: PLR2004
            shop.payments.status = 201
            if not failed:
                return LogFound("", (), (), (), 0, "", problem="No order failed although the payment provider did.")
            wanted = self._luck.choice(failed).id
            shop.minutes(0.5)
            run = self._hand.verb_in(shop.place.tree, "find-log", limit=30, extra=shop.environment(), blanks={"id": wanted})
            others = [visit.id for visit in shop.shoppers.visits if visit.id != wanted]
            return floods.compared(wanted, run, others)
