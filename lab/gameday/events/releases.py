"""Events of day zero: teammates release, somebody deploys, machines reboot, people edit on the server."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from lab.gameday.events.base import Entries, Happening, Slug
from lab.gameday.outcomes import Deployment, Deployments, Observation, Orders, Recalled, Release, Tampering, Together, VerbRun

if TYPE_CHECKING:
    from lab.gameday.stagehand import Stagehand

DEPLOY_LIMIT = 120.0
SETTLE = 20.0


class ReleaseEvent(Happening):
    """A teammate puts one change onto `main`, past every hook: which of `commit` is drawn by the seed."""

    vocabulary: ClassVar = {"by": "personas", "commit": "bank"}
    by: Slug
    commit: Entries

    def play(self, hand: Stagehand) -> Release:
        """Make the change on the learner's tree, prove it, push it."""
        return hand.release(by=self.by, entries=self.commit)


class VerbEvent(Happening):
    """A verb of the learner's harborline.yaml is run from a fresh clone of `main`; `of` names a release for `{sha}`."""

    needs_servers: ClassVar = True
    refers: ClassVar = ("of",)
    verb: Slug
    of: str = ""
    limit: float = Field(default=DEPLOY_LIMIT, gt=0, le=600)

    def play(self, hand: Stagehand) -> VerbRun:
        """Run it to its end or its limit."""
        sha = hand.facts().of(self.of, Release).sha if self.of else ""
        return hand.verb(self.verb, sha=sha, limit=self.limit)


class DeployEach(Happening):
    """The deploy verb is run for each release, in an order drawn by the seed whose last is not the newest.

    With `rate`, customers buy at so many requests a second meanwhile, and each deployment's bad seconds are counted.
    """

    needs_servers: ClassVar = True
    refers: ClassVar = ("of",)
    of: tuple[str, ...] = Field(min_length=2)
    shuffle: bool = True
    rate: float = Field(default=0, ge=0, le=200)

    def play(self, hand: Stagehand) -> Deployments:
        """Deploy, look at the door, go on to the next."""
        releases = list(hand.facts().all_of(self.of, Release))
        newest = releases[-1]
        while self.shuffle and (releases[-1] is newest or releases[0] is newest):
            hand.random.shuffle(releases)
            if len(releases) == 2:  # noqa: PLR2004 - of two, the newest can only be first
                releases = [newest, next(release for release in releases if release is not newest)]
                break
        if not self.rate:
            return Deployments(tuple(self._deploy(hand, release) for release in releases))
        first = self._deploy(hand, releases[0])
        with hand.customers(rate=self.rate):
            each = [self._loaded(hand, release) for release in releases[1:]]
        return Deployments((first, *each))

    def _deploy(self, hand: Stagehand, release: Release) -> Deployment:
        hand.say(f"deploying {release.sha[:7]}, '{release.message}'")
        run = hand.verb("deploy", sha=release.sha, limit=DEPLOY_LIMIT)
        within = SETTLE if run.exit == 0 else 2.0
        return Deployment(release, run, hand.observe(release.sha, within=within))

    def _loaded(self, hand: Stagehand, release: Release) -> Deployment:
        mark = hand.company.ledger.seq()
        deployment = self._deploy(hand, release)
        time.sleep(1.2)  # the second in which it ended is written when it is over
        return Deployment(deployment.release, deployment.run, deployment.seen, float(hand.traffic(since=mark).bad_seconds))


class VerbsTogether(Happening):
    """A verb is run for two releases, the second `apart` seconds after the first; `times` over, since a race is a matter of luck."""

    needs_servers: ClassVar = True
    refers: ClassVar = ("of",)
    verb: Slug
    of: tuple[str, str]
    apart: float = Field(default=0.2, ge=0, le=10)
    times: int = Field(default=1, ge=1, le=5, description="How many times; every second time the other one goes first.")

    def play(self, hand: Stagehand) -> Together:
        """Run both side by side and look at the door when both have ended."""
        one, other = hand.facts().all_of(self.of, Release)
        races = [self._race(hand, (other, one) if turn % 2 else (one, other)) for turn in range(self.times)]
        return replace(races[0], again=tuple(races[1:]))

    def _race(self, hand: Stagehand, releases: tuple[Release, Release]) -> Together:
        runs = hand.side_by_side(
            [partial(hand.verb, self.verb, sha=release.sha, limit=DEPLOY_LIMIT) for release in releases], apart=self.apart
        )
        first = hand.observe(releases[0].sha, within=3.0)
        seen = next((hand.observe(release.sha, within=1.0) for release in releases if release.sha == first.version), first)
        return Together(tuple(runs), releases, seen)


class Observe(Happening):
    """Known-answer questions are asked at the door until they are those of `expect`, or `within` seconds are over."""

    needs_servers: ClassVar = True
    refers: ClassVar = ("expect",)
    expect: str
    within: float = Field(default=15, gt=0, le=120)

    def play(self, hand: Stagehand) -> Observation:
        """Ask, and ask again."""
        return hand.observe(hand.facts().of(self.expect, Release).sha, within=self.within)


class Order(Happening):
    """Customers place `count` orders."""

    needs_servers: ClassVar = True
    count: int = Field(default=3, ge=1, le=50)

    def play(self, hand: Stagehand) -> Orders:
        """Place them at the door."""
        return hand.place_orders(self.count)


class Recall(Happening):
    """Every order of an earlier event is asked for."""

    needs_servers: ClassVar = True
    refers: ClassVar = ("orders",)
    orders: str

    def play(self, hand: Stagehand) -> Recalled:
        """Ask the door for each."""
        placed = hand.facts().of(self.orders, Orders)
        missing = hand.missing_orders(placed.ids)
        return Recalled(asked=len(placed.ids), found=len(placed.ids) - len(missing), missing=missing)


class Reboot(Happening):
    """Everything on a server is killed at once, and the server boots."""

    needs_servers: ClassVar = True
    server: Slug

    def play(self, hand: Stagehand) -> None:
        """Pull the plug."""
        hand.company.ledger.append("fault.start", kind=f"reboot {self.server}", cause="infra")
        hand.company.servers[self.server].reboot()
        hand.company.ledger.append("fault.end", kind=f"reboot {self.server}")


class Tamper(Happening):
    """A teammate edits the running application's pricing, on the server, over SSH."""

    needs_servers: ClassVar = True
    vocabulary: ClassVar = {"by": "personas"}
    by: Slug
    server: Slug

    def play(self, hand: Stagehand) -> Tampering:
        """Edit every copy of pricing.py that is not inside an environment of Python's."""
        return hand.tamper(by=self.by, server=self.server)
