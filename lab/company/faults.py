"""Every fault and non-fault that a monitored shop can be put through, one line each, with what a good alarm makes of it.

A fault is started on a shop that serves well (its baseline is captured by who plays it) and undone by itself: nothing a learner's
monitoring does can end it, so that "turn it off" is no way to make it go away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from lab.company.monitored import Monitored

Wanted = Literal["page", "ticket", "quiet"]
ROUTES: Final = ("/products/{sku}", "/quotes", "/orders")
Act = "Callable[[Monitored, Mapping[str, Any]], None]"


@dataclass(frozen=True)
class Fault:
    """One kind. `says` tells a person what happened; `wanted` is what it is worth: a page, a ticket, or no page.

    `cause` is infra, code, traffic or monitoring. `draw` draws its hidden values (a route, an instance); `names` are those of
    them of which a page should name one. `lasts` is company minutes at most.
    """

    says: str
    wanted: Wanted
    cause: str
    start: Callable[[Monitored, Mapping[str, Any]], None]
    stop: Callable[[Monitored, Mapping[str, Any]], None]
    draw: Callable[[Random], Mapping[str, Any]] = field(default=lambda _: {})
    names: tuple[str, ...] = ()
    lasts: float = 4.0


def _heal(shop: Monitored, _: Mapping[str, Any]) -> None:
    shop.fleet.heal()


def _nothing(_: Monitored, __: Mapping[str, Any]) -> None:
    pass


def _one_route(luck: Random) -> dict[str, Any]:
    return {"route": luck.choice(ROUTES)}


def _restart_all(shop: Monitored, _: Mapping[str, Any]) -> None:
    shop.fleet.start()


def _unpause(shop: Monitored, _: Mapping[str, Any]) -> None:
    shop.fleet.pause(frozen=False)


def _resets(share: float) -> Callable[[Monitored, Mapping[str, Any]], None]:
    def act(shop: Monitored, _: Mapping[str, Any]) -> None:
        shop.balancer.resets = share

    return act


def _rate(times: float) -> Callable[[Monitored, Mapping[str, Any]], None]:
    def act(shop: Monitored, _: Mapping[str, Any]) -> None:
        shop.shoppers.rate *= times

    return act


def _lost(share: float) -> Callable[[Monitored, Mapping[str, Any]], None]:
    def act(shop: Monitored, _: Mapping[str, Any]) -> None:
        shop.shoppers.lost = share

    return act


def _fails(**how: Any) -> Callable[[Monitored, Mapping[str, Any]], None]:
    def act(shop: Monitored, drawn: Mapping[str, Any]) -> None:
        shop.fleet.fail(drawn.get("route", how.get("route", "*")), **{key: value for key, value in how.items() if key != "route"})

    return act


def _one_dies(shop: Monitored, drawn: Mapping[str, Any]) -> None:
    shop.fleet.kill(shop.fleet.names[drawn["place"] % len(shop.fleet.names)])


def _one_back(shop: Monitored, drawn: Mapping[str, Any]) -> None:
    shop.fleet.start(shop.fleet.names[drawn["place"] % len(shop.fleet.names)])


def _exporter_dies(shop: Monitored, _: Mapping[str, Any]) -> None:
    if shop.stack:
        shop.stack.kill("node")


def _mute_payments(shop: Monitored, _: Mapping[str, Any]) -> None:
    shop.payments.status = 500


def _heal_payments(shop: Monitored, _: Mapping[str, Any]) -> None:
    shop.payments.status = 201


def _checkout_slow(shop: Monitored, _: Mapping[str, Any]) -> None:
    shop.shoppers.mix = {"/products/{sku}": 0.95, "/orders": 0.05}
    shop.fleet.fail("/orders", delay=1.6)


def _checkout_well(shop: Monitored, _: Mapping[str, Any]) -> None:
    from lab.company.customers.shoppers import MIX  # noqa: PLC0415 - only here

    shop.fleet.heal()
    shop.shoppers.mix = dict(MIX)


def _orders(_: Random) -> dict[str, Any]:
    return {"route": "/orders"}


def _any_place(luck: Random) -> dict[str, Any]:
    return {"place": luck.randrange(6)}


def _one_in_three(shop: Monitored, _: Mapping[str, Any]) -> None:
    """Three customers in two company minutes; the second one meets an error."""
    for fails in (False, True, False):
        if fails:
            shop.fleet.fail("*", status=500)
        shop.shoppers.burst(1, "/quotes")
        shop.fleet.heal()
        shop.minutes(0.7)


def _thirty_in_thirty(shop: Monitored, _: Mapping[str, Any]) -> None:
    """Thirty customers in three company minutes, and each meets an error."""
    shop.fleet.fail("*", status=500)
    shop.nightly(30, minutes=3)


def _born_failing(shop: Monitored, _: Mapping[str, Any]) -> None:
    """A restart at night; what is called first fails fifty times, between two looks of whatever watches."""
    shop.shoppers.rate = 0
    shop.fleet.restart()
    shop.minutes(1)  # monitoring has seen the new processes by now
    shop.fleet.fail("/orders", status=500)
    shop.network.is_still = True
    try:
        shop.shoppers.burst(50, "/orders")
    finally:
        shop.network.is_still = False
    shop.fleet.heal()


FAULTS: Final[Mapping[str, Fault]] = {
    # customers are hurt: somebody must be woken
    "outage": Fault("every instance died", "page", "infra", lambda shop, _: shop.fleet.kill(), _restart_all, lasts=5),
    "freeze": Fault("every instance hangs", "page", "infra", lambda shop, _: shop.fleet.pause(frozen=True), _unpause, lasts=5),
    "errors": Fault("one route fails for most", "page", "code", _fails(share=0.7, status=500), _heal, _one_route, ("route",), lasts=5),
    "few-errors": Fault("a fifth of all requests fail", "page", "code", _fails(share=0.2, status=500), _heal, lasts=5),
    "slow": Fault("one route takes seconds", "page", "code", _fails(share=0.9, delay=1.6), _heal, _one_route, ("route",), lasts=5),
    "pool": Fault("the database's connections are used up", "page", "infra", _fails(share=0.5, status=503, delay=0.6), _heal, lasts=5),
    "resets": Fault("a third of the connections are reset on the way", "page", "infra", _resets(0.33), _resets(0.0), lasts=5),
    "payments": Fault("the payment provider fails", "page", "provider", _mute_payments, _heal_payments, _orders, ("route",), lasts=5),
    "slow-checkout": Fault(
        "checkout takes seconds, the catalogue is fast", "page", "code", _checkout_slow, _checkout_well, _orders, ("route",), lasts=6
    ),
    # customers are hurt a little, for long: it waits for the morning
    "slow-burn": Fault("3 % of all requests fail, for long", "ticket", "code", _fails(share=0.03, status=500), _heal, lasts=12),
    # nobody is hurt
    "healthy-x8": Fault("eight times as many customers came", "quiet", "traffic", _rate(8.0), _rate(1 / 8), lasts=3),
    "4xx-storm": Fault("a broken client asked for what is not there", "quiet", "traffic", _lost(0.8), _lost(0.0), lasts=3),
    "restart": Fault(
        "the instances were restarted, one after the other",
        "quiet",
        "infra",
        lambda shop, _: shop.fleet.restart(*shop.fleet.names[:3]),
        _nothing,
        lasts=2,
    ),
    "one-dead": Fault(
        "one instance died, and the balancer led customers round it", "quiet", "infra", _one_dies, _one_back, _any_place, lasts=4
    ),
    "exporter-down": Fault("the node exporter died", "quiet", "monitoring", _exporter_dies, _nothing, lasts=3),
    "night-one": Fault("one of three customers met an error, at night", "quiet", "code", _one_in_three, _heal, lasts=3),
    "night-all": Fault("thirty of thirty customers met errors, at night", "page", "code", _thirty_in_thirty, _heal, lasts=5),
    "born-failing": Fault("fifty calls failed right after a restart", "page", "code", _born_failing, _heal, lasts=5),
    # monitoring itself is hurt
    "vanished": Fault(
        "the shop's instances vanished from what monitoring can see",
        "page",
        "monitoring",
        lambda shop, _: shop.vanish(),
        lambda shop, _: shop.appear(),
        lasts=7,
    ),
    "watcher-killed": Fault(
        "your monitoring itself was killed", "page", "monitoring", lambda shop, _: shop.kill_monitoring(), _nothing, lasts=12
    ),
}
"""Drawn values: see each `draw`. `watcher-killed` can't be undone: it is played last."""
