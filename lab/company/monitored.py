"""A monitored shop, put together: instances behind a balancer, shoppers in front of it, the learner's monitoring beside it, a pager."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from lab import process
from lab.company.balancer import Balancer
from lab.company.customers.shoppers import Shoppers
from lab.company.fleet import Fleet
from lab.company.monitoring import scaling
from lab.company.monitoring.durations import FACTOR, MINUTE
from lab.company.monitoring.network import Network
from lab.company.monitoring.pager import Pager
from lab.company.monitoring.stack import Stack
from lab.company.payments import Payments
from lab.company.servers.ports import LOOPBACK, PortBook
from lab.company.verbs import verbs_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lab.company.loop import Loop
    from lab.ledger.store import Ledger

VERB: Final = "monitoring-up"
WARM: Final = 8
SERVICES: Final = ("door", "exporter", "network", "pager", "payments", "prometheus", "alertmanager", "blackbox", "node")


@dataclass
class Place:
    """Where a monitored shop lives: the learner's tree, a room for files, the Python that serves it, marks, loop and ledger."""

    tree: Path
    room: Path
    python: Path
    mark: str
    loop: Loop
    ledger: Ledger
    tables: Mapping[str, Any]
    seed: int
    environment: Mapping[str, str] = field(default_factory=dict)


class Monitored:
    """Starts with `with`, and leaves nothing behind. `instances` is how many serve; `watch` starts the learner's monitoring."""

    def __init__(self, place: Place, *, instances: int = 3) -> None:
        self.place = place
        self.logs = place.room / "logs"
        self.stack: Stack | None = None
        self._names = tuple(f"web{number}" for number in range(1, instances + 1))
        self._book = PortBook(place.room / "ports.json")
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        """Start the shop and its customers.

        Raises:
            WorldUnavailable: a program, a port or the disk is missing.
            LabError: the shop does not come up.
        """
        with ExitStack() as stack:
            self._start(stack)
            self._exit = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop in reverse order."""
        self._exit.close()

    def _start(self, stack: ExitStack) -> None:
        place, book = self.place, self._book
        self.logs.mkdir(parents=True, exist_ok=True)
        book.hold(*SERVICES, *self._names)
        stack.callback(book.release)
        number = book.number
        backends = {name: number(name) for name in self._names}
        self.payments = Payments(place.loop, number("payments"), self.logs / "payments.log")
        self.fleet = Fleet(
            place.python, place.tree, place.room / "fleet", self.logs, backends, f"{place.mark}-fleet", payments=self.payments.url
        )
        self.balancer = Balancer(place.loop, number("door"), number("exporter"), backends, self.logs / "door.log")
        self.network = Network(place.loop, number("network"))
        self.pager = Pager(place.loop, number("pager"), place.ledger)
        self.shoppers = Shoppers(place.loop, number("door"), place.tables, place.seed)
        for part in (self.payments, self.network, self.pager, self.balancer):
            part.start()
            stack.callback(part.stop)
        stack.callback(self.fleet.kill)
        self.fleet.start(self._names[0])  # the first one makes the tables
        if self._names[1:]:
            self.fleet.start(*self._names[1:])
        self.appear()
        self.network.pages["discovery:80"] = lambda _: [{"targets": [name for name in self.network.names if name.endswith(":8000")]}]
        self.network.names |= {"door:80": number("door"), "door:9101": number("exporter"), "pager:80": number("pager")}
        self.shoppers.start()
        stack.callback(self.shoppers.stop)

    def appear(self) -> None:
        """The instances are in the company's network under their names."""
        self.network.names |= {f"{name}:8000": port for name, port in self.fleet.ports.items()}

    def vanish(self) -> None:
        """The instances are gone from the network, as far as monitoring can see; customers notice nothing."""
        for name in self.fleet.names:
            self.network.names.pop(f"{name}:8000", None)

    def watch(self, patience: float) -> None:
        """Start the learner's monitoring once the shop is warm; wait until each of its jobs sees something and no page is open.

        Up to `patience` seconds: what is still open then fires on a healthy shop.

        Raises:
            MonitoringWrong: its files are refused, or there is nothing to start.
            WorldUnavailable: a program is missing.
        """
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and not self._is_warm():
            time.sleep(0.1)
        self._start_monitoring(self._exit)
        while self.stack and time.monotonic() < deadline and not self.stack.sees():
            time.sleep(0.2)
        self.minutes(1)
        while time.monotonic() < deadline and not self.is_calm():
            time.sleep(0.1)

    def is_calm(self) -> bool:
        """Whether everybody was served well for two company minutes, and nobody is on the phone."""
        last = self.shoppers.since(time.monotonic() - 2 * MINUTE)
        is_on_the_phone = any(page.resolved is None for page in self.pager.pages if page.channel == "page")
        return not is_on_the_phone and not any(visit.is_bad for visit in last)

    def _is_warm(self) -> bool:
        last = self.shoppers.since(time.monotonic() - 2)
        return len(last) >= WARM and not any(visit.is_bad for visit in last[-WARM:])

    def _start_monitoring(self, stack: ExitStack) -> None:
        """The `monitoring/` folder, the verb `monitoring-up`, or both.

        Raises:
            MonitoringWrong: there is neither.
        """
        place = self.place
        verbs = verbs_of(place.tree)
        if scaling.is_there(place.tree):
            ports = {name: self._book.number(name) for name in ("prometheus", "alertmanager", "blackbox", "node")}
            self.stack = Stack(place.tree, place.room / "monitoring", self.network, ports, f"{place.mark}-monitoring")
            stack.callback(self.stack.stop)
            self.stack.start()
        if VERB in verbs:
            mark = f"{place.mark}-{VERB}"
            stack.callback(process.sweep, mark)
            words = verbs[VERB]
            program = place.tree / words[0]
            words = (str(program), *words[1:]) if "/" in words[0] and program.exists() else words
            process.start(words, cwd=place.tree, env=self.environment(), log=place.room / "monitoring-up.log", mark=mark)
        elif not self.stack:
            raise scaling.MonitoringWrong(
                f"Nothing watches the shop: there is no '{scaling.FOLDER}/{scaling.PROMETHEUS}' and no verb '{VERB}' in 'harborline.yaml'."
            )

    def environment(self) -> dict[str, str]:
        """What the verbs `monitoring-up` and `find-log` find beside the usual."""
        return {
            **self.place.environment,
            "PATH": f"{self.place.python.parent}:{self.place.environment.get('PATH', os.environ.get('PATH', os.defpath))}",
            "DOOR_URL": f"http://{LOOPBACK}:{self.balancer.port}",
            "DOOR_METRICS_URL": f"http://{LOOPBACK}:{self.balancer.exporter}/metrics",
            "PAGER_URL": self.pager.url,
            "NETWORK_PROXY": self.network.url,
            "INSTANCES": " ".join(f"{name}=http://{LOOPBACK}:{port}" for name, port in self.fleet.ports.items()),
            "LOGS": str(self.logs),
            "MINUTE": f"{MINUTE:g}",
            "CLOCK_FACTOR": f"{FACTOR:g}",
        }

    def kill_monitoring(self) -> None:
        """End Prometheus (or whatever the verb started) at once."""
        if self.stack:
            self.stack.kill("prometheus")
        process.sweep(f"{self.place.mark}-{VERB}")

    def nightly(self, count: int, *, minutes: float) -> None:
        """`count` visits spread over company minutes; returns at once."""
        self.shoppers.some(count, minutes * MINUTE / count)

    def minutes(self, number: float) -> None:
        """Let company minutes pass."""
        time.sleep(number * MINUTE)
