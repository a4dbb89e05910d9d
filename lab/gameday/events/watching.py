"""Events of a monitored shop: faults and non-faults, while the learner's own monitoring watches and the pager listens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from lab.gameday.events.base import Happening
from lab.gameday.outlook import Outlook

if TYPE_CHECKING:
    from lab.gameday.stagehand import Stagehand
    from lab.gameday.watched import Exposed, LogFound, RulesJudged, Watch

Kind = Literal[
    "outage", "freeze", "errors", "few-errors", "slow", "pool", "resets", "payments", "slow-checkout", "slow-burn", "healthy-x8",
    "4xx-storm", "night-one", "night-all", "born-failing", "restart", "one-dead", "exporter-down", "vanished", "watcher-killed",
]  # fmt: skip


class WatchEvent(Happening):
    """Faults are played one after the other on a shop of `instances`, at `rate` visits a second, with the learner's monitoring.

    With `draw`, so many of `faults` are drawn by the seed: an even seed draws from the first half, an odd one from the second,
    so that two neighbouring seeds see every kind. `quiet` is how many company minutes pass before the first.
    """

    faults: tuple[Kind, ...] = Field(min_length=1, description="Faults and non-faults, in the order in which they are played.")
    draw: int = Field(default=0, ge=0, le=10)
    instances: int = Field(default=3, ge=1, le=6, description="Instances of the shop behind the balancer.")
    rate: float = Field(default=15, ge=0, le=200)
    quiet: float = Field(default=2, ge=1, le=30, description="Company minutes before the first fault.")

    def play(self, hand: Stagehand) -> Watch:
        """Start it, watch, stop it."""
        return Outlook(hand).watch(self.drawn(hand.seed), instances=self.instances, rate=self.rate, quiet=self.quiet, label=self.label)

    def drawn(self, seed: int) -> tuple[str, ...]:
        """The faults of that seed, in the order in which they are listed."""
        if not self.draw or self.draw >= len(self.faults):
            return self.faults
        start = (seed % 2) * (len(self.faults) - self.draw)
        return self.faults[start : start + self.draw]


class RuleTests(Happening):
    """The rules of `monitoring/` are held as they are written, by promtool, against twenty hidden series drawn by the seed."""

    def play(self, hand: Stagehand) -> RulesJudged:
        """Judge each story."""
        return Outlook(hand).rules()


class Flood(Happening):
    """`count` requests of different paths, query strings and customers; then the shop's `/metrics` is read."""

    count: int = Field(default=10_000, ge=100, le=50_000)

    def play(self, hand: Stagehand) -> Exposed:
        """Ask, and count the lines."""
        return Outlook(hand).flood(self.count)


class FindLog(Happening):
    """Orders fail on the way to the payment provider; the `find-log` verb is given the id of one, as a customer's complaint has it."""

    def play(self, hand: Stagehand) -> LogFound:
        """Fail, ask, compare with the logs."""
        return Outlook(hand).find_log()
