"""The learner's monitoring, running: Prometheus, Alertmanager and the exporters as plain processes on the loopback."""

from __future__ import annotations

import contextlib
import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lab import process
from lab.company.monitoring import scaling
from lab.company.monitoring.durations import DurationWrong, metric_names, scaled_duration
from lab.company.monitoring.programs import Programs
from lab.company.servers.ports import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lab.company.monitoring.network import Network

READY_SECONDS: Final = 15.0
CHECK_SECONDS: Final = 30.0
SAMPLES: Final = 400_000
"""The most samples that one rule may load: a million series are refused by Prometheus itself."""
_TROUBLE: Final = ("level=error", "level=warn", "err=")
_LINES: Final = 6


@dataclass
class Stack:
    """Started from the work tree `tree`, with its files and logs in `room`; its processes carry `mark`.

    `ports` has a number for prometheus, alertmanager, blackbox and node.
    """

    tree: Path
    room: Path
    network: Network
    ports: Mapping[str, int]
    mark: str
    ready: scaling.Ready | None = None
    pids: dict[str, int] = field(default_factory=dict)

    def start(self) -> None:
        """Check the learner's files as written, scale them, and start what they ask for; returns once it answers.

        Raises:
            MonitoringWrong: Prometheus or Alertmanager refuses a file; the message has its words.
            WorldUnavailable: a program is missing.
        """
        programs = Programs.find()
        check(programs, self.tree)
        self.room.mkdir(parents=True, exist_ok=True)
        self.ready = scaling.make_ready(self.tree, self.room / "scaled", proxy=self.network.url)
        self._exporters(programs, self.ready)
        if self.ready.alertmanager:
            self._run(programs, "alertmanager", f"--config.file={self.ready.alertmanager}", "--cluster.listen-address=")
            self.network.names["alertmanager:9093"] = self.ports["alertmanager"]
        self._run(programs, "prometheus", f"--config.file={self.ready.prometheus}", *_flags())
        self.network.names["prometheus:9090"] = self.ports["prometheus"]
        self._wait()

    def _exporters(self, programs: Programs, ready: scaling.Ready) -> None:
        if ready.blackbox:
            self._run(programs, "blackbox", f"--config.file={ready.blackbox}")
            self.network.names["blackbox:9115"] = self.ports["blackbox"]
        self._run(programs, "node", "--collector.disable-defaults", "--collector.loadavg", "--collector.meminfo", "--collector.filesystem")
        self.network.names["node:9100"] = self.ports["node"]

    def _run(self, programs: Programs, name: str, *flags: str) -> None:
        data = self.room / name
        data.mkdir(parents=True, exist_ok=True)
        storage = {"prometheus": "--storage.tsdb.path", "alertmanager": "--storage.path"}
        words = [programs[name], f"--web.listen-address={LOOPBACK}:{self.ports[name]}", "--log.level=warn", *flags]
        if name in storage:
            words.append(f"{storage[name]}={data}")
        env = process.environment({"HOME": str(data), "GOMAXPROCS": "1"})
        self.pids[name] = process.start(words, cwd=data, env=env, log=self.log(name), mark=f"{self.mark}-{name}")

    def log(self, name: str) -> Path:
        """The file that a program's words are in."""
        return self.room / f"{name}.log"

    def _wait(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        for name in [name for name in ("prometheus", "alertmanager") if name in self.pids]:
            while not self._is_ready(name):
                if time.monotonic() > deadline:
                    raise scaling.MonitoringWrong(f"{name.capitalize()} does not come up with your configuration: {self._last(name)}")
                time.sleep(0.1)

    def _is_ready(self, name: str) -> bool:
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{self.ports[name]}/-/ready", timeout=1) as answer:
                return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's OK
        except (OSError, urllib.error.URLError):
            return False

    def _last(self, name: str) -> str:
        with contextlib.suppress(OSError):
            lines = self.log(name).read_text(encoding="utf-8", errors="replace").strip().splitlines()
            return lines[-1][:400] if lines else "it said nothing."
        return "it said nothing."

    def kill(self, name: str) -> None:
        """End one of its programs at once, as if its machine had died."""
        process.sweep(f"{self.mark}-{name}")

    def stop(self) -> None:
        """End all of it."""
        for name in self.pids:
            process.sweep(f"{self.mark}-{name}")

    # -- what it says of itself ---------------------------------------------------------------------------------------------

    def ask(self, path: str, name: str = "prometheus") -> Any:
        """The JSON `data` of one of its own pages; None if it does not answer."""
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{self.ports[name]}{path}", timeout=3) as answer:
                return json.load(answer)["data"]
        except (OSError, ValueError, KeyError):
            return None

    def sees(self) -> bool:
        """Whether every job reads something by now: Prometheus learns of discovered targets only every few seconds."""
        told = scaling.read(self.ready.prometheus, scaling.PROMETHEUS) if self.ready and self.ready.prometheus else {}
        jobs = {str(job["job_name"]) for job in told.get("scrape_configs") or []}
        targets = self.ask("/api/v1/targets?state=active") or {"activeTargets": []}
        return jobs <= {str(one.get("scrapePool")) for one in targets["activeTargets"] if one.get("health") == "up"}

    def troubles(self) -> tuple[str, ...]:
        """What keeps its rules from working, as sentences: failing rules, unknown series, targets that are down, refused messages."""
        found: list[str] = []
        known = self.ask("/api/v1/label/__name__/values")
        rules = self.ask("/api/v1/rules") or {"groups": []}
        recorded = {rule["name"] for group in rules["groups"] for rule in group["rules"] if rule["type"] == "recording"}
        for group in rules["groups"]:
            for rule in group["rules"]:
                if rule.get("health") == "err":
                    found.append(f"The rule '{rule['name']}' fails: {rule.get('lastError', '')[:200]}.")
                elif rule["type"] == "alerting" and known is not None:
                    found += _nobody(rule, {*known, *recorded})
        targets = self.ask("/api/v1/targets?state=active") or {"activeTargets": []}
        found += [
            f"Prometheus can't read '{one['labels'].get('instance')}': {one.get('lastError', '')[:160]}."
            for one in targets["activeTargets"]
            if one.get("health") == "down"
        ]
        found += [f"The name '{name}' is unknown in the company's network." for name in sorted(self.network.unknown)]
        return tuple(found + self._refused())

    def _refused(self) -> list[str]:
        with contextlib.suppress(OSError):
            lines = self.log("alertmanager").read_text(encoding="utf-8", errors="replace").splitlines()
            return [f"Alertmanager: {line[-300:]}" for line in lines if any(word in line for word in _TROUBLE)][-_LINES:]
        return []


def _nobody(rule: dict[str, Any], known: set[str]) -> list[str]:
    """A sentence if an alert asks for a series that nobody has: it can never fire (unless it waits for absence)."""
    if "absent" in rule["query"]:
        return []
    with contextlib.suppress(DurationWrong):
        missing = [name for name in metric_names(rule["query"]) if name not in known and name.isidentifier()]
        if missing:
            return [f"The alert '{rule['name']}' asks for '{missing[0]}', a series that nobody has: it can never fire."]
    return []


def _flags() -> tuple[str, ...]:
    """How Prometheus is told of the company's clock and of its limits."""
    return (
        f"--query.lookback-delta={scaled_duration('5m')}",
        f"--rules.alert.resend-delay={scaled_duration('1m')}",
        f"--query.max-samples={SAMPLES}",
        "--query.timeout=5s",
    )


def check(programs: Programs, tree: Path) -> None:
    """Have promtool and amtool check the learner's files as they are written.

    Raises:
        MonitoringWrong: one of them refuses a file; the message has its words.
    """
    folder = tree / scaling.FOLDER
    checks = [("promtool", ["check", "config", scaling.PROMETHEUS], scaling.PROMETHEUS)]
    if (folder / scaling.ALERTMANAGER).is_file():
        checks.append(("amtool", ["check-config", scaling.ALERTMANAGER], scaling.ALERTMANAGER))
    for name, words, file in checks:
        done = process.run([programs[name], *words], cwd=folder, timeout=CHECK_SECONDS, env=process.environment({"HOME": str(folder)}))
        if not done.is_success:
            said = " ".join(line.strip() for line in done.output.splitlines() if "FAILED" in line or "error" in line.lower())
            raise scaling.MonitoringWrong(
                f"'{scaling.FOLDER}/{file}' is refused by {name}: {(said or done.output).strip()[-400:]}",
                remedy=f"Try it yourself: cd {scaling.FOLDER} && {name} {' '.join(words)}",
            )
