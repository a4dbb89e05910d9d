"""Several instances of the shop, each a process of its own, run from one tree: what stands behind the balancer."""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lab import process
from lab.company.servers import ports
from lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Mapping

INSIDE: Final = Path(__file__).with_name("inside")
START_SECONDS: Final = 20.0
_TAIL: Final = 400


@dataclass
class Fleet:
    """Instances named by `ports` (`web1`: its port), served by `python` from `tree`; files in `room`, logs in `logs`."""

    python: Path
    tree: Path
    room: Path
    logs: Path
    ports: Mapping[str, int]
    mark: str
    payments: str = ""
    _faults: dict[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The instances, in order."""
        return tuple(self.ports)

    def start(self, *names: str) -> None:
        """Start instances (all if none is named) and wait until each listens.

        Raises:
            LabError: one does not come up; the message has the end of its log.
        """
        self.room.mkdir(parents=True, exist_ok=True)
        self.logs.mkdir(parents=True, exist_ok=True)
        self._write()
        for name in names or self.names:
            self._run(name)
        deadline = time.monotonic() + START_SECONDS
        for name in names or self.names:
            while not ports.is_answering(self.ports[name]):
                if time.monotonic() > deadline:
                    raise LabError(f"Your shop does not come up as '{name}': {self._last(name)}")
                time.sleep(0.05)

    def _run(self, name: str) -> None:
        env = {
            "HOME": str(self.room),
            "STOREFRONT_ENV": "prod",
            "DATABASE_URL": f"sqlite:///{self.room}/shop.db",
            "PAYMENTS_URL": self.payments,
            "PAYMENTS_KEY": "not-a-real-key",
            "LOG_LEVEL": "info",
            "INSTANCE": name,
            "PORT": str(self.ports[name]),
            "LAB_FAULTS": str(self._file),
            "PYTHONPATH": str(INSIDE),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        words: list[str | Path] = [self.python, "-m", "uvicorn", "app.main:app", "--host", ports.LOOPBACK, "--port", str(self.ports[name])]
        process.start(words, cwd=self.tree, env=process.environment(env), log=self.log(name), mark=self._mark(name))

    def log(self, name: str) -> Path:
        """The file that an instance logs to."""
        return self.logs / f"{name}.log"

    def _mark(self, name: str) -> str:
        return f"{self.mark}-{name}"

    def _last(self, name: str) -> str:
        text = self.log(name).read_text(encoding="utf-8", errors="replace").strip() if self.log(name).is_file() else ""
        return text[-_TAIL:] or "it said nothing."

    def kill(self, *names: str) -> None:
        """End instances at once (all if none is named)."""
        for name in names or self.names:
            process.sweep(self._mark(name))

    def pause(self, *, frozen: bool) -> None:
        """Freeze every instance, or let them go on."""
        for name in self.names:
            for pid in process.marked(self._mark(name)):
                os.kill(pid, signal.SIGSTOP if frozen else signal.SIGCONT)

    def restart(self, *names: str) -> None:
        """End and start instances, one after the other."""
        for name in names or self.names:
            self.kill(name)
            self.start(name)

    def fail(self, route: str, *, share: float = 1.0, status: int = 0, delay: float = 0.0) -> None:
        """From now on a share of a route's requests is answered with `status`, after `delay` seconds; 0 leaves the answer."""
        self._faults[route] = {"share": share, "status": status, "delay": delay}
        self._write()

    def heal(self) -> None:
        """No fault inside any more."""
        self._faults.clear()
        self._write()

    @property
    def _file(self) -> Path:
        return self.room / "faults.json"

    def _write(self) -> None:
        ports.write_whole(self._file, json.dumps(self._faults))
